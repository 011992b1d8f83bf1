import { assert, layer } from "@effect/vitest"
import * as Filter from "@countersign/core/query/Filter"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Client } from "pg"
import { database, TestServer } from "../testing/AuditQueryFixture.ts"
import * as QueryRunner from "./QueryRunner.ts"
import * as QueryStatement from "./QueryStatement.ts"

const rows = 20_000
const actors = 10
const pageRows = 20
// The server has its general plan ready for the sixth.
const questions = 20

/** Each actor has done two thousand things. */
const fill = async (client: Client) => {
  await client.query(
    `insert into countersign.audit_record (trail, sequence, "time", actor_id, entry)
    select 1, n, timestamptz '2026-11-01Z' + n * interval '1 minute', 'u-' || n % $2::bigint, '{}'
    from generate_series(0::bigint, $1::bigint - 1) n`,
    [rows, actors],
  )
  await client.query("vacuum analyze countersign.audit_record")
}

const everyone = { tenant: undefined }

layer(TestServer.layer, { excludeTestServices: true })("a page asked for again and again", (it) => {
  it.effect("reads an index only as far as it shows its rows, whoever it is about", () =>
    Effect.gen(function* () {
      const url = yield* database(fill)
      const runner = yield* QueryRunner.make({
        url: Redacted.make(url),
        connectionsMax: 1,
        statementMillisMax: 60_000,
        slowMillis: 60_000,
      })
      for (let index = 0; index < questions; index++) {
        const text = `actor.id=u-${index % actors} and time<=2026-11-${10 + index}`
        const statement = QueryStatement.page(
          {
            filter: Result.getOrThrow(Filter.parse(text)),
            nowMillis: 0,
            marks: [[1, rows]],
            tenant: undefined,
            target: undefined,
          },
          "newest",
          undefined,
          pageRows,
        )
        assert.lengthOf(yield* runner.read(statement, everyone), pageRows)
      }
      // What this connection has counted is told at the end of the statement that asks for it.
      yield* runner.read({ text: "select pg_stat_force_next_flush()", values: [] }, everyone)
      const [counted] = yield* runner.read<{ readonly read: number }>(
        {
          text: `select sum(idx_tup_read)::integer as read from pg_stat_user_indexes
            where relname like 'audit_record%'`,
          values: [],
        },
        everyone,
      )
      const read = counted?.read ?? 0
      assert.isAtLeast(read, questions * pageRows)
      // The planner looks at an index's ends, too.
      assert.isAtMost(read, 2 * questions * pageRows)
    }).pipe(Effect.scoped),
  )
})
