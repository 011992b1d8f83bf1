/**
 * A record as an OpenTelemetry log record, in the JSON of OTLP.
 *
 * - Source: opentelemetry-proto 1.5, `logs/v1/logs.proto`, and the JSON encoding of OTLP: ids as
 *   hexadecimal, 64-bit integers as decimal text.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import type { ExportRecord } from "./ExportRecord.ts"
import { nanosOf } from "./Instant.ts"
import { traceOf } from "./TraceContext.ts"

type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly arrayValue: { readonly values: ReadonlyArray<AnyValue> } }

interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

/**
 * A log record of OTLP, as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogRecord {
  readonly timeUnixNano?: string | undefined
  readonly observedTimeUnixNano?: string | undefined
  readonly severityNumber?: number | undefined
  readonly severityText?: string | undefined
  readonly eventName?: string | undefined
  /** The record's canonical JSON. */
  readonly body: { readonly stringValue: string }
  readonly attributes: ReadonlyArray<KeyValue>
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
}

// SeverityNumber of the logs data model: INFO, INFO2, WARN, ERROR, FATAL.
const severityNumbers: Readonly<Record<NonNullable<AuditEvent["severity"]>, number>> = {
  info: 9,
  low: 10,
  medium: 13,
  high: 17,
  critical: 21,
}

const string = (key: string, text: string | undefined): ReadonlyArray<KeyValue> =>
  text === undefined ? [] : [{ key, value: { stringValue: text } }]

const strings = (key: string, texts: ReadonlyArray<string> | undefined): ReadonlyArray<KeyValue> =>
  texts === undefined
    ? []
    : [{ key, value: { arrayValue: { values: texts.map((text) => ({ stringValue: text })) } } }]

const placeOf = (trail: string, sequence: number): ReadonlyArray<KeyValue> => [
  { key: "audit.trail", value: { stringValue: trail } },
  { key: "audit.sequence", value: { intValue: String(sequence) } },
]

const attributesOf = ({ event, sequence, trail }: ExportRecord): ReadonlyArray<KeyValue> => [
  ...placeOf(trail, sequence),
  ...string("audit.record.id", event.id),
  ...string("audit.class", event.class),
  ...string("audit.classification", event.classification),
  ...string("audit.actor.id", event.actor.id),
  ...string("audit.actor.type", event.actor.type),
  ...string("audit.actor.on_behalf_of", event.actor.onBehalfOf),
  ...strings("audit.actor.roles", event.actor.roles),
  ...string("audit.action", event.action),
  ...string("audit.outcome", event.outcome),
  ...string("audit.outcome.reason", event.reason),
  ...strings(
    "audit.target.id",
    event.target?.map(({ id }) => id),
  ),
  ...strings(
    "audit.target.type",
    event.target?.map(({ type }) => type),
  ),
  ...string("audit.source.ip", event.source?.ip),
  ...string("audit.source.user_agent", event.source?.userAgent),
  ...string("audit.tenant", event.tenant),
  ...string("audit.session", event.session),
  ...string("audit.correlation", event.correlation),
  ...string("audit.purpose", event.purpose),
  ...string("audit.legal_basis", event.legalBasis),
  ...strings("audit.frameworks", event.frameworks),
]

/**
 * One log record. The body is the canonical JSON as text, so that it can be held against a proof;
 * the attributes repeat what people search for. A trace is named only where its ids are what OTLP
 * takes, for a receiver refuses the request otherwise.
 *
 * @category encoding
 * @since 0.1.0
 */
export const logRecordOf = (record: ExportRecord): LogRecord => {
  const { event, text } = record
  return {
    timeUnixNano: nanosOf(event.time),
    observedTimeUnixNano: nanosOf(event.observed ?? event.time),
    severityNumber: event.severity === undefined ? undefined : severityNumbers[event.severity],
    severityText: event.severity,
    eventName: event.type,
    body: { stringValue: text },
    attributes: attributesOf(record),
    ...traceOf(event.trace),
  }
}

/**
 * A record that no event could be read from: its text, and where it stands.
 *
 * @category encoding
 * @since 0.1.0
 */
export const plainRecordOf = (trail: string, sequence: number, text: string): LogRecord => ({
  body: { stringValue: text },
  attributes: placeOf(trail, sequence),
})

/**
 * A request to a receiver of OTLP, and a line of a file of it: logs of one resource.
 *
 * @param service the resource's `service.name`: the origin of the trail where nothing else is known
 * @category encoding
 * @since 0.1.0
 */
export const requestOf = (service: string, records: ReadonlyArray<LogRecord>): string =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: string("service.name", service) },
        scopeLogs: [{ scope: { name: "@countersign/sinks" }, logRecords: records }],
      },
    ],
  })

/**
 * One record as one line of an OTLP file.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string =>
  requestOf(record.trail, [logRecordOf(record)])
