/**
 * What tests ask a database directly, past the sink.
 *
 * @since 0.1.0
 */
import type { StoredRecord } from "@countersign/core/testing/MemorySink"
import * as Effect from "effect/Effect"
import { Client } from "pg"

/**
 * The rows of one statement over a connection of its own, each as a list.
 *
 * @category running
 * @since 0.1.0
 */
export const ask = (
  url: string,
  text: string,
  values: ReadonlyArray<unknown> = [],
): Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>> =>
  Effect.promise(async () => {
    const client = new Client({ connectionString: url })
    client.on("error", () => undefined)
    await client.connect()
    try {
      // A row is a list of whatever the columns hold; each test knows its own.
      const { rows } = await client.query<Array<unknown>>({
        text,
        values: [...values],
        rowMode: "array",
      })
      return rows
    } finally {
      await client.end()
    }
  })

/**
 * Every record in the database, by trail and sequence.
 *
 * @category running
 * @since 0.1.0
 */
export const storedRecords = (url: string): Effect.Effect<ReadonlyArray<StoredRecord>> =>
  Effect.gen(function* () {
    const [found] = yield* ask(url, "select to_regclass('countersign.audit_record') is not null")
    if (found?.[0] !== true) return []
    const rows = yield* ask(
      url,
      `select origin, sequence, entry from countersign.audit_record
         join countersign.trail on trail.id = audit_record.trail order by origin, sequence`,
    )
    return rows.map(([trail, sequence, entry]) => ({
      trail: String(trail),
      sequence: Number(sequence),
      // The driver gives `bytea` as bytes.
      bytes: entry as Uint8Array,
    }))
  })
