/**
 * The part of the table of metrics that an engine fills: itself, its actors and its sinks.
 *
 * @since 0.1.0
 */
import type { InstrumentRow } from "./Instrument.ts"

const byClass = ["class"]
const bySink = ["sink"]
const byActor = ["actor", "kind"]

/**
 * The engine as a whole, and its classes of events.
 *
 * @category constants
 * @since 0.1.0
 */
export const engineRows = {
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
  countersign_events_oldest_seconds: [
    "gauge",
    "seconds",
    byClass,
    "How long at least the oldest event accepted and not yet durable has waited, to within one reading; 0 where each is durable before the next.",
  ],
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
} as const satisfies Readonly<Record<string, InstrumentRow>>

/**
 * What lives in the engine.
 *
 * @category constants
 * @since 0.1.0
 */
export const actorRows = {
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
  countersign_queue_oldest_seconds: [
    "gauge",
    "seconds",
    byActor,
    "How long at least the oldest item not finished has been with a stage behind the first, to within one reading.",
  ],
  countersign_queue_capacity_items: ["gauge", "one", byActor, "Items that the mailbox takes."],
  countersign_queue_capacity_bytes: ["gauge", "bytes", byActor, "Bytes that the mailbox takes."],
} as const satisfies Readonly<Record<string, InstrumentRow>>

/**
 * Where records are delivered to.
 *
 * @category constants
 * @since 0.1.0
 */
export const sinkRows = {
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
} as const satisfies Readonly<Record<string, InstrumentRow>>
