/**
 * Encodes values into a file's bytes: the reverse of decoding them with the same plan.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FramingInvalid } from "../framing/FramingInvalid.ts"
import { type FrameWriter, makeFrameWriter } from "../framing/FrameWriter.ts"
import type { RecordUnframable } from "../framing/RecordUnframable.ts"
import type { CodecOptionsInvalid } from "../record/CodecOptionsInvalid.ts"
import type { RecordObject } from "../record/RecordDecoder.ts"
import * as RecordEncoder from "../record/RecordEncoder.ts"
import type { RecordMetadata } from "../record/RecordMetadata.ts"
import type { RecordUnencodable } from "../record/RecordUnencodable.ts"
import type { FilePlan } from "./FilePlan.ts"
import { childKey } from "./RecordLines.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FileEncoder {
  /**
   * Appends a record, with its children behind it where it has some. What was refused leaves the
   * records before it, and its own parents, as they were.
   */
  readonly write: (value: unknown) => Result.Result<void, RecordUnencodable | RecordUnframable>
  /** The bytes that are ready. */
  readonly take: () => Uint8Array
  /** The last bytes. */
  readonly finish: () => Uint8Array
  /** Records so far. */
  readonly records: () => number
}

const bytesOf = (hex: string | undefined): Uint8Array | undefined =>
  hex === undefined ? undefined : new Uint8Array(Buffer.from(hex, "hex"))

/** What stands around the file and its records; zeros where only a length was given. */
const surroundings = ({ framer, settings }: FilePlan) => {
  const { blockBytesMax, ...texts } = settings.writer ?? {}
  const { fileHeaderBytes = 0, fileTrailerBytes = 0, prefixBytes = 0, suffixBytes = 0 } = framer
  return {
    fileHeader: bytesOf(texts.fileHeader) ?? new Uint8Array(fileHeaderBytes),
    fileTrailer: bytesOf(texts.fileTrailer) ?? new Uint8Array(fileTrailerBytes),
    prefix: bytesOf(texts.prefix) ?? new Uint8Array(prefixBytes),
    suffix: bytesOf(texts.suffix) ?? new Uint8Array(suffixBytes),
    ...(blockBytesMax === undefined ? {} : { blockBytesMax }),
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The metadata that a line carries, if it is some. */
const metadataIn = (value: unknown): RecordMetadata | undefined =>
  isObject(value) &&
  typeof value["length"] === "number" &&
  typeof value["canonicalLength"] === "number" &&
  Array.isArray(value["patches"]) &&
  value["patches"].every(
    (patch: unknown) =>
      isObject(patch) && typeof patch["offset"] === "number" && typeof patch["bytes"] === "string",
  )
    ? // Every member that the encoder reads was looked at.
      (value as unknown as RecordMetadata)
    : undefined

class Encoding implements FileEncoder {
  readonly #writer: FrameWriter
  readonly #encoder: RecordEncoder.RecordEncoder
  readonly #extras: ReadonlySet<string>
  readonly #metadataKey: string
  /** Members that are lists of children. */
  readonly #children: ReadonlySet<string>
  /** A tree is no deeper than it has parents, so that no text can fill the stack. */
  readonly #depthMax: number
  #records = 0

  constructor(plan: FilePlan, encoder: RecordEncoder.RecordEncoder, writer: FrameWriter) {
    const { output = {}, segments } = plan.settings
    const { levels = "_levels", metadata = "_metadata" } = output
    this.#encoder = encoder
    this.#writer = writer
    this.#metadataKey = metadata
    this.#extras = new Set([...Object.values(output), levels, metadata])
    this.#depthMax = Object.keys(segments?.children ?? {}).length
    this.#children = new Set(
      Object.values(segments?.children ?? {})
        .flat()
        .map((view) => childKey(view, plan.codec.names)),
    )
  }

  write(value: unknown): Result.Result<void, RecordUnencodable | RecordUnframable> {
    return this.#writeAll(value, this.#depthMax)
  }

  #writeAll(
    value: unknown,
    depth: number,
  ): Result.Result<void, RecordUnencodable | RecordUnframable> {
    const source = isObject(value) ? value : {}
    const own: Record<string, unknown> = {}
    const under: Array<unknown> = []
    for (const [key, member] of Object.entries(source)) {
      if (this.#extras.has(key)) continue
      if (depth > 0 && this.#children.has(key) && Array.isArray(member)) {
        for (const child of member) under.push(child)
      } else own[key] = member
    }
    const metadata = metadataIn(source[this.#metadataKey])
    // The encoder looks at every value itself, and names those that are none.
    const encoded = this.#encoder.encode(own as RecordObject, metadata)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    const written = this.#writer.write(encoded.success)
    if (Result.isFailure(written)) return written
    this.#records += 1
    for (const child of under) {
      const done = this.#writeAll(child, depth - 1)
      if (Result.isFailure(done)) return done
    }
    return Result.void
  }

  take(): Uint8Array {
    return this.#writer.take()
  }

  finish(): Uint8Array {
    return this.#writer.finish()
  }

  records(): number {
    return this.#records
  }
}

/**
 * An encoder of one file.
 *
 * - Errors: `CodecOptionsInvalid` and `FramingInvalid` where the settings don't fit the layout.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  plan: FilePlan,
): Result.Result<FileEncoder, CodecOptionsInvalid | FramingInvalid> =>
  Result.flatMap(RecordEncoder.make(plan.layout, plan.codec), (encoder) =>
    Result.map(
      makeFrameWriter(plan.framing, surroundings(plan), plan.fields),
      (writer): FileEncoder => new Encoding(plan, encoder, writer),
    ),
  )
