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
const calmSeconds = 300
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

/** How long each cause lasts. */
const lastingSeconds = 900

interface Cause {
  /** By the seconds since it began; what it does not say is as in calm. */
  readonly says: (second: number) => ReadonlyArray<Reading>
  /** What is said when it is over: a counter does not go back. */
  readonly leaves: ReadonlyArray<Reading>
  /** Seconds from its beginning until somebody is told. */
  readonly after: number
  /** Seconds from its end until the alert is over. */
  readonly over: number
}

/** A value that is wrong while it lasts. */
const wrong = (after: number, over: number, ...readings: ReadonlyArray<Reading>): Cause => ({
  says: () => readings,
  leaves: [],
  after,
  over,
})

/** A counter that grows each minute while it lasts. */
const growing = (after: number, over: number, name: string, labels: Labels = {}): Cause => {
  const before = calm(0).find((each) => each.name === `countersign_${name}`)?.value ?? Number.NaN
  const at = (second: number) => [reading(name, before + 1 + Math.floor(second / 60), labels)]
  return { says: at, leaves: at(lastingSeconds - 1), after, over }
}

// Any other rule that fires is a false alarm, so each cause is told from the others.
const causes: Readonly<Record<string, Cause | "silence" | "finding">> = {
  "engine-not-open": wrong(5, 0, reading("engine_open", 0)),
  "engine-silent": "silence",
  "actor-down": wrong(5, 0, reading("actor_up", 0, actor)),
  // The third of the last ones must be ten minutes ago.
  "actor-restarts": growing(120, 430, "actor_restarts_total", actor),
  "events-missing": wrong(5, 0, reading("events_missing", -1, { class: "critical" })),
  "events-lost": growing(0, 550, "events_lost_total", { class: "telemetry" }),
  "events-refused": growing(0, 245, "events_refused_total", { class: "critical" }),
  "log-sync-slow": wrong(60, 60, reading("log_sync_seconds", 0.3, p99)),
  "log-abandoned": growing(0, 550, "wal_abandoned_total"),
  "checkpoint-stalled": wrong(
    120,
    0,
    reading("trail_published_entries", calmSeconds * 1000 - 500),
    // However old it is, it is judged by what it does not sign.
    reading("checkpoint_age_seconds", 1),
  ),
  "verify-failed": wrong(0, 0, reading("verify_ok", 0)),
  "witness-old": wrong(300, 0, reading("witness_age_seconds", 4000)),
  "disk-filling": wrong(300, 600, reading("disk_headroom_seconds", 80_000)),
  "sink-lag": wrong(30, 30, reading("sink_oldest_seconds", 61, sink)),
  "sink-circuit-open": wrong(10, 10, reading("sink_circuit_open", 1, sink)),
  "sink-dead-letters": growing(0, 550, "sink_dead_letters_total", sink),
  "event-loop-blocked": wrong(30, 60, reading("process_event_loop_delay_seconds", 0.25, p99)),
  "baseline-regressed": wrong(0, 0, reading("baseline_regressed", 1, { metric: "x" })),
  "alert-target-failing": growing(0, 550, "alert_notices_lost_total", { target: "pager" }),
  detection: "finding",
}

const moment = (second: number) => ({ nowMillis: second * 1000, dateMillis: second * 1000 })

/** What becomes of alerts, with the seconds since the cause began. */
const story = (
  said: (since: number) => ReadonlyArray<Reading> | "silence",
  seconds: number,
): ReadonlyArray<string> => {
  const book = new AlertBook(defaultRules, { startedAt: moment(0) })
  const told: Array<string> = []
  for (let second = 0; second <= calmSeconds + seconds; second++) {
    const since = second - calmSeconds
    const now = since < 0 ? [] : said(since)
    const changed = new Set(now === "silence" ? [] : now.map(seriesOf))
    const readings =
      now === "silence"
        ? []
        : [...calm(second).filter((each) => !changed.has(seriesOf(each))), ...now]
    for (const { alert, notify, turn } of book.observe(readings, moment(second))) {
      if (notify?.length !== 0) told.push(`${since} s: ${alert.rule} ${turn}`)
    }
  }
  return told
}

