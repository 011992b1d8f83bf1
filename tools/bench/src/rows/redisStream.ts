/** The Redis stream sink against Redis' own load generator: entries of the same size, one client. */
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { catchUp, makeTrail } from "../catchUp.ts"
import type { Measurement } from "../Line.ts"
import { redisBenchmark } from "../peers/redisBenchmark.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withRedis } from "../servers.ts"
import { median, spreadOf } from "../statistics.ts"

/** A record of this size is what an event of the other rows becomes. */
const entryBytes = 560

const emptied = async (url: string): Promise<void> => {
  const client = new Redis(url)
  await client.flushall()
  await client.quit()
}

const lengthOf = async (url: string, stream: string): Promise<number> => {
  const client = new Redis(url)
  const length = await client.xlen(stream)
  await client.quit()
  return length
}

export const redisStream: Measurement = {
  name: "redis-stream",
  table: "sinks",
  run: async ({ quick, work }) => {
    const records = quick ? 50_000 : 500_000
    const scratch = makeScratch(work)
    await makeTrail(scratch, records)
    return withRedis(async ({ port, url }) => {
      let pipeline = 1_000
      const ours = async (): Promise<number> => {
        await emptied(url)
        const sink = await Effect.runPromise(RedisStreamSink.make({ url, stream: "bench" }))
        const caught = await catchUp(scratch, sink, records)
        if ((await lengthOf(url, "bench")) < records) throw new Error("entries are missing")
        pipeline = Math.round(records / caught.deliveries)
        return records / caught.seconds
      }
      const peer = async (): Promise<number> => {
        await emptied(url)
        return redisBenchmark({ port, count: records, bytes: entryBytes, pipeline })
      }
      await ours()
      await peer()
      const rounds: Array<{ ours: number; peer: number; ratio: number }> = []
      for (let round = 0; round < (quick ? 2 : 9); round++) {
        let theirs = round % 2 === 0 ? await peer() : 0
        const own = await ours()
        if (theirs === 0) theirs = await peer()
        rounds.push({ ours: own, peer: theirs, ratio: own / theirs })
      }
      emptyScratch(scratch)
      const ratio = spreadOf(rounds.map((round) => round.ratio))
      return [
        {
          name: "redis-stream",
          title: "Redis stream sink",
          ours: { value: median(rounds.map((round) => round.ours)), unit: "/s" },
          peer: {
            name: "redis-benchmark XADD",
            value: median(rounds.map((round) => round.peer)),
            unit: "/s",
          },
          ratio,
          judged: ratio.median,
          goal: { direction: "atLeast", least: 0.4, aim: 0.8, unit: "×" },
          rounds,
          notes: [
            `${rounds.length} rounds of ${records} records from the trail; both ${pipeline} entries of about ${entryBytes} bytes on the way at a time, the log synced each second`,
          ],
        },
      ]
    })
  },
}
