/**
 * What most applications need. Everything else is under its own name, such as
 * `@countersign/core/trail/Verifier`.
 *
 * @since 0.1.0
 */
export { Audit, CurrentActor } from "./Audit.ts"
export type { AuditInput, OpenError } from "./Audit.ts"
export type { Actor, AuditEventInput, Target } from "./event/AuditEvent.ts"
export { defineEvent } from "./event/EventType.ts"
export { type NodeAudit, openAudit } from "./NodeAudit.ts"
export type { Receipt, RecordError, RecordInput, RecordOptions } from "./Receipt.ts"
