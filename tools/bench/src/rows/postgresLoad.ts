/** The PostgreSQL sink, exactly once, against `psql \copy` of the same rows into the same table. */
import * as path from "node:path"
import { columns } from "@countersign/sinks/postgres/CopyRows"
import { migrateAt } from "@countersign/sinks/postgres/Migrations"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { catchUp, makeTrail } from "../catchUp.ts"
import { countRows, emptyTable, table } from "../database.ts"
import type { Measurement } from "../Line.ts"
import { psqlCopy, psqlCopyOut } from "../peers/psqlCopy.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { withPostgres } from "../servers.ts"
import { median, spreadOf } from "../statistics.ts"

export const postgresLoad: Measurement = {
  name: "postgres-load",
  table: "sinks",
  run: async ({ quick, work }) => {
    const records = quick ? 20_000 : 200_000
    requireSpace(work, records * 20_000)
    const scratch = makeScratch(work)
    await makeTrail(scratch, records)
    const file = path.join(scratch, "rows.copy")
    return withPostgres(async ({ url }) => {
      await Effect.runPromise(migrateAt(Redacted.make(url)))
      let deliveries = 0
      const ours = async (): Promise<number> => {
        await emptyTable(url)
        const sink = await Effect.runPromise(PostgresSink.make({ url: Redacted.make(url) }))
        const caught = await catchUp(scratch, sink, records)
        if ((await countRows(url)) < records) throw new Error("rows are missing")
        deliveries = caught.deliveries
        return records / caught.seconds
      }
      // The engine's opening and closing make the trail a little longer each time.
      const copied = { rows: 0 }
      const peer = async (): Promise<number> => {
        await emptyTable(url)
        const seconds = await psqlCopy(url, table, columns, file)
        if ((await countRows(url)) !== copied.rows) throw new Error("rows are missing")
        return copied.rows / seconds
      }
      await ours()
      copied.rows = await countRows(url)
      await psqlCopyOut(url, `select ${columns.join(", ")} from ${table} order by sequence`, file)
      await peer()
      const rounds: Array<{ ours: number; psql: number; ratio: number }> = []
      for (let round = 0; round < (quick ? 2 : 7); round++) {
        let psql = round % 2 === 0 ? await peer() : 0
        const own = await ours()
        if (psql === 0) psql = await peer()
        rounds.push({ ours: own, psql, ratio: own / psql })
      }
      emptyScratch(scratch)
      const ratio = spreadOf(rounds.map((round) => round.ratio))
      return [
        {
          name: "postgres-load",
          title: "PostgreSQL sink, exactly once, seven indexes",
          ours: { value: median(rounds.map((round) => round.ours)), unit: "/s" },
          peer: {
            name: "psql \\copy",
            value: median(rounds.map(({ psql }) => psql)),
            unit: "/s",
          },
          ratio,
          judged: ratio.median,
          goal: { direction: "atLeast", least: 0.6, aim: 0.9, unit: "×" },
          rounds,
          notes: [
            `${rounds.length} rounds of ${records} records from the trail in ${deliveries} transactions; psql in one`,
          ],
        },
      ]
    })
  },
}
