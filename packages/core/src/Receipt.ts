/**
 * What goes into `record` and what comes back.
 *
 * @since 0.1.0
 */
import type { AuditRefused, AuditUnavailable, NotDelivered } from "./engine/AuditError.ts"
import type { ReceiptLevel } from "./engine/PendingRecords.ts"
import type { Actor, AuditEventInput } from "./event/AuditEvent.ts"
import type { InvalidEvent } from "./event/InvalidEvent.ts"

/**
 * What `record` returns: how far the event has got.
 *
 * @category models
 * @since 0.1.0
 */
export interface Receipt {
  /** The event's id. */
  readonly id: string
  /** The trail's origin. */
  readonly trail: string
  /** `dropped` only for telemetry without room. */
  readonly level: ReceiptLevel
  /** Its place in the trail; known from the level `durable` on. */
  readonly sequence: number | undefined
}

/**
 * An event whose actor and trace may come from the fiber's context.
 *
 * @category models
 * @since 0.1.0
 */
export type RecordInput = Omit<AuditEventInput, "actor"> & { readonly actor?: Actor | undefined }

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordOptions {
  /**
   * Waits for a higher level than the class asks for. A lower one is ignored. `delivered`: durable,
   * and with the required sinks or a quorum of them.
   */
  readonly until?: "durable" | "published" | "delivered"
}

/**
 * Why an event was not recorded.
 *
 * @category errors
 * @since 0.1.0
 */
export type RecordError = InvalidEvent | AuditRefused | AuditUnavailable | NotDelivered
