import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import { event, isWal, nodeDisk } from "@countersign/core/testing/AuditFixture"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Metrics } from "../metric/Metrics.ts"
import { type Labels, type Reading, seriesOf } from "../metric/Reading.ts"
import { withMetrics } from "../testing/MetricsFixture.ts"
import { AlertBook } from "./AlertBook.ts"
import { defaultRules } from "./DefaultRules.ts"

const reading = (name: string, value: number, labels: Labels = {}): Reading => ({
  name: `countersign_${name}`,
  labels,
  value,
})
const p99 = { quantile: "0.99" }
const sink = { sink: "postgres" }
const actor = { actor: "log", kind: "stage" }

/** What a healthy engine says in a second. */
const calm = (second: number): ReadonlyArray<Reading> => [
  reading("engine_open", 1),
  reading("actor_up", 1, actor),
  reading("actor_restarts_total", 1, actor),
  reading("events_missing", 0, { class: "critical" }),
  reading("events_lost_total", 7, { class: "telemetry" }),
  reading("events_refused_total", 7, { class: "critical" }),
  reading("log_sync_seconds", 0.004, p99),
  reading("wal_abandoned_total", 1),
  reading("trail_durable_entries", second * 1000),
  reading("trail_published_entries", second * 1000 - 500),
  reading("verify_ok", 1),
  reading("witness_age_seconds", second % 60),
  reading("disk_headroom_seconds", 30 * 86_400),
  reading("sink_oldest_seconds", 0.3, sink),
  reading("sink_circuit_open", 0, sink),
  reading("sink_dead_letters_total", 2, sink),
  reading("process_event_loop_delay_seconds", 0.012, p99),
  reading("baseline_regressed", 0, { metric: "x" }),
  reading("alert_notices_lost_total", 0, { target: "pager" }),
]

interface Cause {
  /** By the seconds that it has lasted; what it does not say is as in calm. */
  readonly says: (second: number) => ReadonlyArray<Reading>
  /** Seconds after which somebody is told. */
  readonly after: number
}

const always = (after: number, ...readings: ReadonlyArray<Reading>): Cause => ({
  says: () => readings,
  after,
})

// Any other rule that fires is a false alarm, so each cause is told from the others.
const causes: Readonly<Record<string, Cause | "silence" | "finding">> = {
  "engine-not-open": always(5, reading("engine_open", 0)),
  "engine-silent": "silence",
  "actor-down": always(5, reading("actor_up", 0, actor)),
  "actor-restarts": {
    says: (second) => [reading("actor_restarts_total", 2 + Math.floor(second / 60), actor)],
    after: 120,
  },
  "events-missing": always(5, reading("events_missing", -1, { class: "critical" })),
  "events-lost": always(0, reading("events_lost_total", 8, { class: "telemetry" })),
  "events-refused": always(0, reading("events_refused_total", 8, { class: "critical" })),
  "log-sync-slow": always(60, reading("log_sync_seconds", 0.3, p99)),
  "log-abandoned": always(0, reading("wal_abandoned_total", 2)),
  "checkpoint-stalled": {
    says: () => [reading("trail_published_entries", 300 * 1000 - 500)],
    // The two minutes before must hardly hold a checkpoint, and then it waits for one.
    after: 170,
  },
  "verify-failed": always(0, reading("verify_ok", 0)),
  "witness-old": always(300, reading("witness_age_seconds", 4000)),
  "disk-filling": always(300, reading("disk_headroom_seconds", 80_000)),
  "sink-lag": always(30, reading("sink_oldest_seconds", 61, sink)),
  "sink-circuit-open": always(10, reading("sink_circuit_open", 1, sink)),
  "sink-dead-letters": always(0, reading("sink_dead_letters_total", 3, sink)),
  "event-loop-blocked": always(30, reading("process_event_loop_delay_seconds", 0.25, p99)),
  "baseline-regressed": always(0, reading("baseline_regressed", 1, { metric: "x" })),
  "alert-target-failing": always(0, reading("alert_notices_lost_total", 1, { target: "pager" })),
  detection: "finding",
}

