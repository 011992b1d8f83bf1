/**
 * The formats that a record can be exported in, as one table.
 *
 * Each writes one line a record, so that a file of any of them can be made, cut and read as a
 * stream of lines.
 *
 * @since 0.1.0
 */
import * as CloudEvents from "./CloudEvents.ts"
import type { ExportRecord } from "./ExportRecord.ts"

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
  cloudevents: {
    title: "CloudEvents 1.0",
    extension: "ndjson",
    mediaType: "application/x-ndjson",
    write: CloudEvents.write,
  },
} as const satisfies Readonly<Record<string, Format>>

/**
 * @category models
 * @since 0.1.0
 */
export type FormatName = keyof typeof formats
