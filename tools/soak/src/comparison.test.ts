import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import { postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { compare } from "./comparison.ts"

const eventOf = (number: number) => ({
  type: "door.opened",
  actor: { id: "guard", type: "user" as const },
  outcome: "success" as const,
  data: { number },
})

/** A trail of so many events and what PostgreSQL got of it. */
const delivered = (url: string, count: number) =>
  Effect.gen(function* () {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-soak-"))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => fs.rmSync(directory, { recursive: true, force: true })),
    )
    const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
    yield* Effect.gen(function* () {
      const audit = yield* Audit
      for (let number = 0; number < count; number++) yield* audit.record(eventOf(number))
      yield* audit.close
    }).pipe(Effect.provide(Audit.layer({ directory: `${directory}/trail`, sinks: [sink] })))
    return `${directory}/trail`
  })

describe("the comparison at the end of a soak", () => {
  it.live("names what a table lacks, has twice, has otherwise, and has in another order", () =>
    Effect.gen(function* () {
      const { url } = yield* postgresServer()
      const trail = yield* delivered(url, 20)
      const client = new Client({ connectionString: url })
      yield* Effect.promise(() => client.connect())
      const after = (statement: string) =>
        Effect.promise(async () => {
          await client.query("begin")
          await client.query(statement)
          const found = await compare(trail, client)
          await client.query("rollback")
          return found
        })
      const good = yield* after("select 1")
      const { events, records } = good
      assert.deepStrictEqual(good, {
        records,
        rows: records,
        missing: 0,
        twice: 0,
        different: 0,
        outOfOrder: 0,
        events,
      })
      assert.strictEqual(events, 20)
      const lacking = yield* after("delete from countersign.audit_record where sequence = 7")
      assert.deepStrictEqual([lacking.missing, lacking.rows], [1, records - 1])
      const double = yield* after(
        `insert into countersign.audit_record (trail, sequence, "time", entry)
           select trail, sequence, "time" + interval '1 second', entry
           from countersign.audit_record where sequence = 7`,
      )
      assert.deepStrictEqual([double.twice, double.rows], [1, records + 1])
      const edited = yield* after(
        "update countersign.audit_record set entry = entry || ' '::bytea where sequence = 7",
      )
      assert.strictEqual(edited.different, 1)
      const swapped = yield* after(
        `update countersign.audit_record r set entry = o.entry from countersign.audit_record o
           where (r.sequence, o.sequence) in ((7, 8), (8, 7))`,
      )
      assert.strictEqual(swapped.different, 2)
      assert.isAbove(swapped.outOfOrder, 0)
      yield* Effect.promise(() => client.end())
    }),
  )
})
