import * as fs from "node:fs"
import { Audit } from "@countersign/core/Audit"
import { event, nodeDisk } from "@countersign/core/testing/AuditFixture"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { valueIn, withMetrics } from "../testing/MetricsFixture.ts"
import { groups, instrument, instruments } from "./Instruments.ts"
import { Metrics } from "./Metrics.ts"
import { type Readings, seriesOf } from "./Reading.ts"
import { sampleOf } from "./Sample.ts"

/** Reads until it is so: intervals pass in real time. */
const until = (holds: (readings: Readings) => boolean): Effect.Effect<Readings, never, Metrics> =>
  Effect.flatMap(Metrics, (metrics) => {
    const look: Effect.Effect<Readings> = Effect.suspend(() => {
      const readings = metrics.read()
      return holds(readings)
        ? Effect.succeed(readings)
        : Effect.andThen(Effect.sleep("5 millis"), look)
    })
    return look
  })

const fast = { interval: "10 millis", diskInterval: "10 millis" } as const

/** Keeps the thread for a while. */
const block = (millis: number): void => {
  const from = performance.now()
  while (performance.now() - from < millis);
}

describe("the figures of a running engine", () => {
  it.live("say what was recorded, made durable, published and delivered", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const audit = yield* Audit
          for (let count = 0; count < 5; count++) {
            yield* audit.record({ ...event, class: "critical" })
          }
          yield* audit.publish
          yield* audit.verify
          const sink = { sink: "memory" }
          const readings = yield* until(
            (now) =>
              (valueIn(now, "countersign_sink_delivered_total", sink) ?? 0) >= 5 &&
              valueIn(now, "countersign_disk_free_bytes") !== undefined,
          )
          const value = (name: string, labels = {}) => valueIn(readings, name, labels)
          const critical = { class: "critical" }
          assert.strictEqual(value("countersign_events_accepted_total", critical), 5)
          assert.strictEqual(value("countersign_events_recorded_total", critical), 5)
          assert.strictEqual(value("countersign_events_missing", critical), 0)
          assert.strictEqual(value("countersign_engine_open"), 1)
          assert.isAtLeast(value("countersign_trail_published_entries") ?? 0, 5)
          assert.isAtLeast(value("countersign_log_sync_seconds_count") ?? 0, 5)
          assert.isAbove(value("countersign_log_sync_seconds", { quantile: "0.99" }) ?? 0, 0)
          assert.isAtLeast(value("countersign_publish_seconds_count") ?? 0, 1)
          assert.isBelow(value("countersign_checkpoint_age_seconds") ?? Infinity, 60)
          assert.strictEqual(value("countersign_verify_ok"), 1)
          assert.strictEqual(value("countersign_sink_dead_letters_total", sink), 0)
          assert.isAbove(value("countersign_process_memory_bytes", { area: "rss" }) ?? 0, 1e6)
          assert.isAbove(value("countersign_process_cpu_seconds_total", { mode: "user" }) ?? 0, 0)
        }),
      { metrics: fast, engine: { sinks: [MemorySink.make()] } },
    ),
  )

  it.live("are all in the table, with the labels that it says", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const { readings } = yield* until(
            (now) => valueIn(now, "countersign_disk_free_bytes") !== undefined,
          )
          for (const { labels, name } of readings) {
            const bare = name.replace(/_(?:count|sum)$/, "")
            const known = instruments.get(name) ?? instruments.get(bare)
            assert.isDefined(known, name)
            const given = Object.keys(labels).filter((label) => label !== "quantile")
            assert.deepStrictEqual(given.toSorted(), [...(known?.labels ?? [])].toSorted(), name)
          }
          const named = (name: string) => readings.some((each) => each.name.startsWith(name))
          // Other parts of the monitor fill the other groups.
          const filled = new Set([
            "The engine",
            "Its actors",
            "The process and its disk",
            "The metrics themselves",
          ])
          // What needs a sink, a witness or time is not in an engine that has just begun.
          const later = /witness|verify|headroom|checkpoint_age|queue_capacity_items|fill_ratio/
          for (const { instruments, title } of groups) {
            for (const { name } of filled.has(title) ? instruments : []) {
              if (!later.test(name)) assert.isTrue(named(name), name)
            }
          }
        }),
      { metrics: fast },
    ),
  )

  it.live("count what went before the metrics came, and quantiles of the last minute alone", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const audit = yield* Audit
        const earlier = audit.times.log.count
        yield* audit.record(event, { until: "durable" })
        const metrics = yield* Metrics
        const count = valueIn(metrics.read(), "countersign_log_sync_seconds_count") ?? 0
        assert.isAtLeast(count, earlier + 1)
        assert.strictEqual(count, audit.times.log.count)
      }),
    ),
  )

  it.live("show an event loop that is blocked", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          yield* Effect.sleep("50 millis")
          block(300)
          const quantile = { quantile: "0.999" }
          const readings = yield* until(
            (now) =>
              (valueIn(now, "countersign_process_event_loop_delay_seconds", quantile) ?? 0) > 0.2,
          )
          const median = { quantile: "0.5" }
          assert.isBelow(
            valueIn(readings, "countersign_process_event_loop_delay_seconds", median) ?? 1,
            0.2,
          )
          yield* until(
            (now) => (valueIn(now, "countersign_process_event_loop_utilisation_ratio") ?? 0) > 0,
          )
        }),
      { metrics: fast },
    ),
  )

  it.live(
    "say how long the oldest waits while the disk does not answer, and that it waits no more",
    () => {
      const answering = Latch.makeUnsafe(true)
      const disk: typeof nodeDisk = {
        ...nodeDisk,
        open: (file, how) =>
          Effect.map(nodeDisk.open(file, how), (open) => ({
            ...open,
            writeDurable: (chunks, position) =>
              Effect.andThen(answering.await, open.writeDurable(chunks, position)),
          })),
      }
      return withMetrics(
        () =>
          Effect.gen(function* () {
            const audit = yield* Audit
            yield* audit.record(event, { until: "durable" })
            yield* answering.close
            yield* audit.record(event)
            const standard = { class: "standard" }
            const log = { actor: "log", kind: "stage" }
            const ages = (now: Readings) => [
              valueIn(now, "countersign_events_oldest_seconds", standard) ?? 0,
              valueIn(now, "countersign_queue_oldest_seconds", log) ?? 0,
            ]
            yield* until((now) => ages(now).every((age) => age > 0.1))
            yield* answering.open
            yield* until((now) => ages(now).every((age) => age === 0))
          }).pipe(Effect.ensuring(answering.open)),
        { metrics: fast, engine: { disk } },
      )
    },
  )

  it.live("say when witnesses cosigned last, and how much has come since", () =>
    withMetrics(
      ({ directory }) =>
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record(event, { until: "published" })
          fs.copyFileSync(`${directory}/checkpoint`, `${directory}/checkpoint.cosigned`)
          yield* audit.record(event, { until: "published" })
          const readings = yield* until(
            (now) => (valueIn(now, "countersign_witness_lag_entries") ?? 0) > 0,
          )
          assert.isBelow(valueIn(readings, "countersign_witness_age_seconds") ?? 61, 60)
        }),
      { metrics: fast },
    ),
  )

  it.live("have no room where the system can't tell, and go on", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const metrics = yield* Metrics
          yield* Effect.sleep("50 millis")
          assert.isUndefined(valueIn(metrics.read(), "countersign_disk_free_bytes"))
          assert.strictEqual(valueIn(metrics.read(), "countersign_engine_open"), 1)
        }),
      { metrics: { ...fast, space: () => Effect.fail("no") } },
    ),
  )

  it.live("still come when the engine is closed", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const metrics = yield* Metrics
        yield* (yield* Audit).close
        assert.strictEqual(valueIn(metrics.read(), "countersign_engine_open"), 0)
      }),
    ),
  )
})

