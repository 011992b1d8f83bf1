/**
 * A record as a CloudEvent in structured JSON.
 *
 * - Source: CloudEvents 1.0.2, its JSON format, and its documented extensions for distributed
 *   tracing, partitioning and sequence.
 *
 * @since 0.1.0
 */
import type { ExportRecord } from "./ExportRecord.ts"
import { traceOf } from "./TraceContext.ts"

// An origin is a URL without its scheme, which is what a reference that begins with // means
// (RFC 3986, section 4.2).
const sourceOf = (trail: string): string =>
  `//${encodeURI(trail.toWellFormed()).replaceAll(/[?#]/g, encodeURIComponent)}`

// Characters that the text of an attribute must not have (CloudEvents 1.0.2, type system).
const disallowed = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu

const attribute = (text: string | undefined): string | undefined =>
  text?.replaceAll(disallowed, "\ufffd")

/**
 * One CloudEvent on one line. `data` is the record's canonical JSON, byte for byte, so that
 * a receiver can hash it and hold it against a proof.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = ({ event, sequence, text, trail }: ExportRecord): string => {
  const [target] = event.target ?? []
  const trace = traceOf(event.trace)
  const envelope = JSON.stringify({
    specversion: "1.0",
    id: attribute(event.id),
    source: sourceOf(trail),
    type: event.type,
    time: event.time,
    datacontenttype: "application/json",
    subject: target === undefined ? undefined : attribute(`${target.type}/${target.id}`),
    partitionkey: attribute(event.tenant),
    // Strings compare by their characters, so that the order holds with leading zeros alone.
    sequence: String(sequence).padStart(16, "0"),
    // Whether the trace was sampled is not known here.
    traceparent: trace === undefined ? undefined : `00-${trace.traceId}-${trace.spanId}-00`,
    auditclass: event.class,
    classification: event.classification,
  })
  return `${envelope.slice(0, -1)},"data":${text}}`
}

/**
 * A record that no event could be read from: its bytes, and where it stands.
 *
 * @category encoding
 * @since 0.1.0
 */
export const writePlain = (trail: string, sequence: number, bytes: Uint8Array): string =>
  JSON.stringify({
    specversion: "1.0",
    id: String(sequence),
    source: sourceOf(trail),
    type: "countersign.record",
    datacontenttype: "application/json",
    sequence: String(sequence).padStart(16, "0"),
    data_base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  })
