import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { make } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { redisServer } from "@countersign/sinks/testing/RedisServer"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import * as PostgresStore from "./store/PostgresStore.ts"
import {
  canaries,
  canaryAppointment,
  canaryBreakGlass,
  canaryPatient,
  type Clinic,
  registered,
  withClinic,
} from "./testing/RunningClinic.ts"

/** Every file below a directory, as it lies there. */
const filesOf = (directory: string): ReadonlyArray<readonly [string, string]> =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [file, fs.readFileSync(file, "latin1")])

/** Every row of every table that Countersign made, with what its bytes say. */
const rowsOf = async (url: string): Promise<ReadonlyArray<string>> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows: tables } = await client.query<{ readonly name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = 'countersign'`,
  )
  const found: Array<string> = []
  for (const { name } of tables) {
    const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`)
    for (const row of rows) {
      found.push(
        Object.values(row)
          .map((value) => (Buffer.isBuffer(value) ? value.toString("utf8") : JSON.stringify(value)))
          .join(" "),
      )
    }
  }
  await client.end()
  return found
}

/** Everything that the API can do and refuse, each with canaries. Returns what a refusal said. */
const everything = Effect.fnUntraced(function* (clinic: Clinic) {
  const record = yield* registered(clinic)
  const booked = yield* clinic.ask("reception", "POST", `${record}/appointments`, canaryAppointment)
  const change = { phone: "Canary-Phone-2", history: "Canary-History-2" }
  const asked = [
    yield* clinic.ask("doctor", "GET", record),
    yield* clinic.ask("doctor", "PATCH", record, change),
    yield* clinic.ask("other", "GET", record),
    yield* clinic.ask("other", "PATCH", record, change),
    yield* clinic.ask("other", "POST", `${record}/break-glass`, canaryBreakGlass),
    yield* clinic.ask("doctor", "GET", `${record}/appointments`),
    yield* clinic.ask("reception", "DELETE", `/api/appointments/${String(booked.body["id"])}`),
    yield* clinic.ask("reception", "POST", `${record}/appointments`, { complaint: "Canary-Cut" }),
    yield* clinic.ask("auditor", "POST", "/api/patients", canaryPatient),
    // What PostgreSQL would refuse, quoting all of it.
    yield* clinic.ask("doctor", "PATCH", record, { history: "Canary-History-\0" }),
    yield* clinic.ask("doctor", "PATCH", record, { history: "Canary-History-\ud800" }),
    yield* clinic.ask("doctor", "GET", "/api/patients/Canary-Path"),
    yield* clinic.ask("doctor", "GET", "/Canary-Route?name=Canary-Query"),
    yield* clinic.ask("auditor", "GET", "/api/trail/export?filter=type%3D%3DCanary-Filter"),
    yield* clinic.ask("auditor", "GET", "/api/trail/export?filter=target.name%3DCanary-Filter"),
    yield* clinic.ask("auditor", "GET", "/api/trail/export"),
  ]
  assert.deepStrictEqual(
    asked.map(({ status }) => status),
    [200, 200, 403, 403, 201, 200, 200, 400, 403, 400, 400, 400, 404, 400, 200, 200],
  )
  return { record, refused: asked.filter(({ status }) => status >= 400) }
})

describe("a personal text that is sent to the clinic", () => {
  it.live("is in its own tables and in its answers, and nowhere else", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const trail = make(path.join(directory, "trail"))
      const redis = yield* redisServer()
      const server = yield* postgresServer({
        settings: { logging_collector: "on", log_directory: "log", log_min_messages: "info" },
      })
      const url = yield* Effect.promise(() => freshDatabase(server, "clinic"))
      const sinks = [
        yield* PostgresSink.make({ url: Redacted.make(url) }),
        yield* RedisStreamSink.make({ url: redis.url }),
      ]
      const logged: Array<string> = []
      const store = PostgresStore.layer.pipe(
        Layer.provide(PgClient.layer({ url: Redacted.make(url), multiplex: true })),
      )
      const logs = Logger.layer([Logger.map(Logger.formatJson, (text) => void logged.push(text))])

      const record = yield* withClinic(
        trail,
        Effect.fnUntraced(function* (clinic) {
          const { record, refused } = yield* everything(clinic)
          for (const { text } of refused) assert.notMatch(text, canaries)
          return record
        }),
        { sinks, store },
      ).pipe(Effect.provide(logs))
      assert.isAbove((yield* Effect.promise(() => rowsOf(url))).length, 20)

      // The database goes away with a request in hand.
      yield* withClinic(
        trail,
        Effect.fnUntraced(function* (clinic) {
          yield* Effect.promise(() => server.process.end("SIGINT"))
          const change = { phone: "Canary-Phone-3" }
          const failed = yield* clinic.ask("doctor", "PATCH", record, change)
          assert.strictEqual(failed.status, 503)
          assert.notMatch(failed.text, canaries)
        }),
        { store },
      ).pipe(Effect.provide(logs))
      assert.match(logged.join("\n"), /the database failed/)
      yield* Effect.promise(() => server.process.start())

      const databaseLog = filesOf(path.join(server.directory, "data", "log"))
      const places = new Map<string, string>([
        ...filesOf(trail.directory),
        ...filesOf(redis.directory),
        ...databaseLog,
        ["the log", logged.join("\n")],
        ["the tables", (yield* Effect.promise(() => rowsOf(url))).join("\n")],
      ])
      // Each place holds what it should: a search through nothing would find nothing.
      const id = record.slice("/api/patients/".length)
      const holding = [...places].filter(([, text]) => text.includes(id)).map(([place]) => place)
      assert.isTrue(holding.some((place) => place.includes("/entries/")))
      assert.isTrue(holding.some((place) => place.startsWith(redis.directory)))
      assert.include(holding, "the tables")
      assert.isNotEmpty(databaseLog)
      assert.match(databaseLog.map(([, text]) => text).join(), /ready to accept connections/)
      for (const [place, text] of places) assert.notMatch(text, canaries, place)
      assert.strictEqual(yield* trail.verdict, "verified")
    }),
  )
})
