/**
 * How far a sink has got, in a file of its own.
 *
 * A cursor only ever lags what was delivered: losing it costs a redelivery, never a record.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as zlib from "node:zlib"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Disk, DiskError } from "../platform/Disk.ts"

/**
 * The next sequence that a sink wants of a trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface SinkCursor {
  readonly trail: string
  readonly sequence: number
  /**
   * Where the run of dead letters begins that ends at the sequence. A sink that stores its own
   * position knows nothing of them, and may want the first of them next.
   */
  readonly lettersFrom?: number
}

// A cursor is a hundred bytes; anything larger is not one.
const cursorBytesMax = 4096

const checksumOf = ({ lettersFrom, sequence, trail }: SinkCursor): string => {
  const letters = lettersFrom === undefined ? "" : ` ${lettersFrom}`
  return zlib.crc32(`${sequence}${letters} ${trail}`).toString(16).padStart(8, "0")
}

/**
 * One JSON line with a CRC-32 over all of it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = ({ lettersFrom, sequence, trail }: SinkCursor): string => {
  const cursor = { trail, sequence, ...(lettersFrom === undefined ? {} : { lettersFrom }) }
  return `${JSON.stringify({ ...cursor, crc32: checksumOf(cursor) })}\n`
}

const isSequence = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0

/**
 * The cursor, or `undefined` where the text is not one or its checksum does not fit.
 *
 * @category encoding
 * @since 0.1.0
 */
export const decode = (text: string): SinkCursor | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== "object" || value === null) return undefined
  if (!("trail" in value && "sequence" in value && "crc32" in value)) return undefined
  const { crc32, sequence, trail } = value
  if (typeof trail !== "string" || !isSequence(sequence)) return undefined
  const lettersFrom = "lettersFrom" in value ? value.lettersFrom : undefined
  if (lettersFrom !== undefined && !isSequence(lettersFrom)) return undefined
  const cursor = { trail, sequence, ...(lettersFrom === undefined ? {} : { lettersFrom }) }
  return crc32 === checksumOf(cursor) ? cursor : undefined
}

/**
 * The file of a sink's cursor in a trail's directory.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fileOf = (directory: string, sink: string): string =>
  path.join(directory, "cursors", sink)

/**
 * Reads a cursor; `undefined` where there is none that can be believed.
 *
 * @category running
 * @since 0.1.0
 */
export const load = (
  disk: Disk["Service"],
  file: string,
): Effect.Effect<SinkCursor | undefined, DiskError> =>
  disk.readRange(file, 0, cursorBytesMax).pipe(
    Effect.map((bytes) => decode(Buffer.from(bytes).toString("utf8"))),
    Effect.catch((error) =>
      error.errno === "ENOENT" ? Effect.succeed(undefined) : Effect.fail(error),
    ),
  )

/**
 * Replaces a cursor: the file holds the old one or the new one, at any moment.
 *
 * @category running
 * @since 0.1.0
 */
export const save = (
  disk: Disk["Service"],
  file: string,
  cursor: SinkCursor,
): Effect.Effect<void, DiskError> =>
  Effect.andThen(
    disk.makeDirectory(path.dirname(file)),
    disk.replaceFile(file, [Buffer.from(encode(cursor))]),
  )

/**
 * When a cursor is saved, and where.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeeperOptions {
  readonly file: string
  readonly trail: string
  /** Saved after so many batches … */
  readonly batchesMax: number
  /** … or so much time, whichever is first. Units: milliseconds. */
  readonly millisMax: number
  readonly nowMillis: () => number
}

/**
 * Saves a cursor now and then, and never in the way of a delivery.
 *
 * @category models
 * @since 0.1.0
 */
export class Keeper {
  private readonly disk: Disk["Service"]
  private readonly options: KeeperOptions
  private saved: number | undefined
  private savedAtMillis: number
  private batches = 0

  constructor(disk: Disk["Service"], options: KeeperOptions) {
    this.disk = disk
    this.options = options
    this.savedAtMillis = options.nowMillis()
  }

  /** The stored cursor, where there is one of this trail. */
  readonly load: Effect.Effect<SinkCursor | undefined, DiskError> = Effect.suspend(() =>
    Effect.map(load(this.disk, this.options.file), (found) => {
      if (found === undefined || found.trail !== this.options.trail) return undefined
      this.saved = found.sequence
      return found
    }),
  )

  /** How long until this sequence is to be saved. Units: milliseconds. `Infinity`: it is saved. */
  dueMillis(sequence: number): number {
    if (sequence === this.saved) return Infinity
    if (this.batches >= this.options.batchesMax) return 0
    return Math.max(0, this.savedAtMillis + this.options.millisMax - this.options.nowMillis())
  }

  /** A batch more lies between the file and what was delivered. */
  delivered(): void {
    this.batches += 1
  }

  /**
   * Saves where a sink stands. Never fails, since a full disk must not stop a delivery that works:
   * `failed` is told, and the next try is due like any other.
   */
  save(
    { lettersFrom, sequence }: Omit<SinkCursor, "trail">,
    failed: (cause: Cause.Cause<DiskError>) => void,
  ): Effect.Effect<void> {
    if (sequence === this.saved) return Effect.void
    this.savedAtMillis = this.options.nowMillis()
    this.batches = 0
    const { file, trail } = this.options
    const cursor = { trail, sequence, ...(lettersFrom === undefined ? {} : { lettersFrom }) }
    return Effect.matchCause(save(this.disk, file, cursor), {
      onSuccess: () => {
        this.saved = sequence
      },
      onFailure: failed,
    })
  }
}
