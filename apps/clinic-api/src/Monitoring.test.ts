import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import { dataOf } from "@countersign/core/testing/AuditFixture"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import type { AlertChange } from "@countersign/monitor/alert/AlertBook"
import type { AlertTarget } from "@countersign/monitor/alert/AlertTarget"
import { millisOf } from "@countersign/monitor/alert/AlertSpan"
import { defaultRules } from "@countersign/monitor/alert/DefaultRules"
import { advance, type Frame } from "@countersign/monitor/protocol/Update"
import * as Announcement from "@countersign/monitor/server/Announcement"
import { connect } from "@countersign/monitor/server/MonitorClient"
import {
  freshDatabase,
  type PostgresServer,
  postgresServer,
} from "@countersign/sinks/testing/PostgresServer"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Clinic from "./Clinic.ts"
import { ClinicConfig } from "./ClinicConfig.ts"
import { canaries, canaryBreakGlass, canaryPatient, request } from "./testing/RunningClinic.ts"

const testMillisMax = 240_000
/** Each second a reading, each second a look at the time; the rest is a busy machine's. */
const lateMillisMax = 10_000

/** Somebody who is told of alerts, and remembers. */
const listener = () => {
  const told: Array<AlertChange> = []
  const target: AlertTarget = {
    name: "test",
    tell: ({ changes }) => void told.push(...changes),
    counts: () => ({
      told: told.length,
      waiting: 0,
      dropped: 0,
      failed: 0,
      lastFailure: undefined,
    }),
  }
  return { told, target: Effect.succeed(target) }
}

interface Running {
  readonly ask: (who: string, method: string, path: string, body?: unknown) => Promise<Answer>
  /** `undefined` where they are not served. */
  readonly metrics: () => Promise<string | undefined>
}
type Answer = Awaited<ReturnType<typeof request>>

/** The whole clinic as `npm run clinic` starts it, over the test's database. */
const withClinic = <A, E>(
  directory: string,
  url: string,
  target: Effect.Effect<AlertTarget>,
  use: (clinic: Running) => Effect.Effect<A, E>,
  more: Readonly<Record<string, string>> = {},
) =>
  Effect.gen(function* () {
    const environment = {
      CLINIC_DIRECTORY: directory,
      CLINIC_PORT: "0",
      CLINIC_METRICS_PORT: "0",
      CLINIC_POSTGRES_URL: url,
      CLINIC_REQUESTS_PER_MINUTE: "1000000",
      ...more,
    }
    const config = yield* ClinicConfig.parse(ConfigProvider.fromEnv({ env: environment }))
    return yield* Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const { issued, metrics } = yield* Clinic.Arrangement
      const tokens = new Map(issued.map(({ id, token }) => [id, token]))
      const base = HttpServer.formatAddress(address)
      return yield* use({
        ask: (who, method, where, body) =>
          request(`${base}${where}`, method, tokens.get(who) ?? who, body),
        metrics: async () =>
          metrics === undefined ? undefined : await (await fetch(metrics)).text(),
      })
    }).pipe(
      // What the clinic logs while it has no database is expected.
      Effect.provide(
        Layer.provideMerge(Clinic.layer(config, { targets: [target] }), Logger.layer([])),
      ),
    )
  })

/** Again and again until it is so. */
const until = (isSo: () => boolean, step: Effect.Effect<unknown> = Effect.sleep(50)) =>
  Effect.repeat(step, { until: isSo })

/** Nights and weekends too: each clinician asks for the patient twenty times a second. */
const load = ({ ask }: Running, record: string) =>
  Effect.promise(() => ask("dr-imhotep", "GET", record)).pipe(
    Effect.andThen(Effect.sleep(50)),
    Effect.forever,
    Effect.forkChild,
  )

const attacked = Effect.fnUntraced(function* (
  { ask }: Running,
  record: string,
  told: ReadonlyArray<AlertChange>,
) {
  // Somebody guesses tokens ...
  for (let guess = 0; guess < 40; guess++) {
    const { status } = yield* Effect.promise(() => ask(`guess-${guess}`, "GET", record))
    assert.strictEqual(status, 401)
  }
  // ... breaks the glass ...
  const broken = yield* Effect.promise(() =>
    ask("dr-agnodice", "POST", `${record}/break-glass`, canaryBreakGlass),
  )
  assert.strictEqual(broken.status, 201)
  // ... and carries off the trail until it is noticed.
  const isFound = () =>
    told.some(({ alert }) => alert.rule === "detection" && alert.id.includes("bulk-export"))
  yield* until(
    isFound,
    Effect.promise(() => ask("auditor", "GET", "/api/trail/export")),
  )
})

const circuit = "sink-circuit-open"

