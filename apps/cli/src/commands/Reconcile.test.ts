import * as fs from "node:fs"
import { userInfo } from "node:os"
import * as path from "node:path"
import { openAudit } from "@countersign/core/NodeAudit"
import { type PostgresServer, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { delivered, deliverFrom } from "@countersign/sinks/testing/ReconcileFixture"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { run } from "../testing/CommandLine.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

const event = (time: string) => ({
  time,
  type: "patient.record.read",
  actor: { id: "u-1" },
  outcome: "success" as const,
})

const events = ["2009-03-31T23:00:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"].map(event)

const command = (directory: string, url: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() => {
    const address = new URL(url)
    const { password } = address
    address.password = ""
    return run([args[0] ?? "", directory, "--url", address.href, ...args.slice(1)], {
      cwd: path.dirname(directory),
      env: { PGPASSWORD: password },
    })
  })

suite(server, { excludeTestServices: true, timeout: 120_000 })("countersign", (it) => {
  it.effect("reconcile names what was changed, repairs it, and says so in the trail", () =>
    Effect.gen(function* () {
      const { alter, client, directory, url } = yield* delivered(yield* Server, "cli", events)
      const equal = yield* command(directory, url, "reconcile")
      assert.strictEqual(equal.code, 0, equal.stderr)
      assert.match(equal.stdout, /^✓ equal {2}countersign\.local\/cli\n/)
      const { directory: other } = yield* delivered(yield* Server, "cli_other", [])
      const foreign = yield* command(directory, url, "reconcile", "--key", `${other}.vkey`)
      assert.strictEqual(foreign.code, 4)
      assert.include(foreign.stderr, "untrusted")

      yield* alter("update countersign.audit_record set actor_id = 'u-9' where sequence = 2")
      yield* alter("delete from countersign.audit_record where sequence = 3")
      const found = yield* command(directory, url, "reconcile")
      assert.strictEqual(found.code, 1)
      assert.include(found.stdout, "✗ different")
      assert.include(found.stdout, "record 2: edited in actor_id")
      assert.include(found.stdout, "record 3: its row is deleted")

      // Another writer holds the trail: the event is printed instead.
      const audit = yield* Effect.promise(() => openAudit({ directory, signals: false }))
      yield* alter("delete from countersign.audit_record where sequence = 1")
      const beside = yield* command(directory, url, "reconcile", "--repair", "--json")
      assert.strictEqual(beside.code, 1)
      assert.deepInclude(JSON.parse(beside.stdout), { edited: 1, deleted: 2, isRepaired: true })
      for (const outcome of ["attempt", "success"]) {
        assert.match(
          beside.stderr,
          new RegExp(`"type":"sink.rows.repaired".*"outcome":"${outcome}"`),
        )
      }
      yield* Effect.promise(() => audit.close())

      yield* alter("delete from countersign.audit_record where sequence = 1")
      const repaired = yield* command(directory, url, "reconcile", "--repair")
      assert.strictEqual(repaired.stderr, "")
      assert.include(repaired.stdout, "and repaired")
      yield* deliverFrom(directory, url)
      const { rows } = yield* Effect.promise(() =>
        client.query("select type from countersign.audit_record where type not like 'audit.%'"),
      )
      assert.sameMembers(
        rows.map(({ type }) => String(type)),
        [...events.map(({ type }) => type), "sink.rows.repaired", "sink.rows.repaired"],
      )
      assert.strictEqual((yield* command(directory, url, "reconcile")).code, 0)
    }),
  )

  it.effect("a repair that breaks off has left its word in the trail, and who began it", () =>
    Effect.gen(function* () {
      const { alter, client, directory, url } = yield* delivered(yield* Server, "broken", events)
      yield* alter(`delete from countersign.audit_record where sequence = 1;
        create function countersign.refuse() returns trigger language plpgsql
          as $$ begin raise exception 'refused'; end $$;
        create trigger refuse before insert on countersign.audit_record
          for each row execute function countersign.refuse()`)
      const broken = yield* command(directory, url, "reconcile", "--repair")
      assert.strictEqual(broken.code, 4)
      yield* alter("drop trigger refuse on countersign.audit_record")
      yield* deliverFrom(directory, url)
      const { rows } = yield* Effect.promise(() =>
        client.query(`select outcome, actor_id from countersign.audit_record
          where type = 'sink.rows.repaired' order by sequence`),
      )
      const actor_id = userInfo().username
      assert.deepStrictEqual(rows, [
        { outcome: "attempt", actor_id },
        { outcome: "failure", actor_id },
      ])
    }),
  )

  it.effect("partitions drops old months and records it, or drops nothing", () =>
    Effect.gen(function* () {
      const { alter, directory, url } = yield* delivered(yield* Server, "months", events)
      const audit = yield* Effect.promise(() => openAudit({ directory, signals: false }))
      const locked = yield* command(directory, url, "partitions", "--drop-older-than", "84")
      assert.strictEqual(locked.code, 4)
      assert.include(locked.stderr, "AUD-3202")
      yield* Effect.promise(() => audit.close())
      fs.renameSync(`${directory}.key`, `${directory}.moved`)
      const keyless = yield* command(directory, url, "partitions", "--drop-older-than", "84")
      assert.include(keyless.stderr, "give the configuration")
      assert.isFalse(fs.existsSync(`${directory}.key`))
      fs.renameSync(`${directory}.moved`, `${directory}.key`)
      assert.strictEqual((yield* command(directory, url, "reconcile")).code, 0)

      const dropped = yield* command(directory, url, "partitions", "--drop-older-than", "84")
      assert.strictEqual(dropped.code, 0, dropped.stderr)
      assert.strictEqual(dropped.stdout, "dropped  2009-03  1 record\n")
      const after = yield* command(directory, url, "reconcile", "--json")
      assert.deepInclude(JSON.parse(after.stdout), { verdict: "equal", retired: 1, deleted: 0 })

      // Without the trail's word the months are only hidden.
      yield* alter("insert into countersign.dropped_partition values ('2026-10-01', 1)")
      yield* alter("delete from countersign.audit_record where sequence = 2")
      const hidden = yield* command(directory, url, "reconcile")
      assert.strictEqual(hidden.code, 1)
      assert.include(hidden.stdout, "2026-10 is called dropped in the database")
    }),
  )

  it.effect("refuses an address that is none without repeating it", () =>
    Effect.gen(function* () {
      const { directory } = yield* delivered(yield* Server, "address", events)
      const slip = yield* Effect.promise(() =>
        run(["reconcile", directory, "--url", "u:secret@host"], { cwd: path.dirname(directory) }),
      )
      assert.strictEqual(slip.code, 64)
      assert.notInclude(slip.stderr, "secret")
    }),
  )
})
