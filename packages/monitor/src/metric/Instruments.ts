/**
 * Every metric of Countersign, once: what it is called, what it counts, and in what unit.
 *
 * Names follow Prometheus: `countersign_`, the thing, the unit; `_total` where it only grows. A rule,
 * a dashboard or a document names none that is not here, and tests see to that. `docs/telemetry.md`
 * is written from this table.
 *
 * @since 0.1.0
 */

/**
 * `counter`: only grows, from 0 when the process starts. `gauge`: goes up and down. `summary`: how
 * large many values were: their count and sum since the start, and quantiles of the last minute.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentKind = "counter" | "gauge" | "summary"

/**
 * `one`: a plain number. `ratio`: from 0 to 1.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentUnit = "one" | "bytes" | "seconds" | "ratio"

/**
 * @category models
 * @since 0.1.0
 */
export interface Instrument {
  readonly name: string
  readonly kind: InstrumentKind
  readonly unit: InstrumentUnit
  /** Names of the labels, which each of its series has. */
  readonly labels: ReadonlyArray<string>
  /** One sentence. */
  readonly help: string
}

/**
 * The quantiles of a summary: Prometheus' label `quantile` has them as text.
 *
 * @category constants
 * @since 0.1.0
 */
export const quantiles: ReadonlyArray<number> = [0.5, 0.95, 0.99, 0.999]

type Rest = readonly [
  kind: InstrumentKind,
  unit: InstrumentUnit,
  labels: ReadonlyArray<string>,
  help: string,
]

const byClass = ["class"]
const bySink = ["sink"]
const byActor = ["actor", "kind"]

const engine = {
  countersign_engine_open: [
    "gauge",
    "one",
    [],
    "1 while the engine takes events, 0 while it closes, once it is closed, or has failed.",
  ],
  countersign_events_accepted_total: [
    "counter",
    "one",
    byClass,
    "Events that the engine took responsibility for.",
  ],
  countersign_events_recorded_total: ["counter", "one", byClass, "Events durable in the trail."],
  countersign_events_sampled_out_total: [
    "counter",
    "one",
    byClass,
    "Events left out by the sampler and counted in a signed record.",
  ],
  countersign_events_lost_total: [
    "counter",
    "one",
    byClass,
    "Events accepted that are not in the trail, which a record says.",
  ],
  countersign_events_refused_total: [
    "counter",
    "one",
    byClass,
    "Events never accepted, of which the caller was told.",
  ],
  countersign_events_dropped_total: [
    "counter",
    "one",
    byClass,
    "Telemetry that found no room, counted in a signed record.",
  ],
  countersign_events_in_flight: ["gauge", "one", byClass, "Events accepted and not yet durable."],
  countersign_events_missing: [
    "gauge",
    "one",
    byClass,
    "Accepted less recorded, sampled out, lost and in flight: anything but 0 is a defect.",
  ],
  countersign_system_records_total: [
    "counter",
    "one",
    [],
    "The engine's own records in the trail.",
  ],
  countersign_sampling_ratio: ["gauge", "ratio", [], "Share of telemetry that is recorded now."],
  countersign_callers_waiting: [
    "gauge",
    "one",
    [],
    "Callers that wait for their event to reach a level.",
  ],
  countersign_trail_durable_entries: ["gauge", "one", [], "Entries of the trail that are durable."],
  countersign_trail_published_entries: [
    "gauge",
    "one",
    [],
    "Entries that the newest checkpoint signs.",
  ],
  countersign_checkpoint_age_seconds: [
    "gauge",
    "seconds",
    [],
    "Since the newest checkpoint of this run was published; absent before the first.",
  ],
  countersign_verify_age_seconds: [
    "gauge",
    "seconds",
    [],
    "Since this run last verified its trail; absent before the first time.",
  ],
  countersign_verify_ok: [
    "gauge",
    "one",
    [],
    "1 where that said verified, otherwise 0; absent before the first time.",
  ],
  countersign_witness_age_seconds: [
    "gauge",
    "seconds",
    [],
    "Since witnesses last cosigned a checkpoint; absent where none did.",
  ],
  countersign_witness_lag_entries: [
    "gauge",
    "one",
    [],
    "Published entries that no cosigned checkpoint holds; absent where there is none.",
  ],
  countersign_wal_segments: ["gauge", "one", [], "Segments of the log on the disk."],
  countersign_wal_abandoned_total: [
    "counter",
    "one",
    [],
    "Segments of the log given up after a failed sync, or since their file was gone.",
  ],
  countersign_pool_slabs: ["gauge", "one", [], "Slabs of memory that the pool has allocated."],
  countersign_pool_slabs_leased: ["gauge", "one", [], "Slabs in use."],
  countersign_pool_leased_ratio: ["gauge", "ratio", [], "Slabs in use, of those there may be."],
  countersign_pool_fill_ratio: [
    "gauge",
    "ratio",
    [],
    "Bytes filled in all slabs leased so far, of their size.",
  ],
  countersign_log_sync_seconds: [
    "summary",
    "seconds",
    [],
    "From a group's write into the log to the end of its sync.",
  ],
  countersign_publish_seconds: [
    "summary",
    "seconds",
    [],
    "A checkpoint: tiles, signature and file.",
  ],
} as const satisfies Readonly<Record<string, Rest>>

