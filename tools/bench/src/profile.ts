/** Whose time the main thread's time is, by samples of its stacks. */
import { Session } from "node:inspector/promises"

export interface Shares {
  /** Of the time at work, collecting garbage left out: where one of the modules is on the stack. 0 to 1. */
  readonly share: number
  readonly busySeconds: number
}

const everyMicros = 500
/** Of nobody's modules: doing nothing, and collecting what all have left. */
const nobodys = new Set(["(idle)", "(garbage collector)"])

/** Runs the work under the profiler, which slows all alike. */
export const sharesOf = async (
  work: () => Promise<unknown>,
  isTheirs: (url: string) => boolean,
): Promise<Shares> => {
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.setSamplingInterval", { interval: everyMicros })
  await session.post("Profiler.start")
  await work()
  const { profile } = await session.post("Profiler.stop")
  session.disconnect()
  const theirs = new Map<number, boolean>()
  const names = new Map(profile.nodes.map(({ callFrame, id }) => [id, callFrame.functionName]))
  // A node comes before those that it calls.
  for (const { callFrame, children, id } of profile.nodes) {
    const isOnStack = theirs.get(id) === true || isTheirs(callFrame.url)
    theirs.set(id, isOnStack)
    for (const child of children ?? []) theirs.set(child, isOnStack)
  }
  let [busy, inTheirs] = [0, 0]
  for (const [index, node] of (profile.samples ?? []).entries()) {
    if (nobodys.has(names.get(node) ?? "")) continue
    const micros = profile.timeDeltas?.[index] ?? 0
    busy += micros
    if (theirs.get(node) === true) inTheirs += micros
  }
  return { share: inTheirs / busy, busySeconds: busy / 1e6 }
}
