/**
 * Streams the records of a file, in batches.
 *
 * Memory: one piece of the file and one batch of places, or one record where that is longer.
 *
 * @since 0.1.0
 */
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Framer, makeFramer } from "./Framer.ts"
import type { FieldReader, FramerOptions, Framing } from "./Framing.ts"
import { type FramingFailed, framingFailed } from "./FramingFailed.ts"
import type { FramingFault } from "./FramingFault.ts"
import type { FramingInvalid } from "./FramingInvalid.ts"
import type { RecordBatch } from "./RecordBatch.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordFileOptions<E = never> extends Omit<FramerOptions, "mode"> {
  readonly framing: Framing
  /** Needed where lengths follow from fields. */
  readonly fields?: FieldReader
  /**
   * Gets the faults, in order, before the records of the same piece come; the stream goes on where
   * it surely can, and ends where this fails. Without it the first fault ends the stream.
   */
  readonly onFaults?: (faults: ReadonlyArray<FramingFault>) => Effect.Effect<void, E>
  /** Sees each byte of the file once, in order, before it is framed: to hash or count them. */
  readonly onBytes?: (bytes: Uint8Array) => void
  /** Default 1 MiB. */
  readonly pieceBytes?: number
  /**
   * Whether the memory of a batch may be written to again once the next one was asked for: for
   * readers that are done with each batch by then. Default `false`.
   */
  readonly reusesMemory?: boolean
}

/** Small enough to stay in the processor's cache between framing and decoding. */
const pieceBytesDefault = 1024 * 1024

interface Place {
  /** From where the file is read next. */
  readonly position: number
  /** From where on bytes have not been seen. */
  readonly unseen: number
  /** A fault that is yet to end the stream. */
  readonly fault?: FramingFault
}

const makeFramerOf = <E>(options: RecordFileOptions<E>): Effect.Effect<Framer, FramingInvalid> => {
  const { fields, framing, onFaults, ...rest } = options
  const mode = onFaults === undefined ? "strict" : "lenient"
  return Effect.fromResult(makeFramer(framing, { ...rest, mode }, fields))
}

type Page = readonly [ReadonlyArray<RecordBatch>, Option.Option<Place>]

/** Hands the faults on, or keeps the first for the page behind the records that come before it. */
const settle = <E>(
  framer: Framer,
  options: RecordFileOptions<E>,
  batches: ReadonlyArray<RecordBatch>,
  next: Option.Option<Place>,
): Effect.Effect<Page, E> => {
  const faults = framer.takeFaults()
  const [fault] = faults
  if (fault === undefined) return Effect.succeed([batches, next])
  if (options.onFaults !== undefined) {
    return Effect.as(options.onFaults(faults), [batches, next] as const)
  }
  return Effect.succeed([batches, Option.some({ position: 0, unseen: 0, fault })])
}

/**
 * The batches of a file's records. They lie in the piece that was read: a consumer that keeps one
 * keeps the piece, and may not with `reusesMemory`.
 *
 * - Errors: `FramingInvalid` before anything is read; `DiskError`; `FramingFailed` behind the last
 *   good record, unless `onFaults` takes the faults; what `onFaults` fails with.
 *
 * @category streaming
 * @since 0.1.0
 */
export const recordBatches = <E = never>(
  path: string,
  options: RecordFileOptions<E>,
): Stream.Stream<RecordBatch, DiskError | FramingFailed | FramingInvalid | E, Disk> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const disk = yield* Disk
      const framer = yield* makeFramerOf(options)
      const sizeBytes = (yield* disk.status(path))?.sizeBytes ?? 0
      const { onBytes, pieceBytes = pieceBytesDefault, reusesMemory = false } = options
      // Two in turn: the framer may still hold the end of the last piece when it gets the next.
      let [front, back] = reusesMemory
        ? [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)]
        : []
      const memory = (): Uint8Array | undefined => {
        ;[front, back] = [back, front]
        return front
      }
      const page = Effect.fnUntraced(function* ({
        fault,
        position,
        unseen,
      }: Place): Effect.fn.Return<Page, DiskError | FramingFailed | E> {
        if (fault !== undefined) return yield* framingFailed(path, fault)
        const piece = yield* disk.readRange(path, position, pieceBytes, memory())
        const end = position + piece.byteLength
        const isLast = piece.byteLength === 0 || end >= sizeBytes
        if (end > unseen) onBytes?.(piece.subarray(unseen - position))
        const batches = framer.push(piece, isLast)
        // Reading a record's beginning again costs less than a batch of its own would.
        const isShort = !isLast && framer.waiting() < piece.byteLength / 2
        const released = isShort ? framer.release() : 0
        const next = { position: end - released, unseen: Math.max(unseen, end) }
        return yield* settle(framer, options, batches, isLast ? Option.none() : Option.some(next))
      })
      return Stream.paginate<Place, RecordBatch, DiskError | FramingFailed | E>(
        { position: 0, unseen: 0 },
        page,
      )
    }),
  )

/**
 * The same over pieces that come from elsewhere, such as standard input.
 *
 * @param name what messages call it
 * @category streaming
 * @since 0.1.0
 */
export const framedPieces = <E, R, E2 = never>(
  name: string,
  pieces: Stream.Stream<Uint8Array, E, R>,
  options: RecordFileOptions<E2>,
): Stream.Stream<RecordBatch, E | E2 | FramingFailed | FramingInvalid, R> =>
  Stream.unwrap(
    Effect.map(makeFramerOf(options), (framer) => {
      const take = (piece: Uint8Array, isLast: boolean) => {
        options.onBytes?.(piece)
        const batches = framer.push(piece, isLast)
        return Stream.unwrap(
          Effect.map(settle(framer, options, batches, Option.none()), ([good, place]) => {
            const records = Stream.fromIterable(good)
            return Option.isSome(place) && place.value.fault !== undefined
              ? Stream.concat(records, Stream.fail(framingFailed(name, place.value.fault)))
              : records
          }),
        )
      }
      return Stream.concat(
        Stream.flatMap(pieces, (piece) => take(piece, false)),
        Stream.suspend(() => take(new Uint8Array(0), true)),
      )
    }),
  )
