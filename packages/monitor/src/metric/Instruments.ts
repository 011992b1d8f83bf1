/**
 * Every metric of Countersign, once: what it is called, what it counts, and in what unit.
 *
 * Names follow Prometheus: `countersign_`, the thing, the unit; `_total` where it only grows. A rule,
 * a dashboard or a document names none that is not here, and tests see to that. `docs/telemetry.md`
 * is written from this table.
 *
 * @since 0.1.0
 */
import { actorRows, engineRows, sinkRows } from "./EngineInstruments.ts"
import type { Instrument, InstrumentRow } from "./Instrument.ts"

export type { Instrument, InstrumentKind, InstrumentUnit } from "./Instrument.ts"

/**
 * The quantiles of a summary: Prometheus' label `quantile` has them as text.
 *
 * @category constants
 * @since 0.1.0
 */
export const quantiles: ReadonlyArray<number> = [0.5, 0.95, 0.99, 0.999]

const machine = {
  countersign_disk_free_bytes: [
    "gauge",
    "bytes",
    [],
    "What may still be written to the file system of the trail.",
  ],
  countersign_disk_size_bytes: ["gauge", "bytes", [], "Size of the file system of the trail."],
  countersign_disk_headroom_seconds: [
    "gauge",
    "seconds",
    [],
    "Until that file system is full at the rate of the last quarter of an hour, whoever fills it; at most a year; absent in the first half minute.",
  ],
  countersign_process_event_loop_delay_seconds: [
    "summary",
    "seconds",
    [],
    "How much later than asked for the event loop comes round; quantiles of the last half to whole minute.",
  ],
  countersign_process_event_loop_utilisation_ratio: [
    "gauge",
    "ratio",
    [],
    "Share of the last reading's time that the event loop was not idle.",
  ],
  countersign_process_gc_seconds: [
    "summary",
    "seconds",
    ["kind"],
    "Pauses of the garbage collector.",
  ],
  countersign_process_memory_bytes: [
    "gauge",
    "bytes",
    ["area"],
    "Memory of the process: rss, heap_used, heap_total, external, array_buffers.",
  ],
  countersign_process_cpu_seconds_total: [
    "counter",
    "seconds",
    ["mode"],
    "Processor time of all threads of the process: user, system.",
  ],
  countersign_process_uptime_seconds: ["gauge", "seconds", [], "Since the process started."],
} as const satisfies Readonly<Record<string, InstrumentRow>>

const requests = {
  countersign_http_request_seconds: [
    "summary",
    "seconds",
    ["method", "route", "status"],
    "HTTP requests from the first byte of their head to the end of the answer; status is a class, such as 2xx.",
  ],
  countersign_http_requests_in_progress: ["gauge", "one", [], "HTTP requests being answered."],
  countersign_http_slow_requests_total: [
    "counter",
    "one",
    ["route"],
    "HTTP requests slower than the threshold.",
  ],
  countersign_sql_query_seconds: [
    "summary",
    "seconds",
    ["operation", "outcome"],
    "SQL statements, waiting for a connection included; operation is their first word.",
  ],
  countersign_sql_slow_queries_total: [
    "counter",
    "one",
    ["operation"],
    "SQL statements slower than the threshold.",
  ],
} as const satisfies Readonly<Record<string, InstrumentRow>>

const watching = {
  countersign_metrics_read_seconds: [
    "summary",
    "seconds",
    [],
    "What one reading of all metrics takes.",
  ],
  countersign_metrics_series: ["gauge", "one", [], "Series in the newest reading."],
  countersign_metrics_series_repeated: [
    "gauge",
    "one",
    [],
    "Series of the newest reading left out, since there was one with their name and labels.",
  ],
  countersign_metrics_overflow_total: [
    "counter",
    "one",
    [],
    "Times that a metric was asked for a series more than it may have; the rest share one, other.",
  ],
  countersign_metrics_failures_total: [
    "counter",
    "one",
    ["part"],
    "Times that a source of metrics threw and said nothing, or a listener threw.",
  ],
} as const satisfies Readonly<Record<string, InstrumentRow>>