describe("the service of metrics", () => {
  it.live("reads what applications count, and what other parts say", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const metrics = yield* Metrics
        metrics.counter("letters_total", { from: "a" }).add(3)
        const name = "countersign_metrics_overflow_total"
        const end = metrics.source(() => [sampleOf(instrument("countersign_verify_ok"), 7)])
        assert.strictEqual(valueIn(metrics.read(), "letters_total", { from: "a" }), 3)
        assert.strictEqual(valueIn(metrics.read(), name), 0)
        assert.strictEqual(valueIn(metrics.read(), "countersign_verify_ok"), 7)
        end()
        assert.isUndefined(valueIn(metrics.read(), "countersign_verify_ok"))
      }),
    ),
  )

  it.live("has each series once, and says how often that left one out", () =>
    withMetrics(() =>
      Effect.gen(function* () {
        const metrics = yield* Metrics
        const open = instrument("countersign_engine_open")
        const regressed = instrument("countersign_baseline_regressed")
        for (const value of [7, 8]) {
          metrics.source(() => [
            sampleOf(open, value),
            sampleOf(regressed, value, { metric: "a" }),
            sampleOf(regressed, value, { metric: String(value) }),
          ])
        }
        const { atMillis, readings } = metrics.read()
        const series = readings.map(seriesOf)
        assert.strictEqual(new Set(series).size, series.length)
        const value = (name: string, labels = {}) => valueIn({ atMillis, readings }, name, labels)
        assert.strictEqual(value("countersign_engine_open"), 1)
        assert.strictEqual(value("countersign_baseline_regressed", { metric: "a" }), 7)
        assert.strictEqual(value("countersign_baseline_regressed", { metric: "8" }), 8)
        assert.strictEqual(value("countersign_metrics_series_repeated"), 3)
      }),
    ),
  )

  it.live("tells listeners of each interval, as long as they listen", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const metrics = yield* Metrics
          const heard: Array<Readings> = []
          const end = metrics.subscribe((readings) => void heard.push(readings))
          yield* until(() => heard.length >= 2)
          end()
          const { length } = heard
          yield* Effect.sleep("50 millis")
          assert.strictEqual(heard.length, length)
        }),
      { metrics: fast },
    ),
  )

  it.live("goes on for all others where a source or a listener throws, and says so once", () => {
    const logged: Array<unknown> = []
    const logger = Logger.make(({ message }) => logged.push(message))
    return withMetrics(
      () =>
        Effect.gen(function* () {
          const metrics = yield* Metrics
          const throwing = (): never => {
            throw new Error("not now")
          }
          const ends = [metrics.source(throwing), metrics.subscribe(throwing)]
          metrics.source(() => [sampleOf(instrument("countersign_verify_ok"), 7)])
          const heard: Array<Readings> = []
          metrics.subscribe((readings) => void heard.push(readings))
          const failures = (now: Readings, part: string) =>
            valueIn(now, "countersign_metrics_failures_total", { part }) ?? 0
          yield* until(
            (now) =>
              failures(now, "source") >= 2 && failures(now, "listener") >= 2 && heard.length >= 2,
          )
          for (const readings of heard) {
            assert.strictEqual(valueIn(readings, "countersign_verify_ok"), 7)
            assert.strictEqual(valueIn(readings, "countersign_engine_open"), 1)
          }
          const exported = (yield* Metric.snapshot).map(({ id }) => id)
          assert.includeMembers(exported, ["countersign_engine_open", "countersign_verify_ok"])
          for (const part of ["source", "listener"]) {
            const said = logged.filter((message) =>
              String(message).includes(`a ${part} of metrics`),
            )
            assert.strictEqual(said.length, 1, part)
          }
          for (const end of ends) end()
          const count = failures(metrics.read(), "source")
          assert.strictEqual(failures(metrics.read(), "source"), count)
        }),
      { metrics: fast },
    ).pipe(Effect.provide(Logger.layer([logger])))
  })

  it.live("keeps Effect's registry as the engine is, and leaves nothing there", () =>
    Effect.gen(function* () {
      const registry: Metric.MetricRegistry = new Map()
      yield* withMetrics(
        () =>
          Effect.gen(function* () {
            const metrics = yield* Metrics
            const end = metrics.source(() => [sampleOf(instrument("countersign_verify_ok"), 1)])
            metrics.counter("letters_total").add(3)
            yield* Effect.sleep("50 millis")
            const snapshot = yield* Metric.snapshot
            const letters = snapshot.find(({ id }) => id === "letters_total")
            assert.deepStrictEqual(letters?.state, { count: 3, incremental: true })
            const names = new Set(snapshot.map(({ id }) => id))
            assert.isTrue(names.has("countersign_log_sync_seconds"))
            assert.isTrue(names.has("countersign_verify_ok"))
            end()
            yield* Effect.sleep("50 millis")
            const later = yield* Metric.snapshot
            assert.notInclude(
              later.map(({ id }) => id),
              "countersign_verify_ok",
            )
          }),
        { metrics: fast, registry },
      )
      assert.strictEqual(registry.size, 0)
    }),
  )
})
