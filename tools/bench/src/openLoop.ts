/** Load that does not wait for answers, so that a slow answer can't hide the wait of the next. */

export interface OpenLoopOptions {
  readonly perSecond: number
  readonly seconds: number
  /** `intended`: when the event should have been sent, by `performance.now()`. */
  readonly send: (index: number, intended: number) => void
  /** After each tick that sent something. */
  readonly ticked?: (tick: number) => void
}

/** Sends, at each millisecond's tick, all that is due; returns how late a tick was at most. */
export const openLoop = ({
  perSecond,
  seconds,
  send,
  ticked,
}: OpenLoopOptions): Promise<{ readonly sent: number; readonly lateMillisMax: number }> =>
  new Promise((resolve, reject) => {
    const total = Math.floor(perSecond * seconds)
    const start = performance.now()
    let sent = 0
    let tick = 0
    let lateMillisMax = 0
    const step = (): void => {
      try {
        const elapsed = performance.now() - start
        const due = Math.min(total, Math.floor((elapsed * perSecond) / 1000) + 1)
        if (due > sent) {
          lateMillisMax = Math.max(lateMillisMax, elapsed - (sent * 1000) / perSecond)
          while (sent < due) {
            send(sent, start + (sent * 1000) / perSecond)
            sent += 1
          }
          ticked?.(tick)
          tick += 1
        }
      } catch (cause) {
        reject(cause instanceof Error ? cause : new Error(String(cause)))
        return
      }
      if (sent < total) setTimeout(step, 1)
      else resolve({ sent, lateMillisMax })
    }
    step()
  })
