/**
 * A sink that keeps records in memory, for tests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { endOf, SinkError, type DeliveredBatch, type Sink } from "../engine/Sink.ts"

/**
 * A record as a sink has stored it.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredRecord {
  readonly trail: string
  readonly sequence: number
  readonly bytes: Uint8Array
}

/**
 * What outlives a sink: records in the order they were stored.
 *
 * @category models
 * @since 0.1.0
 */
export class MemoryStore {
  readonly records: Array<StoredRecord> = []
  readonly positions = new Map<string, number>()
  /** Places of the records that came by a replay, and maybe before the position had passed them. */
  readonly replayed = new Set<string>()

  /** Sequences in the order they were stored, copies included. */
  get sequences(): ReadonlyArray<number> {
    return this.records.map(({ sequence }) => sequence)
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MemorySinkOptions {
  /** Default `memory`. */
  readonly name?: string
  /** Default: a new one. */
  readonly store?: MemoryStore
  /** `true`: stores its position and keeps one copy of each record. Default `false`. */
  readonly isExactlyOnce?: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MemorySink extends Sink {
  readonly store: MemoryStore
}

const placeOf = (trail: string, sequence: number): string => `${sequence} ${trail}`

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: MemorySinkOptions = {}): MemorySink => {
  const name = options.name ?? "memory"
  const store = options.store ?? new MemoryStore()
  const isExactlyOnce = options.isExactlyOnce ?? false
  let isClosed = false

  const keep = (batch: DeliveredBatch): void => {
    const wanted = isExactlyOnce ? (store.positions.get(batch.trail) ?? 0) : 0
    for (const [index, entry] of batch.entries.entries()) {
      const sequence = batch.firstSequence + index
      if (sequence < wanted) continue
      if (isExactlyOnce && store.replayed.has(placeOf(batch.trail, sequence))) continue
      // Not `slice`: a Buffer's shares the memory, which is only lent here.
      store.records.push({ trail: batch.trail, sequence, bytes: Uint8Array.from(entry) })
    }
    store.positions.set(batch.trail, Math.max(wanted, endOf(batch)))
  }

  return {
    name,
    store,
    position: (trail) =>
      Effect.sync(() => (isExactlyOnce ? (store.positions.get(trail) ?? 0) : undefined)),
    deliver: (batch) =>
      Effect.suspend(() => {
        if (isClosed) {
          return Effect.fail(
            new SinkError({ sink: name, reason: "unavailable", detail: "it is closed" }),
          )
        }
        if (batch.entries.length > 0) keep(batch)
        return Effect.void
      }),
    redeliver: (batch) =>
      Effect.sync(() => {
        for (const [index, entry] of batch.entries.entries()) {
          const sequence = batch.firstSequence + index
          const isThere = store.records.some(
            (record) => record.trail === batch.trail && record.sequence === sequence,
          )
          if (isThere) continue
          store.replayed.add(placeOf(batch.trail, sequence))
          store.records.push({ trail: batch.trail, sequence, bytes: Uint8Array.from(entry) })
        }
      }),
    close: Effect.sync(() => {
      isClosed = true
    }),
  }
}
