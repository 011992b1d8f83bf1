/** How the time to open a trail and the time to verify it grow with its size. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { verify } from "../engine.ts"
import type { Goal, Line, Measurement } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import type { SizedTrailAnswer, SizedTrailOrder } from "../sizedTrail.ts"
import { median, spreadOf } from "../statistics.ts"

/** Runs {@link SizedTrailOrder} in a process of its own, to its end. */
const inProcess = async (order: SizedTrailOrder): Promise<SizedTrailAnswer> => {
  const child = fork(new URL("../sizedTrail.ts", import.meta.url))
  let answer: SizedTrailAnswer | undefined
  child.on("message", (message: SizedTrailAnswer) => {
    answer = message
  })
  child.send(order)
  await once(child, "exit")
  if (answer === undefined) throw new Error("the process that opens the trail ended")
  return answer
}

/** One size of trail, and what each round took there. Units: seconds. */
interface Sized {
  readonly count: number
  readonly replay: Array<number>
  readonly clean: Array<number>
  readonly verify: Array<number>
}

/** Killed with all its log, opened and killed again; then closed, and opened without a log. */
const measure = async (work: string, count: number, rounds: number): Promise<Sized> => {
  const sized: Sized = { count, replay: [], clean: [], verify: [] }
  const scratch = makeScratch(work)
  await inProcess({ scratch, count, end: "kill" })
  for (let round = 0; round < rounds; round += 1) {
    // The one that is killed leaves the log as long as it was.
    const { openSeconds, size } = await inProcess({ scratch, count: 0, end: "kill" })
    if (size < count) throw new Error(`${size} of ${count} records are left`)
    sized.replay.push(openSeconds)
  }
  await inProcess({ scratch, count: 0, end: "close" })
  for (let round = 0; round < rounds; round += 1) {
    sized.clean.push((await inProcess({ scratch, count: 0, end: "close" })).openSeconds)
  }
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now()
    const report = await verify(scratch)
    if (report.verdict !== "verified") throw new Error(report.verdict)
    sized.verify.push((performance.now() - from) / 1000)
  }
  emptyScratch(scratch)
  return sized
}

type Kind = "replay" | "clean" | "verify"

const titles: Readonly<Record<Kind, string>> = {
  replay: "opening after a kill, the whole trail in the log",
  clean: "opening after a close",
  verify: "verify, as the command does it",
}

const textOf = (seconds: number): string =>
  seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`

const lineOf = (kind: Kind, sizes: ReadonlyArray<Sized>): Line => {
  const [before, last] = sizes.slice(-2)
  if (before === undefined || last === undefined) throw new Error("two sizes are compared")
  // Opening after a close reads a bounded part of the trail, so there it is to grow by nothing.
  const expected = kind === "clean" ? 1 : last.count / before.count
  const growth = last[kind].map((seconds, round) => seconds / (before[kind][round] ?? 0) / expected)
  const of = (sized: Sized): number => median(sized[kind])
  const name = before.count.toLocaleString("en-US")
  const goal: Goal =
    kind === "clean"
      ? { direction: "atMost", least: 2, aim: 1.5, unit: "×" }
      : { direction: "atMost", least: 1.3, aim: 1.1, unit: "×" }
  const each = sizes.map((sized) => {
    const perRecord = ((of(sized) / sized.count) * 1e6).toFixed(2)
    const count = sized.count.toLocaleString("en-US")
    return `${count} in ${textOf(of(sized))}${kind === "clean" ? "" : `, ${perRecord} µs each`}`
  })
  return {
    name: `size-${kind}`,
    title: `${last.count.toLocaleString("en-US")} records: ${titles[kind]}`,
    ours: { value: of(last) * 1000, unit: "ms" },
    peer: {
      name: expected === 1 ? name : `${expected} × ${name}`,
      value: of(before) * expected * 1000,
      unit: "ms",
    },
    ratio: spreadOf(growth),
    judged: of(last) / of(before) / expected,
    goal,
    rounds: sizes.flatMap((sized) =>
      sized[kind].map((seconds) => ({ records: sized.count, seconds })),
    ),
    notes: [`${each.join("; ")}; ${last[kind].length} rounds each`],
  }
}

export const sizes: Measurement = {
  name: "sizes",
  table: "sizes",
  run: async ({ quick, work }) => {
    const counts = quick ? [1000, 10_000, 100_000] : [10_000, 100_000, 1_000_000]
    requireSpace(work, 8e9)
    const measured: Array<Sized> = []
    for (const count of counts) measured.push(await measure(work, count, quick ? 3 : 5))
    return [lineOf("replay", measured), lineOf("clean", measured), lineOf("verify", measured)]
  },
}
