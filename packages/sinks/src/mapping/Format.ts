/**
 * The formats that a record can be exported in, as one table.
 *
 * Each writes one line a record, so that a file of any of them can be made, cut and read as a
 * stream of lines.
 *
 * @since 0.1.0
 */
import * as Cef from "./Cef.ts"
import * as CloudEvents from "./CloudEvents.ts"
import * as Ecs from "./Ecs.ts"
import type { ExportRecord } from "./ExportRecord.ts"
import * as Fhir from "./Fhir.ts"
import * as Ocsf from "./Ocsf.ts"
import * as Otlp from "./Otlp.ts"
import * as Syslog from "./Syslog.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Format {
  /** What it is, for people. */
  readonly title: string
  /** Of a file, without the dot. */
  readonly extension: string
  /** Of a file with one record a line. */
  readonly mediaType: string
  /** One record as one line, without the line's end. Never fails. */
  readonly write: (record: ExportRecord) => string
}

/**
 * The formats by the name they have on the command line.
 *
 * @category constants
 * @since 0.1.0
 */
export const formats = {
  cef: {
    title: "ArcSight Common Event Format",
    extension: "cef",
    mediaType: "text/plain",
    write: Cef.write,
  },
  cloudevents: {
    title: "CloudEvents 1.0",
    extension: "ndjson",
    mediaType: "application/x-ndjson",
    write: CloudEvents.write,
  },
  ecs: {
    title: "Elastic Common Schema 8.17",
    extension: "ndjson",
    mediaType: "application/x-ndjson",
    write: Ecs.write,
  },
  fhir: {
    title: "FHIR R4 AuditEvent",
    extension: "ndjson",
    mediaType: "application/fhir+ndjson",
    write: Fhir.write,
  },
  ocsf: {
    title: "OCSF 1.5.0",
    extension: "ndjson",
    mediaType: "application/x-ndjson",
    write: Ocsf.write,
  },
  otlp: {
    title: "OpenTelemetry logs (OTLP JSON)",
    extension: "jsonl",
    mediaType: "application/x-ndjson",
    write: Otlp.write,
  },
  syslog: {
    title: "Syslog (RFC 5424)",
    extension: "log",
    mediaType: "text/plain",
    write: Syslog.write,
  },
} as const satisfies Readonly<Record<string, Format>>

/**
 * @category models
 * @since 0.1.0
 */
export type FormatName = keyof typeof formats
