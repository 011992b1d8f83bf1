/** The other way to bring rows into PostgreSQL: arrays and `unnest`, over Effect's own driver. */
import { type DeliveredBatch, endOf } from "@countersign/core/engine/Sink"
import { columns } from "@countersign/sinks/postgres/CopyRows"
import { recordColumns, textColumns } from "@countersign/sinks/postgres/RecordColumns"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { SqlClient } from "effect/sql/SqlClient"

const types = ["bigint", "timestamptz", ...textColumns.map(() => "text"), "text", "bytea"]

const statement = `insert into countersign.audit_record (${columns.join(", ")})
  select 1, s, t, ${textColumns.map((_, index) => `c${index}`).join(", ")}, g::text[], e
  from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")})
    as u(s, t, ${textColumns.map((_, index) => `c${index}`).join(", ")}, g, e)`

/** An array as PostgreSQL reads it from a text. */
const literal = (texts: ReadonlyArray<string>): string =>
  `{${texts.map((text) => `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`).join(",")}}`

const oids = { bigint: 20, bytea: 17, text: 25, timestamptz: 1184 }

const arrayOf = (values: ReadonlyArray<unknown>, type: keyof typeof oids) =>
  Result.getOrThrow(PgTypes.array(values, oids[type]))

const parametersOf = (batch: DeliveredBatch): ReadonlyArray<unknown> => {
  const rows = batch.entries.map((entry) => recordColumns(entry))
  return [
    arrayOf(
      rows.map((_, index) => BigInt(batch.firstSequence + index)),
      "bigint",
    ),
    arrayOf(
      rows.map(({ millis }) => new Date(millis ?? 0)),
      "timestamptz",
    ),
    ...textColumns.map((_, column) =>
      arrayOf(
        rows.map(({ texts }) => texts[column] ?? null),
        "text",
      ),
    ),
    arrayOf(
      rows.map(({ targets }) => (targets === undefined ? null : literal(targets))),
      "text",
    ),
    arrayOf(batch.entries, "bytea"),
  ]
}

/** Seconds for all batches, each in a transaction with the cursor, as the sink does it. */
export const unnestRows = (url: string, batches: ReadonlyArray<DeliveredBatch>): Promise<number> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* sql`insert into countersign.trail (origin) values (${batches[0]?.trail ?? ""})
        on conflict do nothing`
      yield* sql`insert into countersign.sink_cursor values (1, 0)`
      const from = performance.now()
      for (const batch of batches) {
        yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`select next from countersign.sink_cursor where trail = 1 for update`
            yield* sql.unsafe(statement, parametersOf(batch))
            yield* sql`update countersign.sink_cursor set next = ${endOf(batch)} where trail = 1`
          }),
        )
      }
      return (performance.now() - from) / 1000
    }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 }))),
  )