/** Rules that fire, with the seconds since the cause began. */
const fired = (readings: ReadonlyArray<Reading>, seconds: number): ReadonlyArray<string> =>
  story(() => readings, seconds).filter((line) => line.endsWith("firing"))

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
      (rule) =>
        `| \`${rule.name}\` | ${rule.severity ?? "warning"} | ${rule.kind === "absence" ? rule.after : (rule.for ?? "at once")} | ${rule.summary} |`,
    )
    const [, table = ""] = document.split(
      "| rule | severity | after | says |\n| --- | --- | --- | --- |\n",
    )
    assert.deepStrictEqual(table.split("\n").slice(0, rows.length + 1), [...rows, ""])
  })

  it("say nothing of an engine that is well", () => {
    assert.deepStrictEqual(
      story(() => [], 600),
      [],
    )
  })

  for (const [name, cause] of Object.entries(causes)) {
    if (cause === "silence" || cause === "finding") continue
    const { after, leaves, over, says } = cause
    it(`${name} is told after ${after} s, as long as it lasts and ${over} s more, and nothing else is`, () => {
      assert.deepStrictEqual(
        story(
          (since) => (since < lastingSeconds ? says(since) : leaves),
          lastingSeconds + over + 900,
        ),
        [`${after} s: ${name} firing`, `${lastingSeconds + over} s: ${name} resolved`],
      )
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
    assert.deepStrictEqual(fired(readings, 60), [
      "0 s: events-refused firing",
      "5 s: engine-not-open firing",
    ])
  })

  it("tell of a sink's circuit, and not of the lag that follows from that", () => {
    const readings = [
      reading("sink_circuit_open", 1, sink),
      reading("sink_oldest_seconds", 90, sink),
    ]
    assert.deepStrictEqual(fired(readings, 60), ["10 s: sink-circuit-open firing"])
  })

  it("tell of the first letters of a sink that had none", () => {
    const readings = [reading("sink_dead_letters_total", 2, { sink: "archive" })]
    assert.deepStrictEqual(fired(readings, 60), ["0 s: sink-dead-letters firing"])
  })

  it("engine-silent is told while nobody reads the engine, and nothing else is, also after it", () => {
    assert.deepStrictEqual(
      story((since) => (since < lastingSeconds ? "silence" : []), lastingSeconds + 900),
      ["14 s: engine-silent firing", `${lastingSeconds} s: engine-silent resolved`],
    )
  })

  it("checkpoint-stalled is not told of an engine that had nothing to sign for an hour", () => {
    const standing = (since: number, size: number) => [
      reading("trail_durable_entries", size),
      reading("trail_published_entries", since < 3602 ? 200_000 : size),
      reading("checkpoint_age_seconds", since),
    ]
    assert.deepStrictEqual(
      story((since) => standing(since, since < 3600 ? 200_000 : 200_001), 4000),
      [],
    )
  })

  it("checkpoint-stalled is told of an engine that signs none from its beginning", () => {
    const book = new AlertBook(defaultRules, { startedAt: moment(0) })
    const told: Array<string> = []
    for (let second = 0; second < 600; second++) {
      const readings = [
        reading("engine_open", 1),
        // It is not loaded any more after the first ones.
        reading("trail_durable_entries", Math.min(second + 1, 50)),
        reading("trail_published_entries", 0),
      ]
      for (const { alert, turn } of book.observe(readings, moment(second))) {
        told.push(`${second} s: ${alert.rule} ${turn}`)
      }
    }
    assert.deepStrictEqual(told, ["120 s: checkpoint-stalled firing"])
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
    // As long as more is found, and for a quarter of an hour after it.
    for (let second = 600; second <= 3000; second += 600) {
      assert.isEmpty(book.find(finding, moment(second)))
    }
    const ends = (second: number) =>
      book
        .tick(moment(second))
        .filter(({ alert }) => alert.rule === "detection")
        .map(({ turn }) => turn)
    assert.isEmpty(ends(3899))
    assert.deepStrictEqual(ends(3900), ["resolved"])
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