const moment = (second: number) => ({ nowMillis: second * 1000, dateMillis: second * 1000 })
const calmSeconds = 300

/** Rules that fire, with the seconds since the cause began. */
const fired = (cause: Cause | "silence", seconds: number): Readonly<Record<string, number>> => {
  const book = new AlertBook(defaultRules, { startedAt: moment(0) })
  const found: Record<string, number> = {}
  for (let second = 0; second <= calmSeconds + seconds; second++) {
    const since = second - calmSeconds
    const said = since < 0 || cause === "silence" ? [] : cause.says(since)
    const changed = new Set(said.map(seriesOf))
    const readings = [...calm(second).filter((each) => !changed.has(seriesOf(each))), ...said]
    const changes = book.observe(since >= 0 && cause === "silence" ? [] : readings, moment(second))
    for (const { alert, turn } of changes) if (turn === "firing") found[alert.rule] ??= since
  }
  return found
}

describe("the default rules", () => {
  it("have each a cause that is tried here", () => {
    assert.deepStrictEqual(
      defaultRules.rules.map(({ name }) => name),
      Object.keys(causes),
    )
  })

  it("are in the document as they are", () => {
    const document = fs.readFileSync(
      path.join(import.meta.dirname, "../../../../docs/alerts.md"),
      "utf8",
    )
    const rows = defaultRules.rules.map(
      ({ for: after = "at once", name, severity = "warning", summary }) =>
        `| \`${name}\` | ${severity} | ${after} | ${summary} |`,
    )
    const [, table = ""] = document.split(
      "| rule | severity | after | says |\n| --- | --- | --- | --- |\n",
    )
    assert.deepStrictEqual(table.split("\n").slice(0, rows.length + 1), [...rows, ""])
  })

  it("say nothing of an engine that is well", () => {
    assert.deepStrictEqual(fired({ says: () => [], after: 0 }, 600), {})
  })

  for (const [name, cause] of Object.entries(causes)) {
    if (cause === "silence" || cause === "finding") continue
    it(`${name} is told after ${cause.after} s, and nothing else is`, () => {
      assert.deepStrictEqual(fired(cause, cause.after + 20), { [name]: cause.after })
    })
  }

  it("tell of an engine that is not open, and not of what follows from that", () => {
    const readings = [
      reading("engine_open", 0),
      reading("actor_up", 0, actor),
      reading("events_refused_total", 90, { class: "critical" }),
      reading("sink_oldest_seconds", 90, sink),
    ]
    // Refusals are told at once, before it is known that the engine does not come back.
    assert.deepStrictEqual(fired(always(0, ...readings), 60), {
      "engine-not-open": 5,
      "events-refused": 0,
    })
  })

  it("tell of a sink's circuit, and not of the lag that follows from that", () => {
    const readings = [
      reading("sink_circuit_open", 1, sink),
      reading("sink_oldest_seconds", 90, sink),
    ]
    assert.deepStrictEqual(fired(always(0, ...readings), 60), { "sink-circuit-open": 10 })
  })

  it("engine-silent is told when nobody reads the engine any more", () => {
    assert.strictEqual(fired("silence", 20)["engine-silent"], 14)
  })

  it("detection is told at once of what is grave", () => {
    const book = new AlertBook(defaultRules, { startedAt: moment(0) })
    const finding = {
      id: "1",
      rule: "login-burst",
      severity: "critical",
      subject: "u-7",
      atMillis: 0,
      confidence: 1,
      explanation: "",
      events: ["e1"],
    } as const
    assert.lengthOf(book.find({ ...finding, severity: "warning" }, moment(0)), 0)
    const [change] = book.find(finding, moment(0))
    assert.strictEqual(change?.alert.summary, "Detection found login-burst/u-7")
  })
})

