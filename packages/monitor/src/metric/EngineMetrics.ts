/**
 * An engine in numbers, from what it says of itself. Nothing here is called by the engine.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import type { DeliveryStatus } from "@countersign/core/engine/DeliveryStatus"
import type { EngineStatus } from "@countersign/core/engine/EngineStatus"
import type { Account } from "@countersign/core/engine/Ledger"
import { instrument, type InstrumentName } from "./Instruments.ts"
import type { Labels } from "./Reading.ts"
import { type Sample, sampleOf } from "./Sample.ts"

/** Samples of some names under the same labels; those without a value are left out. */
const row = (
  labels: Labels,
  values: Partial<Readonly<Record<InstrumentName, number | undefined>>>,
): ReadonlyArray<Sample> =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : // The keys of the argument are names of the table.
        [sampleOf(instrument(name as InstrumentName), value, labels)],
  )

const one = (holds: boolean): number => (holds ? 1 : 0)

/** A clock that was set back makes nothing younger than now. */
const ageSeconds = (nowMillis: number, atMillis: number | undefined): number | undefined =>
  atMillis === undefined ? undefined : Math.max(0, nowMillis - atMillis) / 1000

const accountSamples = (account: Account): ReadonlyArray<Sample> =>
  row(
    { class: account.class },
    {
      countersign_events_accepted_total: account.accepted,
      countersign_events_recorded_total: account.recorded,
      countersign_events_sampled_out_total: account.sampledOut,
      countersign_events_lost_total: account.lost,
      countersign_events_refused_total: account.refused,
      countersign_events_dropped_total: account.dropped,
      countersign_events_in_flight: account.inFlight,
      countersign_events_missing: account.missing,
    },
  )

const circuitOpen = { closed: 0, "half-open": 0.5, open: 1 } as const

const sinkSamples = (sink: DeliveryStatus, retries: number | undefined): ReadonlyArray<Sample> =>
  row(
    { sink: sink.sink },
    {
      countersign_sink_required: one(sink.isRequired),
      countersign_sink_delivered_total: sink.delivered,
      countersign_sink_lag_records: sink.lag,
      countersign_sink_lag_bytes: sink.lagBytes,
      countersign_sink_oldest_seconds: sink.oldestMillis / 1000,
      countersign_sink_records_per_second: sink.perSecond,
      countersign_sink_catch_up_seconds:
        sink.catchUpMillis === undefined ? undefined : sink.catchUpMillis / 1000,
      countersign_sink_retries_total: retries,
      countersign_sink_dead_letters_total: sink.deadLetters,
      countersign_sink_open_letters: sink.openLetters,
      countersign_sink_circuit_open: circuitOpen[sink.circuit],
      countersign_sink_batch_limit_records: sink.recordsMax,
    },
  )

const actorSamples = (actor: ActorSnapshot, nowMillis: number): ReadonlyArray<Sample> => {
  const { mailbox, state } = actor
  return row(
    { actor: actor.id, kind: actor.kind },
    {
      countersign_actor_up: one(state !== "failed" && state !== "stopped"),
      countersign_actor_blocked: one(state === "blocked" || state === "backing-off"),
      countersign_actor_state_age_seconds: ageSeconds(nowMillis, actor.sinceMillis),
      countersign_actor_restarts_total: actor.restarts,
      countersign_actor_faults_total: actor.faults,
      countersign_actor_batches_total: actor.batches,
      countersign_actor_items_total: actor.items,
      countersign_queue_items: mailbox?.depthItems,
      countersign_queue_bytes: mailbox?.depthBytes,
      // What has no bound has no capacity.
      countersign_queue_capacity_items: finite(mailbox?.capacityItems),
      countersign_queue_capacity_bytes: finite(mailbox?.capacityBytes),
    },
  )
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined

/**
 * @param nowMillis since 1970, as the engine's own times are
 * @category conversions
 * @since 0.1.0
 */
export const engineSamples = (
  status: EngineStatus,
  actors: ReadonlyArray<ActorSnapshot>,
  nowMillis: number,
): ReadonlyArray<Sample> => {
  const { pool, verification } = status
  const faults = new Map(actors.map(({ faults, id }) => [id, faults]))
  return [
    ...row(
      {},
      {
        countersign_engine_open: one(status.state === "open"),
        countersign_system_records_total: status.systemRecords,
        countersign_sampling_ratio: status.samplingRate,
        countersign_callers_waiting: status.waiting,
        countersign_trail_durable_entries: status.durableSize,
        countersign_trail_published_entries: status.publishedSize,
        countersign_checkpoint_age_seconds: ageSeconds(nowMillis, status.publishedMillis),
        countersign_verify_age_seconds: ageSeconds(nowMillis, verification?.atMillis),
        countersign_verify_ok:
          verification === undefined ? undefined : one(verification.verdict === "verified"),
        countersign_wal_segments: status.walSegments,
        countersign_wal_abandoned_total: status.walAbandoned,
        countersign_pool_slabs: pool.slabs,
        countersign_pool_slabs_leased: pool.leased,
        countersign_pool_leased_ratio: pool.slabsMax > 0 ? pool.leased / pool.slabsMax : 0,
        countersign_pool_fill_ratio: pool.utilisation,
      },
    ),
    ...status.accounts.flatMap(accountSamples),
    ...status.sinks.flatMap((sink) => sinkSamples(sink, faults.get(`sink:${sink.sink}`))),
    ...actors.flatMap((actor) => actorSamples(actor, nowMillis)),
  ]
}
