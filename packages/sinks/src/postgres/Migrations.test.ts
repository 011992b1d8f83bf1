import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { freshDatabase, postgresServer } from "../testing/PostgresServer.ts"
import { migrateAt } from "./Migrations.ts"

const query = async (url: string, text: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: "array" })).rows
  } finally {
    await client.end()
  }
}

describe("Migrations", () => {
  it.live("make the tables once, when several processes start at the same time", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer()
      const url = yield* Effect.promise(() => freshDatabase(server, "started"))
      const migrate = migrateAt(Redacted.make(url))
      yield* Effect.all([migrate, migrate, migrate, migrate], { concurrency: 4, discard: true })
      yield* migrate
      const rows = yield* Effect.promise(() =>
        query(url, "select migration_id from countersign.migration order by 1"),
      )
      assert.deepStrictEqual(
        rows,
        rows.map((_, index) => [index + 1]),
      )
      assert.isAtLeast(rows.length, 1)
      const made = yield* Effect.promise(() => query(url, "select * from countersign.audit_record"))
      assert.deepStrictEqual(made, [])
    }),
  )
})
