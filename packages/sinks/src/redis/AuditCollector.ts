/**
 * Records from a stream into this process's own engine, each of them once.
 *
 * What was recorded and not acknowledged when a process died is found in its own trail, which
 * is the authority: Redis only says from where on to look.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditUnavailable } from "@countersign/core/engine/AuditError"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries, type TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CollectedRecord, eventOf, originOf, refusalOf } from "./CollectedEvent.ts"
import type { Received, Receiver } from "./RedisCollector.ts"
import { SequenceRanges } from "./SequenceRanges.ts"

/**
 * A receiver over an engine, and what it cut off.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuditReceiver extends Receiver<AuditUnavailable | TrailReadError> {
  /** How many records came again and were cut off. */
  readonly cut: () => number
}

const notAnEvent = "its bytes are no JSON object"

/**
 * Records into `audit`.
 *
 * @param directory the engine's trail
 * @category constructors
 * @since 0.1.0
 */
export const make = (audit: Audit["Service"], directory: string): AuditReceiver => {
  const seen = new SequenceRanges()
  let cut = 0

  /** Waits for room where there is none; `undefined` when the engine has it, else why it can't. */
  const accept = Effect.fnUntraced(function* (
    event: AuditEventInput,
  ): Effect.fn.Return<string | undefined, AuditUnavailable> {
    while (true) {
      const verdict = audit.recordUnsafe(event)
      if (verdict._tag !== "Refused") return undefined
      const { error } = verdict
      if (error._tag === "AuditUnavailable") return yield* error
      if (error._tag === "InvalidEvent") return error.message
      yield* audit.room(error.class)
    }
  })

  const take = Effect.fnUntraced(function* (
    record: CollectedRecord,
    event: AuditEventInput | undefined,
    refused: Array<CollectedRecord>,
  ): Effect.fn.Return<void, AuditUnavailable> {
    const why = event === undefined ? notAnEvent : yield* accept(event)
    if (why === undefined) return
    refused.push(record)
    yield* accept(refusalOf(record, why))
  })

  const record = Effect.fnUntraced(function* (
    records: ReadonlyArray<CollectedRecord>,
  ): Effect.fn.Return<Received, AuditUnavailable> {
    const refused: Array<CollectedRecord> = []
    const taken = new SequenceRanges()
    const fresh: Array<CollectedRecord> = []
    for (const each of records) {
      const { sequence, trail } = each
      if (seen.has(trail, sequence) || taken.has(trail, sequence)) {
        cut += 1
        continue
      }
      taken.add(trail, sequence)
      fresh.push(each)
      const event = eventOf(each)
      // Nearly always there is room, and a record costs no effect of its own.
      if (event !== undefined && audit.recordUnsafe(event)._tag === "Accepted") continue
      yield* take(each, event, refused)
    }
    if (fresh.length > 0) yield* audit.flush
    for (const { sequence, trail } of fresh) seen.add(trail, sequence)
    return { mark: audit.status().durableSize, refused }
  })

  const resume = Effect.fnUntraced(function* (mark = 0) {
    yield* audit.publish
    yield* Stream.runForEach(entries(directory, { from: mark }), ({ bytes }) =>
      Effect.sync(() => {
        const origin = originOf(bytes)
        if (origin !== undefined) seen.add(origin.trail, origin.sequence)
      }),
    )
  }, Effect.provide(NodeDisk.layer))

  return { record, resume, cut: () => cut }
}
