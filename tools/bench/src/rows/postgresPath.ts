/** COPY, as the sink does it, against `unnest` over Effect's driver: the same batches, transactions and cursor. */
import type { DeliveredBatch, Sink } from "@countersign/core/engine/Sink"
import { migrateAt } from "@countersign/sinks/postgres/Migrations"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { catchUp, makeTrail } from "../catchUp.ts"
import { countRows, emptyTable } from "../database.ts"
import type { Measurement } from "../Line.ts"
import { unnestRows } from "../peers/unnestRows.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withPostgres } from "../servers.ts"
import { median, spreadOf } from "../statistics.ts"

const batchRecords = 2_048

/** The records of a trail in equal batches, in memory. */
const batchesOf = async (
  scratch: string,
  records: number,
): Promise<ReadonlyArray<DeliveredBatch>> => {
  const entries: Array<Uint8Array> = []
  let trail = ""
  const keeper: Sink = {
    name: "keeper",
    position: () => Effect.succeed(undefined),
    deliver: (batch) =>
      Effect.sync(() => {
        trail = batch.trail
        for (const entry of batch.entries) entries.push(Uint8Array.from(entry))
      }),
    close: Effect.void,
  }
  await catchUp(scratch, keeper, records)
  return Array.from({ length: Math.floor(records / batchRecords) }, (_, index) => {
    const firstSequence = index * batchRecords
    const part = entries.slice(firstSequence, firstSequence + batchRecords)
    const bytes = part.reduce((sum, entry) => sum + entry.byteLength, 0)
    return { trail, firstSequence, entries: part, bytes }
  })
}

const copyRows = async (url: string, batches: ReadonlyArray<DeliveredBatch>): Promise<number> => {
  const sink = await Effect.runPromise(PostgresSink.make({ url: Redacted.make(url) }))
  await Effect.runPromise(sink.position(batches[0]?.trail ?? ""))
  const from = performance.now()
  for (const batch of batches) await Effect.runPromise(sink.deliver(batch))
  const seconds = (performance.now() - from) / 1000
  await Effect.runPromise(sink.close)
  return seconds
}

export const postgresPath: Measurement = {
  name: "postgres-path",
  table: "sinks",
  run: async ({ quick, work }) => {
    const records = quick ? 8_192 : 102_400
    const scratch = makeScratch(work)
    await makeTrail(scratch, records)
    const batches = await batchesOf(scratch, records)
    emptyScratch(scratch)
    return withPostgres(async ({ url }) => {
      await Effect.runPromise(migrateAt(Redacted.make(url)))
      const paced = async (load: typeof copyRows): Promise<number> => {
        await emptyTable(url)
        const seconds = await load(url, batches)
        if ((await countRows(url)) !== records) throw new Error("rows are missing")
        return records / seconds
      }
      await paced(copyRows)
      await paced(unnestRows)
      const rounds: Array<{ copy: number; unnest: number; ratio: number }> = []
      for (let round = 0; round < (quick ? 2 : 7); round++) {
        let unnest = round % 2 === 0 ? await paced(unnestRows) : 0
        const copy = await paced(copyRows)
        if (unnest === 0) unnest = await paced(unnestRows)
        rounds.push({ copy, unnest, ratio: copy / unnest })
      }
      const ratio = spreadOf(rounds.map((round) => round.ratio))
      return [
        {
          name: "postgres-path",
          title: "PostgreSQL, COPY against unnest",
          ours: { value: median(rounds.map(({ copy }) => copy)), unit: "/s" },
          peer: { name: "unnest", value: median(rounds.map(({ unnest }) => unnest)), unit: "/s" },
          ratio,
          judged: ratio.median,
          goal: { direction: "atLeast", least: 1, unit: "×" },
          rounds,
          notes: [
            `${rounds.length} rounds of ${records} records in transactions of ${batchRecords}, each with the cursor`,
          ],
        },
      ]
    })
  },
}
