/**
 * Records that a sink refused for good, each with the cause, one JSON line a record.
 *
 * A letter is on the disk before the cursor moves past its record. A record may have two
 * letters after a crash between the two; readers go by the sequence.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { boundedText } from "./CauseText.ts"
import type { SinkError } from "./Sink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DeadLetter {
  readonly trail: string
  readonly sequence: number
  /** Why it was refused, as text. */
  readonly cause: string
  /** Canonical bytes of the record. */
  readonly entry: Uint8Array
}

/**
 * A sink has refused so much that its dead letters are full. Delivery to it waits.
 *
 * @category errors
 * @since 0.1.0
 */
export class DeadLettersFull extends Schema.TaggedError<DeadLettersFull>(
  "@countersign/core/DeadLettersFull",
)("DeadLettersFull", {
  code: Schema.tag("AUD-4103"),
  isRetryable: Schema.tag(true),
  path: Schema.String,
  sizeBytesMax: Schema.Number,
}) {
  override get message(): string {
    return (
      `${this.code}: ${this.path} has reached ${this.sizeBytesMax} bytes; delivery waits. ` +
      `Find out why the sink refuses records, then move the file away`
    )
  }
}

/**
 * The file of a sink's dead letters in a trail's directory.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fileOf = (directory: string, sink: string): string =>
  path.join(directory, "dead-letters", `${sink}.ndjson`)

/**
 * The words of a refusal, without the stack that would say nothing about the record.
 *
 * @category encoding
 * @since 0.1.0
 */
export const causeOf = (cause: Cause.Cause<SinkError>): string =>
  boundedText(
    cause.reasons
      .map((reason) => (Cause.isFailReason(reason) ? reason.error.message : reason._tag))
      .join("; "),
  )

/**
 * @category encoding
 * @since 0.1.0
 */
export const encode = ({ trail, sequence, cause, entry }: DeadLetter): string =>
  `${JSON.stringify({ trail, sequence, cause, entry: Buffer.from(entry).toString("base64") })}\n`

// An entry of 64 KiB in base64, a cause of 4 KiB with every byte escaped, and the names.
const lineBytesMax = 192 * 1024

const newline = 0x0a

/** How many bytes at the end are a line that was never finished. */
const tornBytes = (tail: Uint8Array): number => tail.byteLength - 1 - tail.lastIndexOf(newline)

const isLetter = (line: Uint8Array): boolean => {
  try {
    JSON.parse(Buffer.from(line).toString("utf8"))
    return true
  } catch {
    return false
  }
}

/**
 * Appends a letter and returns once it survives a power failure.
 *
 * A torn line that an earlier crash left is cut off; one that only lacks its end is kept.
 *
 * @category running
 * @since 0.1.0
 */
export const append = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  file: string,
  letter: DeadLetter,
  sizeBytesMax: number,
): Effect.fn.Return<void, DiskError | DeadLettersFull> {
  const directory = path.dirname(file)
  yield* disk.makeDirectory(directory)
  const before = yield* disk.status(file)
  const size = before?.sizeBytes ?? 0
  const line = Buffer.from(encode(letter))
  if (size + line.byteLength > sizeBytesMax) {
    return yield* new DeadLettersFull({ path: file, sizeBytesMax })
  }
  const from = Math.max(0, size - lineBytesMax)
  const tail = size === 0 ? new Uint8Array() : yield* disk.readRange(file, from, size - from)
  const torn = size === 0 ? 0 : tornBytes(tail)
  const isWhole = torn > 0 && isLetter(tail.subarray(tail.byteLength - torn))
  const chunks = isWhole ? [Buffer.of(newline), line] : [line]
  const position = isWhole ? size : size - torn

  yield* Effect.acquireUseRelease(
    disk.open(file, "update"),
    (open) =>
      Effect.andThen(
        torn > 0 && !isWhole ? open.truncate(position) : Effect.void,
        Effect.andThen(open.write(chunks, position), open.datasync),
      ),
    (open) => open.close,
  )
  if (before === undefined) {
    yield* disk.syncDirectory(directory)
    yield* disk.syncDirectory(path.dirname(directory))
  }
})
