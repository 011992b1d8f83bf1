/**
 * The ids of a trace, where they are what others call ids.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"

/**
 * @category models
 * @since 0.1.0
 */
export interface TraceContext {
  /** 32 hexadecimal digits, lower case, not all zero. */
  readonly traceId: string
  /** 16 of them. */
  readonly spanId: string
}

const traceForm = /^(?!0+$)[\da-f]{32}$/
const spanForm = /^(?!0+$)[\da-f]{16}$/

/**
 * The ids, or `undefined` where an application has put something else in their place: receivers
 * of OTLP and of `traceparent` refuse the whole event then.
 *
 * - Source: W3C Trace Context, section 3.2.2.
 *
 * @category decoding
 * @since 0.1.0
 */
export const traceOf = (trace: AuditEvent["trace"]): TraceContext | undefined => {
  const traceId = trace?.traceId.toLowerCase() ?? ""
  const spanId = trace?.spanId.toLowerCase() ?? ""
  return traceForm.test(traceId) && spanForm.test(spanId) ? { traceId, spanId } : undefined
}
