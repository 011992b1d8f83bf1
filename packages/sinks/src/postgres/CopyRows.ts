/**
 * Rows of `countersign.audit_record` in PostgreSQL's binary COPY format.
 *
 * Binary, since it needs no escaping and leaves nothing to the session's settings: an instant is
 * a number of microseconds, and bytes are bytes.
 *
 * Runs once a record, so it is plain and synchronous and writes into one buffer.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html "Binary Format"
 * @since 0.1.0
 */
import { recordColumns, type RecordColumns, textColumns } from "./RecordColumns.ts"

/**
 * The columns of a row in the order in which they are written.
 *
 * @category constants
 * @since 0.1.0
 */
export const columns: ReadonlyArray<string> = [
  "trail",
  "sequence",
  `"time"`,
  ...textColumns,
  "targets",
  "entry",
]

/**
 * The statement that takes such rows in.
 *
 * @category constants
 * @since 0.1.0
 */
export const copyStatement = `copy countersign.audit_record (${columns.join(", ")}) from stdin (format binary)`

// Large enough to be worth a system call, small enough that encoding one holds nobody up.
const chunkBytesDefault = 131_072

/** Signature, flags, and the length of a header extension that there is not. */
const header = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1")
const trailer = Buffer.from([0xff, 0xff])

const textOid = 25
/** The PostgreSQL epoch, 2000-01-01, since 1970. */
const epochMillis = 946_684_800_000
const word = 0x1_0000_0000
const minusInfinityHigh = -0x8000_0000

/** Lengths, ids and numbers of a row without its texts, rounded up. */
const fixedBytes = 512
/** So that the row which fills a chunk seldom makes its buffer grow. Units: bytes. */
const slackBytes = 16_384
/** What a target takes beside its text. */
const lengthBytes = 4

/**
 * Writes rows one after the other, in chunks.
 *
 * @category models
 * @since 0.1.0
 */
export class CopyRows {
  private readonly trail: number
  private readonly chunkBytes: number
  private buffer: Buffer
  private at = 0

  /**
   * @param trail the trail's number in the database
   * @param chunkBytes about how long a chunk gets; a long row makes a longer one. Default 128 KiB
   */
  constructor(trail: number, chunkBytes = chunkBytesDefault) {
    this.trail = trail
    this.chunkBytes = chunkBytes
    this.buffer = Buffer.allocUnsafe(chunkBytes + slackBytes)
    this.at = header.copy(this.buffer)
  }

  /** Whether there is enough for a chunk. */
  get isFull(): boolean {
    return this.at >= this.chunkBytes
  }

  /** The bytes since the last one taken. They are the caller's. */
  takeChunk(): Buffer {
    const chunk = this.buffer.subarray(0, this.at)
    this.buffer = Buffer.allocUnsafe(this.chunkBytes + slackBytes)
    this.at = 0
    return chunk
  }

  /** The last bytes, with the end of the whole. */
  takeLast(): Buffer {
    this.reserve(trailer.length)
    this.at += trailer.copy(this.buffer, this.at)
    return this.takeChunk()
  }

  /** Adds a record; returns what its columns say. */
  add(sequence: number, entry: Uint8Array): RecordColumns {
    const row = recordColumns(entry)
    // A text in UTF-8 is no longer than it was as JSON, or three times as long where that was
    // no UTF-8: with the entry itself, no more than four times its length.
    this.reserve(fixedBytes + 4 * entry.byteLength + lengthBytes * (row.targets?.length ?? 0))
    const { buffer } = this
    let at = buffer.writeInt16BE(columns.length, this.at)
    at = buffer.writeInt32BE(4, at)
    at = buffer.writeInt32BE(this.trail, at)
    at = buffer.writeInt32BE(8, at)
    at = buffer.writeInt32BE(Math.floor(sequence / word), at)
    at = buffer.writeUInt32BE(sequence % word, at)
    at = writeInstant(buffer, at, row)
    const { texts } = row
    for (let index = 0; index < texts.length; index++) at = writeText(buffer, at, texts[index])
    at = writeTexts(buffer, at, row.targets)
    at = buffer.writeInt32BE(entry.byteLength, at)
    buffer.set(entry, at)
    this.at = at + entry.byteLength
    return row
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.at + bytes))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
  }
}

const writeText = (buffer: Buffer, at: number, text: string | undefined): number => {
  if (text === undefined) return buffer.writeInt32BE(-1, at)
  const length = buffer.write(text, at + 4, "utf8")
  buffer.writeInt32BE(length, at)
  return at + 4 + length
}

/**
 * Microseconds since 2000 as 64 bits. Their number has up to 58 bits, more than a double holds,
 * so the two halves are computed apart.
 */
const writeInstant = (buffer: Buffer, start: number, { micros, millis }: RecordColumns): number => {
  const at = buffer.writeInt32BE(8, start)
  if (millis === undefined) {
    buffer.writeInt32BE(minusInfinityHigh, at)
    return buffer.writeUInt32BE(0, at + 4)
  }
  const since = millis - epochMillis
  const high = Math.floor(since / word)
  const low = (since - high * word) * 1000 + micros
  const carry = Math.floor(low / word)
  buffer.writeInt32BE(high * 1000 + carry, at)
  return buffer.writeUInt32BE(low - carry * word, at + 4)
}

/** An array of one dimension, without nulls. */
const writeTexts = (
  buffer: Buffer,
  start: number,
  texts: ReadonlyArray<string> | undefined,
): number => {
  if (texts === undefined) return buffer.writeInt32BE(-1, start)
  const isEmpty = texts.length === 0
  let at = buffer.writeInt32BE(isEmpty ? 0 : 1, start + 4)
  at = buffer.writeInt32BE(0, at)
  at = buffer.writeInt32BE(textOid, at)
  if (!isEmpty) {
    at = buffer.writeInt32BE(texts.length, at)
    at = buffer.writeInt32BE(1, at)
    for (const text of texts) at = writeText(buffer, at, text)
  }
  buffer.writeInt32BE(at - start - 4, start)
  return at
}
