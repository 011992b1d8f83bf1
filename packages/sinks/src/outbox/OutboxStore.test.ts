import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { outboxDatabase, pgClient } from "../testing/OutboxFixture.ts"
import { postgresServer } from "../testing/PostgresServer.ts"
import { readyRows } from "./OutboxStore.ts"

/** How many rows a plan's nodes read and threw away. */
const removedOf = (plan: unknown): number => {
  if (typeof plan !== "object" || plan === null) return 0
  return Object.entries(plan).reduce(
    (sum, [name, value]) =>
      sum + (name === "Rows Removed by Filter" ? Number(value) : removedOf(value)),
    0,
  )
}

describe("readyRows", () => {
  it.live("passes over nothing that waits for an old transaction", () =>
    Effect.gen(function* () {
      const url = yield* outboxDatabase(yield* postgresServer(), "behind")
      const client = yield* pgClient(url)
      const old = yield* pgClient(url)
      const insert = (who: typeof client, count: number, name: string) =>
        who.query(
          `insert into countersign.outbox (id, event)
             select $2 || i, 'x' from generate_series(1, $1::int) as i`,
          [count, name],
        )
      const ids = async () => {
        const { rows } = await client.query<{ readonly id: string }>(readyRows, ["t", 9])
        return rows.map(({ id }) => id)
      }
      yield* Effect.promise(async () => {
        await old.query("begin")
        await insert(old, 1, "old-")
        await insert(client, 5_000, "behind-")
        // A look that finds nothing. Two ranges in one condition the planner may read as a bitmap
        // or as a walk along the order, as its statistics have it; here as a walk.
        await client.query("set enable_bitmapscan = off; set enable_seqscan = off")
        const { rows } = await client.query<{ readonly "QUERY PLAN": unknown }>(
          `explain (analyze, format json) ${readyRows}`,
          ["t", 1],
        )
        assert.strictEqual(removedOf(rows[0]?.["QUERY PLAN"]), 0)
        assert.deepStrictEqual(await ids(), [])
        // Brought from a server that was further, as a restored row is.
        await client.query(`insert into countersign.outbox (xid, id, event)
          values ('9000000000', 'restored-2', 'x'), ('8000000000', 'restored-1', 'x')`)
        assert.deepStrictEqual(await ids(), ["restored-1", "restored-2"])
        await old.query("commit")
        assert.deepStrictEqual(await ids(), [
          "old-1",
          ...Array.from({ length: 8 }, (_, index) => `behind-${index + 1}`),
        ])
      })
    }),
  )
})
