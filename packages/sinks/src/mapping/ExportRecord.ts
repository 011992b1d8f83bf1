/**
 * A record of a trail, read for those who export it: what every mapping starts from.
 *
 * A mapping is a pure function of it, so the same record gives the same text everywhere and always.
 *
 * @since 0.1.0
 */
import { AuditEvent } from "@countersign/core/event/AuditEvent"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * A record whose bytes are no event, so that no format can say what happened.
 *
 * @category errors
 * @since 0.1.0
 */
export class RecordUnreadable extends Schema.TaggedError<RecordUnreadable>(
  "@countersign/sinks/RecordUnreadable",
)("RecordUnreadable", {
  code: Schema.tag("AUD-4601"),
  isRetryable: Schema.tag(false),
  trail: Schema.String,
  sequence: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: record ${this.sequence} of ${this.trail} is no event: ${this.detail}. Run countersign verify on the trail; if it is whole, a newer version wrote it`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ExportRecord {
  /** Origin of the trail. */
  readonly trail: string
  readonly sequence: number
  /** The canonical JSON that was hashed, character by character. */
  readonly text: string
  readonly event: AuditEvent
}

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(AuditEvent))
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Reads the canonical bytes of one record.
 *
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  trail: string,
  sequence: number,
  bytes: Uint8Array,
): Result.Result<ExportRecord, RecordUnreadable> => {
  const text = textOf(bytes)
  if (text === undefined) {
    return Result.fail(new RecordUnreadable({ trail, sequence, detail: "it is not UTF-8" }))
  }
  return Result.mapBoth(decode(text), {
    onSuccess: (event) => ({ trail, sequence, text, event }),
    // The issue itself could repeat the record's content, which may be personal.
    onFailure: () =>
      new RecordUnreadable({ trail, sequence, detail: "its members are not those of an event" }),
  })
}
