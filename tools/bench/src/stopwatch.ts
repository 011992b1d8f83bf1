/** Time and processor time of one piece of work. */

export interface Lap {
  readonly seconds: number
  /** Processor time of all threads of the process. Units: microseconds. */
  readonly cpuMicros: number
}

export const startLap = (): (() => Lap) => {
  // What an earlier round left behind is not this round's to collect.
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const from = performance.now()
  return () => {
    const seconds = (performance.now() - from) / 1000
    const { system, user } = process.cpuUsage(cpu)
    return { seconds, cpuMicros: user + system }
  }
}

/** Rate and cost of a number of events. */
export const paceOf = (
  lap: Lap,
  count: number,
): { readonly perSecond: number; readonly cpuMicros: number } => ({
  perSecond: count / lap.seconds,
  cpuMicros: lap.cpuMicros / count,
})
