/**
 * The engine's own records, which lie in the same trail as the events they speak of.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { contracts, type EventClass } from "../event/EventClass.ts"
import { keyRotatedType } from "../trail/Rotation.ts"

const record = (
  type: string,
  outcome: AuditEventInput["outcome"],
  data: Readonly<Record<string, unknown>>,
): AuditEventInput => ({
  type,
  class: "compliance",
  actor: { id: "countersign", type: "system" },
  outcome,
  data,
})

/**
 * What the `opened` record says.
 *
 * @category models
 * @since 0.1.0
 */
export interface Opening {
  readonly origin: string
  readonly fence: number
  readonly keyId: string
  readonly configurationDigest: string
  /** The checkpoint that the trail had, if any. */
  readonly previous:
    | { readonly size: number; readonly root: string; readonly isClosed: boolean }
    | undefined
  /** Entries found durable beyond that checkpoint. */
  readonly recovered: number
  /** Bytes cut from the end of the write-ahead log: a frame that was never acknowledged. */
  readonly tornBytes: number
}

/**
 * First record of each run, with the contracts that hold for what follows.
 *
 * @category constructors
 * @since 0.1.0
 */
export const opened = (opening: Opening): AuditEventInput =>
  record("audit.opened", "success", {
    ...opening,
    contracts: contracts.map(({ isSampled, name, otherwise, resolves, share }) => ({
      class: name,
      isSampled,
      otherwise,
      resolves,
      share,
    })),
    runtime: `node ${process.version}`,
  })

/**
 * Last record of a run that ended in order.
 *
 * @category constructors
 * @since 0.1.0
 */
export const closed = (counts: {
  readonly accepted: number
  readonly sampledOut: number
  readonly lost: number
  readonly dropped: number
  readonly refused: number
}): AuditEventInput => record("audit.closed", "success", counts)

/**
 * A sign of life, so that silence is visible.
 *
 * @category constructors
 * @since 0.1.0
 */
export const heartbeat = (counts: {
  readonly recorded: number
  readonly published: number
}): AuditEventInput => record("audit.heartbeat", "success", counts)

/**
 * What a sampler kept and skipped in a window.
 *
 * @category models
 * @since 0.1.0
 */
export interface SampledWindow {
  readonly policy: string
  readonly rate: number
  readonly kept: number
  readonly skipped: number
  readonly from: string
  readonly to: string
}

/**
 * The sampler's count of one window.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sampled = (window: SampledWindow): AuditEventInput =>
  record("audit.sampled", "success", { ...window })

/**
 * A change of the rate at which telemetry is kept, with the reason in words.
 *
 * @category constructors
 * @since 0.1.0
 */
export const samplingChanged = (change: {
  readonly before: number
  readonly after: number
  readonly reason: string
}): AuditEventInput => record("audit.sampling.changed", "success", change)

/**
 * A ceiling for the rate at which telemetry is kept; 1 lifts it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const samplingLimited = (limit: {
  readonly before: number
  readonly ceiling: number
  readonly reason: string
}): AuditEventInput => record("audit.sampling.limited", "success", limit)

/**
 * Events that are not in the trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface Loss {
  readonly class: EventClass
  /** Why: `no room`, `poison`. */
  readonly cause: string
  readonly count: number
  /** `false`: they were never accepted, and the caller could know. */
  readonly wasAccepted: boolean
}

/**
 * A loss, said in the trail itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lost = (loss: Loss): AuditEventInput => record("audit.lost", "failure", { ...loss })

/**
 * A change of the configuration, written before it takes effect.
 *
 * @category constructors
 * @since 0.1.0
 */
export const configurationChanged = (change: {
  readonly digest: string
  readonly changes: ReadonlyArray<{
    readonly path: string
    readonly before: unknown
    readonly after: unknown
  }>
  /** Who changed it, and why: only where a part of the program says so. */
  readonly by?: string
  readonly reason?: string
}): AuditEventInput => record("audit.configuration.changed", "success", change)

/**
 * The result of a verification that ran beside the writer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const verified = (result: {
  readonly verdict: string
  readonly size: number
  readonly detail: string
}): AuditEventInput =>
  record("audit.verified", result.verdict === "verified" ? "success" : "failure", result)

/**
 * A change of the key that is about to be signed by both keys, as verifier keys.
 *
 * @category constructors
 * @since 0.1.0
 */
export const keyRotating = (change: {
  readonly number: number
  readonly before: string
  readonly after: string
}): AuditEventInput => record(keyRotatedType, "attempt", change)

/**
 * A change of the key that is done: `size` is what both have signed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const keyRotated = (change: {
  readonly number: number
  readonly size: number
  readonly after: string
}): AuditEventInput => record(keyRotatedType, "success", change)

/**
 * A key that was announced or only prepared, never came to sign, and was destroyed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const keyAbandoned = (key: string): AuditEventInput =>
  record(keyRotatedType, "failure", { key })

/**
 * A witness has seen another history than this trail's, or more of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const contradicted = (what: {
  readonly witness: string
  readonly url: string
  readonly kind: "rollback" | "fork"
  readonly size: number
  readonly knownSize: number
}): AuditEventInput => record("audit.witness.contradicted", "failure", what)
