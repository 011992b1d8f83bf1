import { assert, describe, it } from "@effect/vitest"
import * as Filter from "@countersign/core/query/Filter"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Client } from "pg"
import { postgresServer } from "../testing/PostgresServer.ts"
import { migratedDatabase, withClient } from "../testing/QueryFixture.ts"
import type { PageToken } from "./PageToken.ts"
import * as QueryStatement from "./QueryStatement.ts"
import type { Statement } from "./SqlText.ts"

const rows = 100_000

/** Two months of records of a thousand actors, in a partition each, and the statistics of them. */
const fill = async (client: Client) => {
  await client.query(`select countersign.make_partition(month) from (values
    (date '2026-10-01'), ('2026-11-01')) as m(month)`)
  await client.query(
    `insert into countersign.audit_record (trail, sequence, "time", type, class, outcome,
      classification, actor_id, actor_type, tenant, targets, entry)
    select 1, n, timestamptz '2026-10-01Z' + n * interval '50 seconds', 'patient.record.read',
      'standard', 'success', 'PHI', 'u-' || (n * 7919) % 1000, 'user', 'tenant-' || n % 50,
      array['Patient/p-' || (n * 104729) % 20000], convert_to('{"data":{"n":' || n || '}}', 'UTF8')
    from generate_series(0::bigint, $1::bigint - 1) n`,
    [rows],
  )
  await client.query("vacuum analyze countersign.audit_record")
}

const selection = (
  filter: string,
  more: Partial<QueryStatement.Selection> = {},
): QueryStatement.Selection => ({
  filter: Result.getOrThrow(Filter.parse(filter)),
  nowMillis: Date.parse("2026-11-28T00:00:00Z"),
  marks: [[1, rows]],
  tenant: undefined,
  target: undefined,
  ...more,
})

const planOf = async (client: Client, { text, values }: Statement): Promise<string> => {
  const { rows } = await client.query<[string]>({
    text: `explain (analyze, costs off, timing off, summary off, buffers off) ${text}`,
    values: [...values],
    rowMode: "array",
  })
  return rows.flat().join("\n")
}

const after: PageToken["at"] = ["2026-11-15 00:00:00.000000 AD", 1, 77_760]

describe("a page of 100,000 rows", () => {
  it.live(
    "is read from an index, in order, and only as far as it goes",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* migratedDatabase(server, "plans")
        yield* Effect.promise(() =>
          withClient(url, async (client) => {
            await fill(client)
            const pages: ReadonlyArray<readonly [string, Statement]> = [
              [
                "actor_id",
                QueryStatement.page(
                  selection("actor.id=u-42 and time>=-21d"),
                  "newest",
                  undefined,
                  20,
                ),
              ],
              [
                "actor_id",
                QueryStatement.page(selection("actor.id=u-42 and time>=-21d"), "newest", after, 20),
              ],
              ["actor_id", QueryStatement.page(selection("actor.id=u-42"), "oldest", after, 20)],
              [
                "tenant",
                QueryStatement.page(
                  selection("time<-1d", { tenant: "tenant-7" }),
                  "newest",
                  undefined,
                  20,
                ),
              ],
              [
                "targets",
                QueryStatement.page(
                  selection("outcome=success", { target: { type: "Patient", id: "p-7" } }),
                  "newest",
                  undefined,
                  20,
                ),
              ],
              ["time", QueryStatement.page(selection("data.n>5"), "newest", after, 20)],
            ]
            for (const [index, statement] of pages) {
              const plan = await planOf(client, statement)
              assert.match(plan, new RegExp(`Index .*_${index}`), plan)
              // The net is empty, so that it has nothing to search.
              assert.notMatch(plan, /Seq Scan on (?!audit_record_default)/, plan)
              // At most three pages of rows are touched, on whichever way the plan takes.
              const touched = [...plan.matchAll(/actual rows=([\d.]+)/g)].map(([, count]) =>
                Number(count),
              )
              assert.isAtMost(Math.max(...touched), 60, plan)
            }
            const [, [, following] = []] = pages
            const plan = await planOf(client, following ?? { text: "", values: [] })
            assert.match(plan, /Index Cond: .*ROW\("time", trail, sequence\) < ROW/, plan)
            // A month on the other side of the place is not looked into, nor is one before the filter's.
            assert.notMatch(plan, /2026_10/, plan)
            const forward = await planOf(
              client,
              QueryStatement.page(selection("actor.id=u-42"), "oldest", after, 20),
            )
            assert.notMatch(forward, /2026_10/, forward)
          }),
        )
      }),
    60_000,
  )
})

describe("page", () => {
  it("counts no rows over, and takes its limit for a number", () => {
    const { text, values } = QueryStatement.page(selection("type=a.b"), "newest", after, 21)
    assert.notMatch(text, /offset/)
    assert.match(text, /limit 21$/)
    assert.includeMembers([...values], ["2026-11-15 00:00:00.000000 AD", "1", "77760"])
  })
})
