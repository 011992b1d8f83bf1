/**
 * Records that a sink refused for good, each with the cause, one JSON line a record.
 *
 * A letter is on the disk before the cursor moves past its record. A record may have two
 * letters after a crash between the two, and the last line may be torn; readers go by the sequence.
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

/** Where in the bytes at the file's end the last line begins, finished or not. */
const lastLineAt = (tail: Uint8Array): number => tail.subarray(0, -1).lastIndexOf(newline) + 1

/**
 * Whether a line is another letter than this one. One of the same record is an attempt at it, after
 * which the cursor did not move: perhaps its sync failed, and then it is on no disk.
 */
const isAnother = (line: Uint8Array, { sequence, trail }: DeadLetter): boolean => {
  try {
    const found: unknown = JSON.parse(Buffer.from(line).toString("utf8"))
    const isLetter = typeof found === "object" && found !== null
    const isSame =
      isLetter &&
      "sequence" in found &&
      found.sequence === sequence &&
      "trail" in found &&
      found.trail === trail
    return isLetter && !isSame
  } catch {
    return false
  }
}

/**
 * Appends a letter and returns once it survives a power failure.
 *
 * A torn line that an earlier crash left is written over, and so is the same letter from an attempt
 * that failed; one that only lacks its end is kept.
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
  const size = (yield* disk.status(file))?.sizeBytes ?? 0
  const from = Math.max(0, size - lineBytesMax)
  const tail = size === 0 ? new Uint8Array() : yield* disk.readRange(file, from, size - from)
  const last = lastLineAt(tail)
  const isKept = isAnother(tail.subarray(last), letter)
  const position = isKept ? size : from + last
  const line = Buffer.from(encode(letter))
  if (position + line.byteLength > sizeBytesMax) {
    return yield* new DeadLettersFull({ path: file, sizeBytesMax })
  }
  const chunks = isKept && tail.at(-1) !== newline ? [Buffer.of(newline), line] : [line]

  yield* Effect.acquireUseRelease(
    disk.open(file, "update"),
    (open) =>
      Effect.andThen(
        position < size ? open.truncate(position) : Effect.void,
        Effect.andThen(open.write(chunks, position), open.datasync),
      ),
    (open) => open.close,
  )
  if (position === 0) {
    yield* disk.syncDirectory(directory)
    yield* disk.syncDirectory(path.dirname(directory))
  }
})
