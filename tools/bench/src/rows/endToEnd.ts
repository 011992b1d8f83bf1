/** 10,000 events a second until they are stored in PostgreSQL and in Redis. */
import type { DeliveredBatch, Sink } from "@countersign/core/engine/Sink"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { openEngine } from "../engine.ts"
import { eventAt } from "../events.ts"
import { feedOne } from "../feed.ts"
import type { Line, Measurement } from "../Line.ts"
import { openLoop } from "../openLoop.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withPostgres, withRedis } from "../servers.ts"
import { quantileOfSorted, Samples } from "../statistics.ts"

const perSecond = 10_000
const memoryMax = 512

const mark = Buffer.from('"correlation":"')

/** When the event was due, as it says itself; `undefined` of the engine's own records. */
const dueOf = (entry: Uint8Array): number | undefined => {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
  const at = bytes.indexOf(mark)
  return at < 0 ? undefined : Number.parseFloat(bytes.toString("latin1", at + mark.length, at + 40))
}

/** A sink that notes how old each record is once it is stored. */
const timed = (sink: Sink, samples: Samples, isCounting: () => boolean): Sink => ({
  ...sink,
  name: sink.name,
  position: (trail) => sink.position(trail),
  deliver: (batch: DeliveredBatch) => {
    // The bytes are only lent until `deliver` ends.
    const due = batch.entries.map(dueOf)
    return Effect.tap(sink.deliver(batch), () =>
      Effect.sync(() => {
        const now = performance.now()
        if (!isCounting()) return
        for (const moment of due) if (moment !== undefined) samples.add(now - moment)
      }),
    )
  },
  close: sink.close,
})

const lineOf = (name: string, samples: Samples, notes: ReadonlyArray<string>): Line => ({
  name: `end-to-end-${name}`,
  title: `10,000/s into PostgreSQL and Redis: event → stored in ${name}, mean`,
  ours: { value: samples.mean, unit: "ms" },
  judged: samples.mean,
  goal: { direction: "atMost", least: 100, unit: "ms" },
  rounds: [{ mean: samples.mean, events: samples.count }],
  notes,
})

const shown = (samples: Samples): string => {
  const sorted = samples.sorted()
  return [0.5, 0.99, 0.999, 1]
    .map(
      (share) =>
        `${share === 1 ? "max" : `p${share * 100}`} ${quantileOfSorted(sorted, share).toFixed(1)}`,
    )
    .join(", ")
}

export const endToEnd: Measurement = {
  name: "end-to-end",
  table: "sinks",
  run: ({ quick, seconds: asked, work }) =>
    withPostgres((postgres) =>
      withRedis(async (redis) => {
        const seconds = quick ? Math.min(asked, 5) : asked
        const scratch = makeScratch(work)
        const intoPostgres = new Samples(perSecond * seconds * 2)
        const intoRedis = new Samples(perSecond * seconds * 2)
        let isCounting = false
        const [table, stream] = await Effect.runPromise(
          Effect.all([
            PostgresSink.make({ url: Redacted.make(postgres.url) }),
            RedisStreamSink.make({ url: redis.url, stream: "bench" }),
          ]),
        )
        const engine = await openEngine(scratch, {
          sinks: [
            timed(table, intoPostgres, () => isCounting),
            timed(stream, intoRedis, () => isCounting),
          ],
        })
        const behind = () => engine.status().sinks.some(({ lag }) => lag > 0)
        const settled = async (): Promise<void> => {
          await engine.publish()
          while (behind()) await new Promise((resolve) => setTimeout(resolve, 10))
        }
        const send = (index: number, intended: number): void =>
          feedOne(engine, { ...eventAt(index), correlation: intended.toFixed(3) })
        await openLoop({ perSecond, seconds: quick ? 1 : 5, send })
        await settled()
        isCounting = true
        let memory = 0
        const { lateMillisMax } = await openLoop({
          perSecond,
          seconds,
          send,
          ticked: (tick) => {
            if (tick % 100 === 0) memory = Math.max(memory, process.memoryUsage.rss() / 2 ** 20)
          },
        })
        await settled()
        await engine.close()
        emptyScratch(scratch)
        const expected = perSecond * seconds
        if (intoPostgres.count < expected || intoRedis.count < expected) {
          throw new Error(`${intoPostgres.count} and ${intoRedis.count} of ${expected} were stored`)
        }
        const notes = [
          `${seconds} s; the generator was late by ${lateMillisMax.toFixed(1)} ms at most, and the waits hold that`,
          `PostgreSQL ${shown(intoPostgres)} ms; Redis ${shown(intoRedis)} ms`,
        ]
        return [
          lineOf("PostgreSQL", intoPostgres, notes),
          lineOf("Redis", intoRedis, notes),
          {
            name: "end-to-end-memory",
            title: "10,000/s into PostgreSQL and Redis: memory of the process",
            ours: { value: memory, unit: "MiB" },
            judged: memory,
            goal: { direction: "atMost", least: memoryMax, unit: "MiB" },
            rounds: [{ memory }],
            notes: ["highest resident memory, the load generator and its samples included"],
          },
        ]
      }),
    ),
}
