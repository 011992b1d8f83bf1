/** Durable events a second against pino, in pairs of rounds whose order alternates. */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Measurement } from "../Line.ts"
import { openPino } from "../peers/pinoFile.ts"
import { makeScratch, emptyScratch, requireSpace } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"
import { paceOf, startLap } from "../stopwatch.ts"

type Events = ReadonlyArray<AuditEventInput>

// An engine starts its threads with the first load; this row is about an engine at work.
const startShare = 1 / 10

const runOurs = async (work: string, events: Events, count: number) => {
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  const early = await feed(engine, events, (accepted) => accepted >= count * startShare)
  await engine.flush()
  const lap = startLap()
  const accepted = await feed(engine, events, (accepted) => accepted >= count)
  await engine.flush()
  const pace = paceOf(lap(), accepted)
  if (engine.status().durableSize < early + accepted) throw new Error("flush returned too early")
  await engine.close()
  emptyScratch(scratch)
  return pace
}

const runPino = (work: string, events: Events, count: number) => {
  const scratch = makeScratch(work)
  const file = openPino(`${scratch}/events.log`)
  const write = (upTo: number): void => {
    for (let index = 0; index < upTo; index++) {
      const event = events[index % events.length]
      if (event !== undefined) file.log(event)
    }
    file.flush()
  }
  write(count * startShare)
  const lap = startLap()
  write(count)
  const pace = paceOf(lap(), count)
  file.close()
  emptyScratch(scratch)
  return pace
}

const runPair = async (work: string, events: Events, count: number, pinoFirst: boolean) => {
  let peer = pinoFirst ? runPino(work, events, count) : undefined
  const ours = await runOurs(work, events, count)
  peer ??= runPino(work, events, count)
  return {
    ours: ours.perSecond,
    peer: peer.perSecond,
    ratio: ours.perSecond / peer.perSecond,
    oursCpuMicros: ours.cpuMicros,
    peerCpuMicros: peer.cpuMicros,
  }
}

type Pair = Awaited<ReturnType<typeof runPair>>

export const durable: Measurement = {
  name: "durable",
  run: async ({ quick, work }) => {
    const count = quick ? 51_200 : 512_000
    const pairs = quick ? 3 : 11
    requireSpace(work, count * 4000)
    const events = prepare(20_000)
    // Both are compiled before the first round counts.
    await runPair(work, events, count / 2, true)
    const rounds: Array<Pair> = []
    for (let pair = 0; pair < pairs; pair++) {
      rounds.push(await runPair(work, events, count, pair % 2 === 0))
    }
    const middle = (key: keyof Pair): number => median(rounds.map((round) => round[key]))
    const ratio = spreadOf(rounds.map((round) => round.ratio))
    return [
      {
        name: "durable",
        title: "durable events, against pino",
        ours: { value: middle("ours"), unit: "/s" },
        peer: { name: "pino", value: middle("peer"), unit: "/s" },
        ratio,
        judged: ratio.median,
        goal: { direction: "atLeast", least: 1.2, aim: 2, unit: "×" },
        rounds,
        notes: [
          `${pairs} pairs of ${count} events`,
          `processor time an event: ours ${middle("oursCpuMicros").toFixed(2)} µs in all threads, pino ${middle("peerCpuMicros").toFixed(2)} µs`,
        ],
      },
    ]
  },
}