const finding = {
  countersign_detection_judged_total: [
    "counter",
    "one",
    [],
    "Events that the rules of detection have judged, since the process started.",
  ],
  countersign_detection_unreadable_total: [
    "counter",
    "one",
    [],
    "Entries of the trail that detection could not read as events.",
  ],
  countersign_detection_findings_total: ["counter", "one", ["rule"], "Findings of each rule."],
  countersign_detection_waiting_findings: [
    "gauge",
    "one",
    [],
    "Findings that are not durable in the trail yet.",
  ],
  countersign_detection_keys: [
    "gauge",
    "one",
    [],
    "Actors, addresses and whatever else the rules remember something of.",
  ],
  countersign_detection_forgotten_keys_total: [
    "counter",
    "one",
    [],
    "Keys forgotten since others needed their place.",
  ],
  countersign_detection_forgotten_values_total: [
    "counter",
    "one",
    [],
    "Values that rules about the first time forgot since others needed their place: they would be new again.",
  ],
} as const satisfies Readonly<Record<string, InstrumentRow>>

const judging = {
  countersign_baseline_ratio: [
    "gauge",
    "one",
    ["metric"],
    "The metric's value against its committed baseline; above 1 is worse.",
  ],
  countersign_baseline_regressed: [
    "gauge",
    "one",
    ["metric"],
    "1 while the metric is worse than its baseline for long enough, otherwise 0.",
  ],
  countersign_overhead_ratio: [
    "gauge",
    "ratio",
    ["bound"],
    "What auditing takes of the probed operation, as measured: the `estimate`, and from `low` to `high` with 95 %.",
  ],
  countersign_overhead_failures_total: [
    "counter",
    "one",
    [],
    "Measurements of that share that came to nothing, since the probed operation threw.",
  ],
  countersign_alerts_open: [
    "gauge",
    "one",
    ["severity"],
    "Alerts that are firing, acknowledged or suppressed.",
  ],
  countersign_alert_notices_lost_total: [
    "counter",
    "one",
    ["target"],
    "Notices for which a target had no room, or that were given up after their last try.",
  ],
  countersign_alert_changes_unrecorded: [
    "gauge",
    "one",
    [],
    "Changes of alerts that no trail holds, or not yet.",
  ],
  countersign_alert_series_unwatched: [
    "gauge",
    "one",
    [],
    "Series in the newest reading that rules had no room to watch one by one.",
  ],
} as const satisfies Readonly<Record<string, InstrumentRow>>

const table = {
  ...engineRows,
  ...actorRows,
  ...sinkRows,
  ...machine,
  ...requests,
  ...watching,
  ...finding,
  ...judging,
}

/**
 * A name of the table.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentName = keyof typeof table

const instrumentOf = ([name, [kind, unit, labels, help]]: readonly [
  string,
  InstrumentRow,
]): Instrument => ({
  name,
  kind,
  unit,
  labels,
  help,
})

/**
 * The table by name.
 *
 * @category constants
 * @since 0.1.0
 */
export const instruments: ReadonlyMap<string, Instrument> = new Map(
  Object.entries(table).map((row) => [row[0], instrumentOf(row)]),
)

/**
 * The groups that documents show it in.
 *
 * @category constants
 * @since 0.1.0
 */
export const groups: ReadonlyArray<{
  readonly title: string
  readonly instruments: ReadonlyArray<Instrument>
}> = Object.entries({
  "The engine": engineRows,
  "Its actors": actorRows,
  "Its sinks": sinkRows,
  "The process and its disk": machine,
  "Requests and statements": requests,
  "The metrics themselves": watching,
  Detection: finding,
  "Baselines and alerts": judging,
}).map(([title, rows]) => ({ title, instruments: Object.entries(rows).map(instrumentOf) }))

/**
 * An instrument of the table.
 *
 * @category getters
 * @since 0.1.0
 */
export const instrument = (name: InstrumentName): Instrument => {
  const [kind, unit, labels, help] = table[name]
  return { name, kind, unit, labels, help }
}
