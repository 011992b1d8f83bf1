import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { publish } from "@countersign/core/testing/TrailFixture"
import { parseVerifierKey } from "@countersign/core/trail/SignedNote"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type PostgresServer, postgresServer } from "../testing/PostgresServer.ts"
import { delivered, deliverFrom, recordInto } from "../testing/ReconcileFixture.ts"
import { reconcile } from "./Reconciliation.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

/** Events of the last two months of 2026, in turns. */
const eventsOf = (count: number): ReadonlyArray<AuditEventInput> =>
  Array.from({ length: count }, (_, index) => ({
    id: `e-${index}`,
    time: `2026-1${index % 2}-05T10:00:00.${String(index % 1000).padStart(3, "0")}123Z`,
    type: "patient.record.read",
    actor: { id: `u-${index % 3}` },
    target: [{ id: `p-${index}`, type: "Patient" }],
    outcome: "success",
    ...(index % 4 === 0 ? { tenant: "north" } : {}),
  }))

const prepared = Effect.fnUntraced(function* (name: string, count = 40) {
  return yield* delivered(yield* Server, name, eventsOf(count))
})

// The first record of each trail is the engine's own.
const at = (index: number): number => index + 1

suite(server, { excludeTestServices: true, timeout: 30_000 })("reconcile", (it) => {
  it.effect("finds nothing where nothing was changed, over several pages", () =>
    Effect.gen(function* () {
      const { reconcile: compare, size } = yield* prepared("whole", 2_500)
      const report = yield* compare()
      assert.deepStrictEqual(
        { ...report, origin: "" },
        {
          verdict: "equal",
          origin: "",
          records: size,
          equal: size,
          edited: 0,
          deleted: 0,
          added: 0,
          pending: 0,
          setAside: 0,
          retired: 0,
          unsigned: 0,
          unsignedMissing: 0,
          cursorBeyond: 0,
          unrecordedDrops: [],
          findings: [],
          isRepaired: false,
        },
      )
    }),
  )

  it.effect("names each row that was replaced, edited, moved, deleted or added (T6)", () =>
    Effect.gen(function* () {
      const { alter, client, reconcile: compare, size } = yield* prepared("tampered")
      const row = "countersign.audit_record where sequence ="
      yield* alter(`update countersign.audit_record
        set entry = convert_to(replace(convert_from(entry, 'UTF8'), 'success', 'failure'), 'UTF8')
        where sequence = ${at(3)}`)
      yield* alter(`update countersign.audit_record set actor_id = 'u-9' where sequence = ${at(4)}`)
      yield* alter(`update countersign.audit_record set targets = null, tenant = null
        where sequence = ${at(8)}`)
      // By its time the row moves to another month's partition.
      yield* alter(`update countersign.audit_record set "time" = "time" + interval '31 days'
        where sequence = ${at(10)}`)
      yield* alter(`update countersign.audit_record set "time" = "time" + interval '1 microsecond'
        where sequence = ${at(11)}`)
      yield* alter(`delete from ${row} ${at(20)}`)
      // A second row of a record that is there, and rows that no record stands for.
      const copy = (sequence: string, time: string) =>
        alter(`insert into countersign.audit_record
          select trail, ${sequence}, ${time}, id, type, class, outcome, classification, actor_id,
            actor_type, tenant, targets, action, session, correlation, severity, entry
          from ${row} ${at(30)}`)
      yield* copy("-5", `"time"`)
      yield* copy("9223372036854775807", `"time"`)
      yield* copy("sequence", `"time" - interval '1 year'`)

      const wanted = [
        { kind: "edited", sequence: at(3), columns: ["entry"] },
        { kind: "edited", sequence: at(4), columns: ["actor_id"] },
        { kind: "edited", sequence: at(8), columns: ["tenant", "targets"] },
        { kind: "edited", sequence: at(10), columns: ["time"] },
        { kind: "edited", sequence: at(11), columns: ["time"] },
        { kind: "deleted", sequence: at(20) },
        { kind: "added", sequence: at(30), rows: 1 },
        { kind: "added", sequence: -5, rows: 1 },
        { kind: "added", sequence: Number("9223372036854775807"), rows: 1 },
      ] as const
      const report = yield* compare()
      assert.deepStrictEqual(report.findings, wanted)
      assert.strictEqual(report.verdict, "different")
      assert.deepStrictEqual(
        [report.edited, report.deleted, report.added, report.equal],
        [5, 1, 3, size - 6],
      )

      const repaired = yield* compare(true)
      assert.deepStrictEqual(repaired.findings, wanted)
      assert.isTrue(repaired.isRepaired)
      const after = yield* compare()
      assert.strictEqual(after.verdict, "equal")
      assert.strictEqual(after.equal, size)
      const { rows } = yield* Effect.promise(() =>
        client.query("select count(*)::int as rows from countersign.audit_record"),
      )
      assert.deepStrictEqual(rows, [{ rows: size }])
    }),
  )

  it.effect("takes a whole table that was emptied for deleted, and fills it again", () =>
    Effect.gen(function* () {
      const { alter, reconcile: compare, size } = yield* prepared("emptied", 1_500)
      yield* alter("delete from countersign.audit_record")
      const report = yield* compare(true)
      assert.deepStrictEqual([report.deleted, report.findings.length], [size, 100])
      assert.strictEqual((yield* compare()).verdict, "equal")
    }),
  )

  it.effect("is not drowned by thousands of rows for one record", () =>
    Effect.gen(function* () {
      const { alter, client, reconcile: compare, size } = yield* prepared("drowned")
      yield* alter(`insert into countersign.audit_record (trail, sequence, "time", entry)
        select trail, sequence, "time" - n * interval '1 second', entry
        from countersign.audit_record, generate_series(1, 9000) as n where sequence = ${at(7)}`)
      const report = yield* compare(true)
      assert.deepStrictEqual(report.findings, [{ kind: "added", sequence: at(7), rows: 9_000 }])
      const { rows } = yield* Effect.promise(() =>
        client.query("select count(*)::int as rows from countersign.audit_record"),
      )
      assert.deepStrictEqual(rows, [{ rows: size }])
    }),
  )

  it.effect("takes neither what is still to be delivered nor a dead letter for deleted", () =>
    Effect.gen(function* () {
      const { alter, directory, reconcile: compare, size, url } = yield* prepared("explained")
      yield* recordInto(directory, eventsOf(10))
      const report = yield* compare()
      assert.strictEqual(report.verdict, "equal")
      assert.strictEqual(report.pending, report.records - size)

      yield* deliverFrom(directory, url)
      yield* alter(`delete from countersign.audit_record where sequence in (${at(2)}, ${at(5)})`)
      const note = (act: string, sequence: number) =>
        JSON.stringify({ type: `audit.dead-letter.${act}`, data: { sequence } })
      publish(path.join(directory, "dead-letters", "postgres", "0123abcd"), [
        note("buried", at(2)),
        note("buried", at(5)),
        note("replayed", at(2)),
        note("dropped", at(5)),
      ])
      const next = yield* compare()
      assert.deepStrictEqual(next.findings, [{ kind: "deleted", sequence: at(2) }])
      assert.strictEqual(next.setAside, 1)
      assert.strictEqual(next.pending, 0)
    }),
  )

  it.effect(
    "asks the last note of a dead letter, and only removes a row that is forged for it",
    () =>
      Effect.gen(function* () {
        const { alter, client, directory, reconcile: compare } = yield* prepared("refused")
        yield* alter(`delete from countersign.audit_record where sequence in (${at(2)}, ${at(7)});
        update countersign.audit_record set actor_id = 'u-9' where sequence = ${at(5)}`)
        const note = (act: string, sequence: number, minute: number) =>
          JSON.stringify({
            time: `2026-11-05T10:0${minute}:00Z`,
            type: `audit.dead-letter.${act}`,
            data: { sequence },
          })
        const letters = path.join(directory, "dead-letters", "postgres")
        // The key that was used last comes first by its name.
        publish(path.join(letters, "0123abcd"), [
          note("replayed", at(2), 2),
          note("buried", at(2), 3),
          note("replayed", at(7), 4),
        ])
        publish(path.join(letters, "fedc3210"), [
          note("buried", at(2), 0),
          note("buried", at(5), 1),
          note("buried", at(7), 1),
        ])
        const report = yield* compare(true)
        assert.deepStrictEqual(report.findings, [
          { kind: "added", sequence: at(5), rows: 1 },
          { kind: "deleted", sequence: at(7) },
        ])
        assert.strictEqual(report.setAside, 2)
        const { rows } = yield* Effect.promise(() =>
          client.query(`select 1 from countersign.audit_record where sequence = ${at(5)}`),
        )
        assert.deepStrictEqual(rows, [])
        assert.strictEqual((yield* compare()).verdict, "equal")
      }),
  )

  it.effect("says what no checkpoint signs yet, and that none of it may be missing", () =>
    Effect.gen(function* () {
      const { alter, directory, size, url } = yield* prepared("unsigned")
      const before = `${directory}-before`
      yield* Effect.gen(function* () {
        const audit = yield* Audit
        for (const event of eventsOf(5)) yield* audit.record(event, { until: "durable" })
        // Its log holds what it has not signed yet.
        fs.cpSync(directory, before, { recursive: true })
        fs.copyFileSync(`${directory}.vkey`, `${before}.vkey`)
      }).pipe(
        Effect.provide(
          Audit.layer({ directory, checkpoint: { intervalMillis: 60_000 } }, { env: {} }),
        ),
      )
      const end = size + 6
      yield* deliverFrom(directory, url, end)
      const compare = reconcile({ url: Redacted.make(url), directory: before }).pipe(
        Effect.provide(NodeDisk.layer),
      )
      const report = yield* compare
      assert.deepStrictEqual([report.verdict, report.unsigned], ["equal", end - size])

      yield* alter(`delete from countersign.audit_record where sequence = ${size + 1}`)
      const { cursorBeyond, unsignedMissing, verdict } = yield* compare
      assert.deepStrictEqual([verdict, unsignedMissing, cursorBeyond], ["different", 1, 0])
    }),
  )

  it.effect("believes no cursor beyond the end of the trail, and names the rows before it", () =>
    Effect.gen(function* () {
      const { alter, reconcile: compare, size } = yield* prepared("forward")
      yield* alter(`update countersign.sink_cursor set next = 1000000;
        insert into countersign.audit_record (trail, sequence, "time", entry)
        select trail, 500000, "time", entry from countersign.audit_record where sequence = 1`)
      const report = yield* compare(true)
      assert.deepStrictEqual([report.verdict, report.isRepaired], ["different", false])
      assert.deepStrictEqual(report.findings, [{ kind: "added", sequence: 500_000, rows: 1 }])
      assert.strictEqual(report.cursorBeyond, 1_000_000 - size)
      // The row is gone, and the cursor stays a difference.
      const { added, cursorBeyond, verdict } = yield* compare()
      assert.deepStrictEqual([verdict, added, cursorBeyond], ["different", 0, 1_000_000 - size])
    }),
  )

  it.effect("fails typed where there is nothing to compare", () =>
    Effect.gen(function* () {
      const { alter, directory, size, url } = yield* prepared("unjudged")
      const failing = (address: string, isRepairing = false) =>
        reconcile({ url: Redacted.make(address), directory, isRepairing }).pipe(
          Effect.provide(NodeDisk.layer),
          Effect.flip,
        )
      yield* alter("update countersign.trail set origin = 'elsewhere'")
      const unknown = yield* failing(url)
      assert.strictEqual(unknown._tag === "ReconcileFailed" && unknown.reason, "unknown-trail")
      const refused = yield* failing(url.replace("countersign@", "secret@"))
      assert.strictEqual(refused._tag === "ReconcileFailed" && refused.reason, "database")
      assert.notInclude(refused.message, "secret")

      const bundle = path.join(directory, "tile", "entries", "000.p", String(size))
      fs.writeFileSync(bundle, fs.readFileSync(bundle).toString().replace("e-7", "e-8"))
      for (const isRepairing of [true, false]) {
        const untrusted = yield* failing(url, isRepairing)
        assert.strictEqual(untrusted._tag === "ReconcileFailed" && untrusted.reason, "untrusted")
      }
    }),
  )

  it.effect("compares nothing with a trail that another key has signed, repairing or not", () =>
    Effect.gen(function* () {
      const { directory, url } = yield* prepared("foreign")
      const other = yield* prepared("pinned")
      const verifierKey = Result.getOrThrow(
        parseVerifierKey(fs.readFileSync(`${other.directory}.vkey`, "utf8")),
      )
      for (const isRepairing of [false, true]) {
        const error = yield* reconcile({
          url: Redacted.make(url),
          directory,
          isRepairing,
          verification: { verifierKey },
        }).pipe(Effect.provide(NodeDisk.layer), Effect.flip)
        assert.strictEqual(error._tag === "ReconcileFailed" && error.reason, "untrusted")
      }
    }),
  )
})
