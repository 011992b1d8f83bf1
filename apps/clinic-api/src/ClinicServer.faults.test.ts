import { assert, describe, it } from "@effect/vitest"
import * as path from "node:path"
import { type AuditFixture, isWal, make, nodeDisk } from "@countersign/core/testing/AuditFixture"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { faultyProxy } from "@countersign/sinks/testing/FaultyProxy"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { StoreUnavailable } from "./api/Problem.ts"
import { ClinicStore } from "./store/ClinicStore.ts"
import * as PostgresStore from "./store/PostgresStore.ts"
import * as MemoryStore from "./testing/MemoryStore.ts"
import {
  type Answer,
  canaryBreakGlass,
  canaryPatient,
  registered,
  withClinic,
} from "./testing/RunningClinic.ts"

type Change = ReturnType<ClinicStore["Service"]["change"]>

/** The engine tries its disk again in its own time. */
const once = (ask: Effect.Effect<Answer>): Effect.Effect<Answer> =>
  Effect.repeat(ask, { while: ({ status }) => status === 503 })

const breakDisk = (faulty: FaultyDisk): void => {
  for (const call of ["datasync", "write"] as const) {
    faulty.plan({ call, path: isWal, errno: "EIO", times: Infinity })
  }
}

/** A store in memory that changes a patient in its own way. */
const storeThat = (changes: (change: Change) => Change) =>
  Layer.effect(
    ClinicStore,
    Effect.map(ClinicStore, (store) => ({
      ...store,
      change: (...given: Parameters<typeof store.change>) => changes(store.change(...given)),
    })),
  ).pipe(Layer.provide(MemoryStore.layer))

const impatient = ({ config }: AuditFixture) => ({
  deadlines: { ...config.deadlines, criticalMillis: 200, complianceMillis: 200 },
})

describe("the clinic whose trail can't be made durable", () => {
  it.live("breaks no glass, hands out no record and changes none, until it can again", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const faulty = new FaultyDisk(nodeDisk)
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const record = yield* registered(clinic)
            breakDisk(faulty)

            const glass = yield* clinic.ask("other", "POST", `${record}/break-glass`, {
              ...canaryBreakGlass,
            })
            assert.strictEqual(glass.status, 503)
            assert.strictEqual(glass.body["type"], "urn:clinic:problem:not-recorded")
            assert.strictEqual(glass.body["isDone"], "no")
            const read = yield* clinic.ask("doctor", "GET", record)
            assert.strictEqual(read.status, 503)
            assert.notInclude(read.text, "Canary")
            const change = yield* clinic.ask("doctor", "PATCH", record, { phone: "changed" })
            assert.strictEqual(change.status, 503)
            assert.strictEqual((yield* clinic.ask(undefined, "GET", "/health")).status, 200)

            faulty.heal()
            // The glass was not broken, and nothing was changed.
            assert.strictEqual((yield* once(clinic.ask("other", "GET", record))).status, 403)
            const again = yield* once(clinic.ask("doctor", "GET", record))
            assert.strictEqual(again.status, 200)
            assert.strictEqual(again.body["phone"], canaryPatient.phone)
          }),
        { disk: faulty.disk, config: impatient(trail) },
      )
      assert.strictEqual(yield* trail.verdict, "verified")
      const broken = (yield* trail.trail).filter(({ type }) => type.endsWith("break-glass"))
      assert.notInclude(JSON.stringify(broken), "success")
    }),
  )

  it.live("says so where a change was made and only its outcome could not be recorded", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const faulty = new FaultyDisk(nodeDisk)
      const breaking = storeThat((change) =>
        Effect.tap(change, () => Effect.sync(() => breakDisk(faulty))),
      )
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const record = yield* registered(clinic)
            const change = yield* clinic.ask("doctor", "PATCH", record, { phone: "changed" })
            assert.strictEqual(change.status, 503)
            assert.strictEqual(change.body["isDone"], "yes")
            faulty.heal()
            const again = yield* once(clinic.ask("doctor", "GET", record))
            assert.strictEqual(again.body["phone"], "changed")
          }),
        { disk: faulty.disk, store: breaking, config: impatient(trail) },
      )
      const first = (yield* trail.trail).find(({ type }) => type === "patient.record.update")
      assert.strictEqual(first?.outcome, "attempt")
    }),
  )
})

/** Resolves once a patient is committed, asked of the database itself. */
const committed = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  while ((await client.query("select from clinic.patient")).rowCount === 0);
  await client.end()
}

describe("the clinic whose database does not say how a change went", () => {
  it.live("answers and records that nobody knows, and a refusal before it as a failure", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const server = yield* postgresServer()
      const url = yield* Effect.promise(() => freshDatabase(server, "clinic"))
      const { port, proxy } = yield* faultyProxy(server.port)
      const through = Redacted.make(url.replace(`:${server.port}/`, `:${port}/`))
      const store = PostgresStore.layer.pipe(
        Layer.provide(PgClient.layer({ url: through, multiplex: true })),
      )
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const malformed = yield* clinic.ask("doctor", "POST", "/api/patients", {})
            assert.strictEqual(malformed.status, 400)
            const asked = yield* Deferred.make<void>()
            proxy.watch((bytes) => {
              if (!bytes.includes("insert into clinic.patient")) return
              proxy.become("deaf")
              Deferred.doneUnsafe(asked, Effect.void)
            })
            const cutting = Effect.gen(function* () {
              yield* Deferred.await(asked)
              yield* Effect.promise(() => committed(url))
              proxy.become("refuse")
            })
            const [made] = yield* Effect.all(
              [clinic.ask("doctor", "POST", "/api/patients", canaryPatient), cutting],
              { concurrency: "unbounded" },
            )
            assert.deepStrictEqual([made.status, made.body["isDone"]], [503, "unknown"])

            // The patient is looked for before anything is changed.
            const path = "/api/patients/01890000-0000-7000-8000-000000000000"
            const change = yield* clinic.ask("doctor", "PATCH", path, { phone: "changed" })
            assert.deepStrictEqual([change.status, change.body["isDone"]], [503, "no"])
          }),
        { store },
      )
      const records = yield* trail.trail
      assert.deepStrictEqual(
        records.flatMap(({ outcome, type }) =>
          type.startsWith("patient.") ? [`${type} ${outcome}`] : [],
        ),
        [
          "patient.record.create attempt",
          "patient.record.create failure",
          "patient.record.create attempt",
          "patient.record.create unknown",
          "patient.record.update attempt",
          "patient.record.update failure",
        ],
      )
    }),
  )

  it.live("says that nobody knows where not even that can be recorded", () =>
    Effect.gen(function* () {
      const trail = make(path.join(yield* temporaryDirectory, "trail"))
      const faulty = new FaultyDisk(nodeDisk)
      const failing = storeThat(() =>
        Effect.andThen(
          Effect.sync(() => breakDisk(faulty)),
          Effect.fail(new StoreUnavailable({ isDone: "unknown" })),
        ),
      )
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.gen(function* () {
            const record = yield* registered(clinic)
            const change = yield* clinic.ask("doctor", "PATCH", record, { phone: "changed" })
            assert.strictEqual(change.body["type"], "urn:clinic:problem:not-recorded")
            assert.strictEqual(change.body["isDone"], "unknown")
            faulty.heal()
          }),
        { disk: faulty.disk, store: failing, config: impatient(trail) },
      )
    }),
  )
})