const actors = {
  countersign_actor_up: [
    "gauge",
    "one",
    byActor,
    "1 while the actor lives, 0 once it was given up or has stopped.",
  ],
  countersign_actor_blocked: [
    "gauge",
    "one",
    byActor,
    "1 while the actor waits for room, for another, or before it is tried again.",
  ],
  countersign_actor_state_age_seconds: [
    "gauge",
    "seconds",
    byActor,
    "Since the actor entered the state that it is in.",
  ],
  countersign_actor_restarts_total: ["counter", "one", byActor, "Lives after the first."],
  countersign_actor_faults_total: [
    "counter",
    "one",
    byActor,
    "Times that the same work was tried again after a fault of the world.",
  ],
  countersign_actor_batches_total: ["counter", "one", byActor, "Batches finished."],
  countersign_actor_items_total: ["counter", "one", byActor, "Items in those batches."],
  countersign_queue_items: ["gauge", "one", byActor, "Items that wait in the actor's mailbox."],
  countersign_queue_bytes: ["gauge", "bytes", byActor, "Bytes that wait in the actor's mailbox."],
  countersign_queue_capacity_items: ["gauge", "one", byActor, "Items that the mailbox takes."],
  countersign_queue_capacity_bytes: ["gauge", "bytes", byActor, "Bytes that the mailbox takes."],
} as const satisfies Readonly<Record<string, Rest>>

const sinks = {
  countersign_sink_required: [
    "gauge",
    "one",
    bySink,
    "1 where events wait for this sink, 0 for best effort.",
  ],
  countersign_sink_delivered_total: [
    "counter",
    "one",
    bySink,
    "Records that the sink took, redeliveries included.",
  ],
  countersign_sink_lag_records: ["gauge", "one", bySink, "Records durable and not yet delivered."],
  countersign_sink_lag_bytes: [
    "gauge",
    "bytes",
    bySink,
    "The same in bytes, from the mean size of those delivered.",
  ],
  countersign_sink_oldest_seconds: [
    "gauge",
    "seconds",
    bySink,
    "How long ago the oldest record not yet delivered became durable; 0 where none lags.",
  ],
  countersign_sink_records_per_second: [
    "gauge",
    "one",
    bySink,
    "Records that the sink takes in a second, over the last ten.",
  ],
  countersign_sink_catch_up_seconds: [
    "gauge",
    "seconds",
    bySink,
    "Until nothing lags, at this rate; absent while the sink falls further behind.",
  ],
  countersign_sink_retries_total: [
    "counter",
    "one",
    bySink,
    "Deliveries tried again since the sink was unavailable.",
  ],
  countersign_sink_dead_letters_total: [
    "counter",
    "one",
    bySink,
    "Records that the sink refused, since the engine opened.",
  ],
  countersign_sink_open_letters: [
    "gauge",
    "one",
    bySink,
    "Refused records that were neither replayed nor dropped.",
  ],
  countersign_sink_circuit_open: [
    "gauge",
    "one",
    bySink,
    "1 while the sink is not called, 0.5 while one call tries it, otherwise 0.",
  ],
  countersign_sink_batch_limit_records: [
    "gauge",
    "one",
    bySink,
    "Most records that it is handed at once now.",
  ],
} as const satisfies Readonly<Record<string, Rest>>

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
} as const satisfies Readonly<Record<string, Rest>>

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
} as const satisfies Readonly<Record<string, Rest>>

const watching = {
  countersign_metrics_read_seconds: [
    "summary",
    "seconds",
    [],
    "What one reading of all metrics takes.",
  ],
  countersign_metrics_series: ["gauge", "one", [], "Series in the newest reading."],
  countersign_metrics_overflow_total: [
    "counter",
    "one",
    [],
    "Times that a metric was asked for a series more than it may have; the rest share one, other.",
  ],
} as const satisfies Readonly<Record<string, Rest>>

const judging = {
  countersign_baseline_ratio: [
    "gauge",
    "ratio",
    ["metric"],
    "The metric's value against its committed baseline; above 1 is worse.",
  ],
  countersign_baseline_regressed: [
    "gauge",
    "one",
    ["metric"],
    "1 while the metric is worse than its baseline for long enough, otherwise 0.",
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
} as const satisfies Readonly<Record<string, Rest>>

const table = {
  ...engine,
  ...actors,
  ...sinks,
  ...machine,
  ...requests,
  ...watching,
  ...judging,
}

/**
 * A name of the table.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentName = keyof typeof table

const instrumentOf = ([name, [kind, unit, labels, help]]: readonly [string, Rest]): Instrument => ({
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
  "The engine": engine,
  "Its actors": actors,
  "Its sinks": sinks,
  "The process and its disk": machine,
  "Requests and statements": requests,
  "The metrics themselves": watching,
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
