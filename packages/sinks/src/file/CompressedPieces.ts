/**
 * Compression of a file piece by piece, so that its size does not matter.
 *
 * @since 0.1.0
 */
import type { Transform } from "node:stream"
import * as zlib from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Compression } from "./Compression.ts"

/**
 * Bytes that are not what the compression makes.
 *
 * @category errors
 * @since 0.1.0
 */
export class CompressionFailed extends Schema.TaggedError<CompressionFailed>(
  "@countersign/sinks/CompressionFailed",
)("CompressionFailed", {
  code: Schema.tag("AUD-4501"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the compressed bytes can't be read: ${this.detail}`
  }
}

/**
 * Bytes go in one after the other and come out changed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transformer {
  /** Ends when all that can be said of these bytes was handed on. */
  readonly add: (bytes: Uint8Array) => Effect.Effect<void, CompressionFailed>
  /** Hands on what was held back. Nothing can be added afterwards. */
  readonly end: Effect.Effect<void, CompressionFailed>
}

const unchanged = (take: (bytes: Uint8Array) => void): Transformer => ({
  add: (bytes) => Effect.sync(() => take(bytes)),
  end: Effect.void,
})

const over = (stream: Transform, take: (bytes: Uint8Array) => void): Transformer => {
  let failed: Error | undefined
  stream.on("data", take)
  stream.on("error", (cause) => (failed = cause))
  const run = (
    start: (done: (cause?: Error | null) => void) => void,
  ): Effect.Effect<void, CompressionFailed> =>
    Effect.uninterruptible(
      Effect.callback<void, CompressionFailed>((resume) => {
        const done = (cause?: Error | null): void => {
          stream.off("error", done)
          const problem = failed ?? cause
          resume(
            problem === undefined || problem === null
              ? Effect.void
              : Effect.fail(new CompressionFailed({ detail: problem.message })),
          )
        }
        if (failed !== undefined) return done(failed)
        stream.once("error", done)
        start(done)
      }),
    )
  return {
    add: (bytes) => run((done) => void stream.write(bytes, done)),
    end: run((done) => {
      stream.once("end", () => done())
      stream.end()
    }),
  }
}

/**
 * @param take gets the compressed bytes, which it may keep
 * @category constructors
 * @since 0.1.0
 */
export const compressor = (
  compression: Compression,
  take: (bytes: Uint8Array) => void,
): Transformer => {
  switch (compression) {
    case "none":
      return unchanged(take)
    case "gzip":
      return over(zlib.createGzip(), take)
    case "zstd":
      return over(zlib.createZstdCompress(), take)
  }
}

/**
 * Bytes as they were before they were compressed, of which few are in memory at any time: what
 * comes out may be many thousand times what goes in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unpacker<E, R> {
  /** Ends when all but the last few pieces were taken. */
  readonly add: (bytes: Uint8Array) => Effect.Effect<void, CompressionFailed | E, R>
  readonly end: Effect.Effect<void, CompressionFailed | E, R>
  /** Lets go of what is still to come. */
  readonly stop: Effect.Effect<void>
}

const pieceBytes = 64 * 1024

/** The stream rests while a piece is taken, and holds back by itself while it rests. */
const unpacking = <E, R>(
  stream: Transform,
  take: (bytes: Uint8Array) => Effect.Effect<void, E, R>,
): Unpacker<E, R> => {
  const pieces: Array<Uint8Array> = []
  let failed: Error | undefined
  let wake = (): void => undefined
  stream.on("data", (piece: Uint8Array) => {
    pieces.push(piece)
    stream.pause()
    wake()
  })
  stream.on("error", (cause) => {
    failed = cause
    wake()
  })
  const news = Effect.callback<void>((resume) => {
    wake = () => resume(Effect.void)
    stream.resume()
  })
  const until = Effect.fnUntraced(function* (start: (done: () => void) => void) {
    let isDone = false
    start(() => {
      isDone = true
      wake()
    })
    while (true) {
      const piece = pieces.shift()
      if (piece !== undefined) yield* take(piece)
      else if (failed !== undefined) return yield* new CompressionFailed({ detail: failed.message })
      else if (isDone) return
      else yield* news
    }
  })
  return {
    add: (bytes) => until((done) => void stream.write(bytes, done)),
    end: until((done) => {
      stream.once("end", done)
      stream.end()
    }),
    stop: Effect.sync(() => void stream.destroy()),
  }
}

/**
 * @param take gets the bytes as they were before they were compressed, a small piece at a time
 * @category constructors
 * @since 0.1.0
 */
export const unpacker = <E, R>(
  compression: Compression,
  take: (bytes: Uint8Array) => Effect.Effect<void, E, R>,
): Unpacker<E, R> => {
  switch (compression) {
    case "none":
      return { add: take, end: Effect.void, stop: Effect.void }
    case "gzip":
      return unpacking(zlib.createGunzip({ chunkSize: pieceBytes }), take)
    case "zstd":
      return unpacking(zlib.createZstdDecompress({ chunkSize: pieceBytes }), take)
  }
}