/** Judges a real engine's figures once a second, by a clock that runs faster. */
const rulesFiring = (seconds: number) =>
  Effect.gen(function* () {
    const metrics = yield* Metrics
    const book = new AlertBook(defaultRules, { startedAt: moment(0) })
    const found = new Set<string>()
    for (let second = 0; second <= seconds; second++) {
      for (const { alert, turn } of book.observe(metrics.read().readings, moment(second))) {
        if (turn === "firing") found.add(alert.rule)
      }
    }
    return [...found]
  })

describe("the default rules over a real engine", () => {
  it.live("say nothing of one that is well", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.record({ ...event, class: "critical" })
        yield* audit.publish
        yield* audit.verify
        assert.deepStrictEqual(yield* rulesFiring(60), [])
      }),
    ),
  )

  it.live("name an engine that has failed, and not what follows from it", () =>
    withMetrics((fixture) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.flush
        for (const name of fs.readdirSync(fixture.directory)) {
          if (name.startsWith("lease.")) fs.rmSync(path.join(fixture.directory, name))
        }
        yield* Effect.flip(audit.record({ ...event, class: "critical" }))
        assert.deepStrictEqual(yield* rulesFiring(60), ["engine-not-open"])
      }),
    ),
  )

  it.live("name a sink that is down, and one that refuses a record", () => {
    const down = new FaultySink(MemorySink.make({ name: "down" }))
    const wary = new FaultySink(MemorySink.make({ name: "wary" }))
    down.next("fail", 1000)
    return withMetrics(
      () =>
        Effect.gen(function* () {
          const audit = yield* Audit
          const standing = () => new Map(audit.status().sinks.map((each) => [each.sink, each]))
          const metrics = yield* Metrics
          const book = new AlertBook(defaultRules, { startedAt: moment(0) })
          book.observe(metrics.read().readings, moment(0))
          wary.reject(3)
          for (let count = 0; count < 8; count++)
            yield* audit.record({ ...event, class: "critical" })
          yield* Effect.whileLoop({
            while: () =>
              standing().get("down")?.circuit !== "open" ||
              standing().get("wary")?.deadLetters !== 1,
            body: () => Effect.sleep(10),
            step: () => undefined,
          }).pipe(Effect.timeout("20 seconds"))
          const changes = [1, 11].flatMap((second) =>
            book.observe(metrics.read().readings, moment(second)),
          )
          assert.deepStrictEqual(
            changes
              .filter(({ turn }) => turn === "firing")
              .map(({ alert }) => `${alert.rule} ${alert.summary}`),
            [
              "sink-dead-letters wary refused 1 records: look with countersign dlq list",
              "sink-circuit-open down fails and is not called for a while",
            ],
          )
        }),
      { engine: { sinks: [down, wary] } },
    )
  })

  it.live("name a trail that was changed, once it is verified", () =>
    withMetrics((fixture) =>
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.record({ ...event, class: "critical" })
        yield* audit.publish
        const tiles = path.join(fixture.directory, "tile", "entries")
        const [file = ""] = fs
          .readdirSync(tiles, { recursive: true, withFileTypes: true })
          .filter((each) => each.isFile())
          .map((each) => path.join(each.parentPath, each.name))
        const bytes = fs.readFileSync(file)
        bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1
        fs.writeFileSync(file, bytes)
        yield* audit.verify
        assert.deepStrictEqual(yield* rulesFiring(60), ["verify-failed"])
      }),
    ),
  )

  it.live("name a log whose sync failed", () => {
    const faulty = new FaultyDisk(nodeDisk)
    return withMetrics(
      () =>
        Effect.gen(function* () {
          const audit = yield* Audit
          const metrics = yield* Metrics
          const book = new AlertBook(defaultRules, { startedAt: moment(0) })
          book.observe(metrics.read().readings, moment(0))
          faulty.plan({ call: "datasync", path: isWal, errno: "EIO" })
          yield* audit.record({ ...event, class: "critical" })
          const changes = book.observe(metrics.read().readings, moment(1))
          assert.include(
            changes.map(({ alert, turn }) => `${turn} ${alert.rule}`),
            "firing log-abandoned",
          )
        }),
      { engine: { disk: faulty.disk } },
    )
  })
})
