/**
 * Published events a second, sustained: hashed, in tiles, under a signed checkpoint each second.
 * In each round a bare loop and pino run before, so that both rows are pairs of neighbours.
 */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Line, Measurement } from "../Line.ts"
import { openBareLoop } from "../peers/bareLoop.ts"
import { openPino } from "../peers/pinoFile.ts"
import { makeScratch, emptyScratch, requireSpace } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"
import { paceOf, startLap } from "../stopwatch.ts"

type Events = ReadonlyArray<AuditEventInput>

// The others sustain nothing that could pile up, so a part of the time says as much of them.
const peerShare = 1 / 4
// Ticks and checkpoints don't meet, so a single second says little.
const stretchSeconds = 5

const runOurs = async (work: string, events: Events, seconds: number) => {
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  const eachSecond: Array<number> = []
  let before = 0
  const ticker = setInterval(() => {
    const { publishedSize } = engine.status()
    eachSecond.push(publishedSize - before)
    before = publishedSize
  }, 1000)
  const until = performance.now() + seconds * 1000
  const lap = startLap()
  const accepted = await feed(engine, events, () => performance.now() >= until)
  const size = await engine.publish()
  const pace = paceOf(lap(), accepted)
  clearInterval(ticker)
  if (size < accepted) throw new Error("the last checkpoint does not hold every event")
  await engine.close()
  emptyScratch(scratch)
  return { ...pace, slowestStretch: slowestStretch(eachSecond) }
}

/** The slowest stretch, in events a second. The first checkpoint comes late by its interval. */
const slowestStretch = (eachSecond: ReadonlyArray<number>): number => {
  const steady = eachSecond.slice(2)
  const length = Math.min(stretchSeconds, steady.length)
  if (length === 0) return 0
  let least = Infinity
  for (let from = 0; from + length <= steady.length; from++) {
    const stretch = steady.slice(from, from + length)
    least = Math.min(least, stretch.reduce((total, count) => total + count, 0) / length)
  }
  return least
}

const untilOver = (events: Events, seconds: number, add: (event: object) => void): number => {
  const until = performance.now() + seconds * 1000
  let count = 0
  while (performance.now() < until) {
    for (let left = 256; left > 0; left--) {
      const event = events[count % events.length]
      if (event !== undefined) add(event)
      count += 1
    }
  }
  return count
}

const runPino = (work: string, events: Events, seconds: number) => {
  const scratch = makeScratch(work)
  const file = openPino(`${scratch}/events.log`)
  const lap = startLap()
  const count = untilOver(events, seconds, file.log)
  file.flush()
  const pace = paceOf(lap(), count)
  file.close()
  emptyScratch(scratch)
  return pace
}

const runBareLoop = (work: string, events: Events, seconds: number) => {
  const scratch = makeScratch(work)
  const loop = openBareLoop(`${scratch}/events.log`)
  const lap = startLap()
  const count = untilOver(events, seconds, loop.add)
  loop.close()
  const pace = paceOf(lap(), count)
  emptyScratch(scratch)
  return pace
}

const runRound = async (work: string, events: Events, seconds: number, pinoFirst: boolean) => {
  const peerSeconds = seconds * peerShare
  let pino = pinoFirst ? runPino(work, events, peerSeconds) : undefined
  const loop = runBareLoop(work, events, peerSeconds)
  pino ??= runPino(work, events, peerSeconds)
  const ours = await runOurs(work, events, seconds)
  return {
    ours: ours.perSecond,
    pino: pino.perSecond,
    loop: loop.perSecond,
    ratioPino: ours.perSecond / pino.perSecond,
    ratioLoop: ours.perSecond / loop.perSecond,
    oursCpuMicros: ours.cpuMicros,
    pinoCpuMicros: pino.cpuMicros,
    loopCpuMicros: loop.cpuMicros,
    oursSlowestStretch: ours.slowestStretch,
  }
}

type RoundOfThree = Awaited<ReturnType<typeof runRound>>

const lineOf = (
  rounds: ReadonlyArray<RoundOfThree>,
  seconds: number,
  name: "pino" | "loop",
  goal: readonly [least: number, aim: number],
): Line => {
  const middle = (key: keyof RoundOfThree): number => median(rounds.map((round) => round[key]))
  const ratio = spreadOf(rounds.map((at) => (name === "pino" ? at.ratioPino : at.ratioLoop)))
  const title = name === "pino" ? "pino" : "a bare loop"
  return {
    name: `published-${name}`,
    title: `published events, against ${title}`,
    ours: { value: middle("ours"), unit: "/s" },
    peer: { name: title, value: middle(name), unit: "/s" },
    ratio,
    judged: ratio.median,
    goal: { direction: "atLeast", least: goal[0], aim: goal[1], unit: "×" },
    rounds,
    notes: [
      `${rounds.length} rounds of ${seconds} s, the others for ${seconds * peerShare} s each before it`,
      `processor time an event: ours ${middle("oursCpuMicros").toFixed(2)} µs in all threads, pino ${middle("pinoCpuMicros").toFixed(2)} µs, the bare loop ${middle("loopCpuMicros").toFixed(2)} µs`,
      ...(seconds < 2 * stretchSeconds
        ? []
        : [
            `the slowest ${stretchSeconds} s of a round: ${Math.round(middle("oursSlowestStretch"))}/s published`,
          ]),
    ],
  }
}

export const published: Measurement = {
  name: "published",
  run: async ({ quick, seconds: asked, work }) => {
    const seconds = quick ? Math.min(asked, 2) : asked
    requireSpace(work, seconds * 400e6)
    const events = prepare(20_000)
    await runRound(work, events, seconds / 4, true)
    const rounds: Array<RoundOfThree> = []
    for (let round = 0; round < (quick ? 2 : 3); round++) {
      rounds.push(await runRound(work, events, seconds, round % 2 === 0))
    }
    return [
      lineOf(rounds, seconds, "pino", [0.8, 1.2]),
      lineOf(rounds, seconds, "loop", [0.6, 0.9]),
    ]
  },
}
