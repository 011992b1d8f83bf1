/** A queue of events through Redis against BullMQ: added and processed, in one process. */
import { Audit } from "@countersign/core/Audit"
import * as AuditCollector from "@countersign/sinks/redis/AuditCollector"
import * as RedisCollector from "@countersign/sinks/redis/RedisCollector"
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Redis } from "ioredis"
import { makeKey, openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Line, Measurement } from "../Line.ts"
import { bullQueue } from "../peers/bullQueue.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withRedis } from "../servers.ts"
import { median, spreadOf } from "../statistics.ts"

const collected = 2_000

const emptied = async (url: string): Promise<void> => {
  const client = new Redis(url)
  await client.flushall()
  await client.quit()
}

/** A handler that only counts, as BullMQ's does here. */
const counting = <E>(of: RedisCollector.Receiver<E>, done: (count: number) => void) => ({
  resume: of.resume,
  record: (records: Parameters<typeof of.record>[0]) =>
    Effect.tap(of.record(records), () => Effect.sync(() => done(records.length))),
})

const nobody: RedisCollector.Receiver<never> = {
  resume: () => Effect.void,
  record: () => Effect.succeed({ mark: 0, refused: [] }),
}

/** Events a second from `record` in one engine, over its trail and Redis, to the collector's receiver. */
const throughStream = async (
  scratch: string,
  url: string,
  count: number,
  isDurable: boolean,
): Promise<number> => {
  await emptied(url)
  const producer = `${scratch}/producer`
  const collector = `${scratch}/collector/trail`
  makeKey(`${producer}/trail.key`)
  makeKey(`${collector}.key`)
  const events = prepare(20_000)
  const sink = await Effect.runPromise(RedisStreamSink.make({ url, stream: "bench" }))
  const engine = await openEngine(producer, { sinks: [sink] })
  const from = { millis: 0 }
  const seconds = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const receiver = isDurable ? AuditCollector.make(yield* Audit, collector) : nobody
        let left = count
        let finish: (seconds: number) => void = () => undefined
        const finished = new Promise<number>((resolve) => {
          finish = resolve
        })
        const consumer = yield* RedisCollector.make(
          { url, stream: "bench", consumer: "bench", countMax: collected },
          counting(receiver, (records) => {
            left -= records
            if (left <= 0) finish((performance.now() - from.millis) / 1000)
          }),
        )
        const running = yield* Effect.forkScoped(consumer.run)
        from.millis = performance.now()
        yield* Effect.promise(() => feed(engine, events, (accepted) => accepted >= count))
        const taken = yield* Effect.raceFirst(
          Effect.promise(() => finished),
          Fiber.join(running),
        )
        yield* Fiber.interrupt(running)
        return taken
      }).pipe(Effect.provide(isDurable ? Audit.layer({ directory: collector }) : Audit.layerOff)),
    ),
  )
  await engine.close()
  emptyScratch(scratch)
  return count / seconds
}

export const redisQueue: Measurement = {
  name: "redis-queue",
  table: "sinks",
  run: ({ quick, work }) =>
    withRedis(async ({ port, url }) => {
      const count = quick ? 20_000 : 200_000
      const peerCount = quick ? 2_000 : 30_000
      const jobs = prepare(peerCount)
      const rounds: Array<
        Record<string, number> & {
          readonly durable: number
          readonly counted: number
          readonly bull: number
        }
      > = []
      const scratch = makeScratch(work)
      for (let round = -1; round < (quick ? 2 : 5); round++) {
        const counted = await throughStream(`${scratch}/${round}-counted`, url, count, false)
        const durable = await throughStream(`${scratch}/${round}-durable`, url, count, true)
        await emptied(url)
        const bull = peerCount / (await bullQueue(jobs, { port, batch: 1_000, concurrency: 200 }))
        // The first round warms up.
        if (round >= 0) rounds.push({ counted, durable, bull })
      }
      const lineOf = (which: "counted" | "durable", name: string, title: string): Line => {
        const ratio = spreadOf(rounds.map((round) => round[which] / round.bull))
        return {
          name,
          title,
          ours: { value: median(rounds.map((round) => round[which])), unit: "/s" },
          peer: { name: "BullMQ", value: median(rounds.map(({ bull }) => bull)), unit: "/s" },
          ratio,
          judged: ratio.median,
          goal: { direction: "atLeast", least: 5, aim: 10, unit: "×" },
          rounds,
          notes: [
            `${rounds.length} rounds; ${count} events recorded in an engine, appended to a stream and collected, ${collected} at a time; BullMQ adds ${peerCount} jobs, 1,000 at a time, and its worker has 200 in hand; each in one process`,
          ],
        }
      }
      return [
        lineOf(
          "counted",
          "redis-queue",
          "Redis queueing: recorded, delivered, collected, acknowledged",
        ),
        lineOf(
          "durable",
          "redis-queue-durable",
          "Redis queueing, durable in the collector's own trail",
        ),
      ]
    }),
}