const databaseKilled = Effect.fnUntraced(function* (
  { metrics }: Running,
  server: PostgresServer,
  told: ReadonlyArray<AlertChange>,
) {
  const isTold = (turn: AlertChange["turn"]) => () =>
    told.some((change) => change.alert.rule === circuit && change.turn === turn)
  assert.isFalse(isTold("firing")())
  yield* Effect.promise(() => server.process.kill())
  yield* until(isTold("firing"))
  const shown = (yield* Effect.promise(metrics)) ?? ""
  assert.match(shown, /^countersign_sink_circuit_open\{sink="postgres"\} (1|0\.5)$/m)
  assert.match(shown, /^countersign_http_request_seconds\S*route="\/api\/patients\/:id"/m)
  assert.match(shown, /^countersign_sql_query_seconds\S*operation="select"/m)
  yield* Effect.promise(() => server.process.start())
  yield* until(isTold("resolved"))
})

/** As `countersign top` finds it: by the trail. */
const assertViewed = Effect.fnUntraced(
  function* (trail: string) {
    const { token, url } = Option.getOrThrow(yield* Announcement.read(trail))
    const client = yield* connect(url, Redacted.make(token))
    let frame: Frame | undefined
    // What was told a moment ago is in one of the next frames.
    const isThere = ({ snapshot: { alerts, findings, readings } }: Frame): boolean =>
      findings.some(({ rule }) => rule === "bulk-export") &&
      alerts.some(({ rule }) => rule === "detection") &&
      readings.some(({ series }) => series === "countersign_detection_judged_total")
    yield* client.Watch().pipe(
      Stream.runForEachWhile((update) =>
        Effect.sync(() => {
          frame = advance(frame, update)
          return frame === undefined || !isThere(frame)
        }),
      ),
    )
    assert.includeMembers(
      (frame?.snapshot.sinks ?? []).map(({ sink }) => sink),
      ["postgres", "detection"],
    )
  },
  Effect.provide(NodeDisk.layer),
  Effect.scoped,
)

const recordsOf = (trail: string) =>
  entries(trail).pipe(
    Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
    Stream.runCollect,
    Effect.provide(NodeDisk.layer),
  )

/** What the trail says of the alert about the dead database. */
const assertAlert = (records: ReadonlyArray<AuditEvent>): void => {
  const [firing, ...others] = records.filter(
    (record) => record.type.startsWith("countersign.alert.") && dataOf(record)["rule"] === circuit,
  )
  assert.deepStrictEqual(
    [firing, ...others].map((record) => record?.type),
    ["countersign.alert.firing", "countersign.alert.resolved"],
  )
  const rule = defaultRules.rules.find(({ name }) => name === circuit)
  const after = Date.parse(firing?.time ?? "") - Date.parse(String(dataOf(firing)["since"]))
  const within = millisOf(rule?.for ?? "0s")
  assert.isAtLeast(after, within - 100)
  assert.isAtMost(after, within + lateMillisMax)
}

describe("the clinic that is watched", () => {
  it.live(
    "tells of a dead database until it is back, and finds an attack, all of it in the trail",
    () =>
      Effect.gen(function* () {
        const directory = path.join(yield* temporaryDirectory, "clinic")
        fs.mkdirSync(directory)
        const server = yield* postgresServer()
        const url = yield* Effect.promise(() => freshDatabase(server, "clinic"))
        const { target, told } = listener()
        yield* withClinic(
          directory,
          url,
          target,
          Effect.fnUntraced(function* (clinic) {
            const { body } = yield* Effect.promise(() =>
              clinic.ask("dr-imhotep", "POST", "/api/patients", canaryPatient),
            )
            const record = `/api/patients/${String(body["id"])}`
            yield* load(clinic, record)
            yield* attacked(clinic, record, told)
            yield* assertViewed(path.join(directory, "trail"))
            yield* databaseKilled(clinic, server, told)
          }),
        )
        const trail = path.join(directory, "trail")
        const records = yield* recordsOf(trail)
        assertAlert(records)
        const types = new Set(records.map(({ type }) => type))
        for (const rule of ["refused-address", "break-glass", "bulk-export"]) {
          assert.isTrue(types.has(`countersign.finding.${rule}`), rule)
        }
        const findings = records.filter(({ type }) => type.startsWith("countersign.finding."))
        assert.isTrue(findings.every(({ target }) => target?.length === 1))
        const raised = records.filter(
          (record) =>
            record.type === "countersign.alert.firing" && dataOf(record)["rule"] === "detection",
        )
        assert.match(JSON.stringify(raised.map(({ target }) => target)), /bulk-export/)
        for (const record of records) assert.notMatch(JSON.stringify(record), canaries)

        // Without the monitor nobody listens.
        yield* withClinic(
          directory,
          url,
          target,
          ({ metrics }) =>
            Effect.map(Effect.promise(metrics), (shown) => assert.isUndefined(shown)),
          { CLINIC_MONITOR: "off" },
        )
        const report = yield* Effect.provide(verify(trail), NodeDisk.layer)
        assert.strictEqual(report.verdict, "verified")
      }),
    testMillisMax,
  )
})
