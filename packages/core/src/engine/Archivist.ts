/**
 * Compresses old entry bundles, a few at a time.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { deflateRaw } from "node:zlib"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type Disk, DiskError } from "../platform/Disk.ts"
import { wrap } from "../trail/ColdBundle.ts"
import { formatCompressedPath, formatTilePath, tileWidth } from "../trail/Tile.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ArchivistOptions {
  readonly disk: Disk["Service"]
  /** The trail's directory. */
  readonly directory: string
  /** Read at each step, so a change holds from the next one on. */
  readonly options: () => {
    readonly compress: boolean
    /** Newest full bundles that stay as they are. */
    readonly afterBundles: number
    /** Bundles compressed in one step, which is run each second. */
    readonly bundlesPerSecondMax: number
  }
  /** Entries whose bundles nothing will write again: they are synced, and the log is pruned up to them. */
  readonly settledSize: () => number
}

/**
 * Compresses the bundles of one trail in their order.
 *
 * @category models
 * @since 0.1.0
 */
export class Archivist {
  private readonly options: ArchivistOptions
  /** The first bundle that is not compressed; found on the disk at the first step. */
  private next: number | undefined

  constructor(options: ArchivistOptions) {
    this.options = options
  }

  /** Compresses the next few bundles that are old enough; returns how many. */
  readonly step: Effect.Effect<number, DiskError> = Effect.gen({ self: this }, function* () {
    const { options, settledSize } = this.options
    const { afterBundles, bundlesPerSecondMax, compress } = options()
    if (!compress) return 0
    const end = Math.floor(settledSize() / tileWidth) - afterBundles
    if (end <= 0) return 0
    this.next ??= yield* this.firstPlain(end)
    const stop = Math.min(end, this.next + bundlesPerSecondMax)
    const start = this.next
    for (; this.next < stop; this.next += 1) yield* this.compress(this.next)
    return this.next - start
  }).pipe(
    // A deletion may have been done all the same: the border is looked for again.
    Effect.onError(() =>
      Effect.sync(() => {
        this.next = undefined
      }),
    ),
  )

  /** Compressed bundles come first, so the border is found by halving. */
  private firstPlain(end: number): Effect.Effect<number, DiskError> {
    const { directory, disk } = this.options
    return Effect.gen(function* () {
      let low = 0
      let high = end
      while (low < high) {
        const middle = (low + high) >>> 1
        const plain = formatTilePath({ level: "entries", index: middle, width: tileWidth })
        // A crash may leave both forms; the plain one is then compressed again.
        if ((yield* disk.status(path.join(directory, plain))) === undefined) low = middle + 1
        else high = middle
      }
      return low
    })
  }

  private compress(index: number): Effect.Effect<void, DiskError> {
    const { directory, disk } = this.options
    const plain = path.join(
      directory,
      formatTilePath({ level: "entries", index, width: tileWidth }),
    )
    return Effect.gen(function* () {
      const bytes = yield* disk.readFile(plain)
      const deflate = yield* Deflate
      const deflated = yield* deflate(bytes, plain)
      const cold = path.join(directory, formatCompressedPath(index))
      yield* disk.replaceFile(cold, [wrap(deflated, bytes)])
      yield* disk.remove(plain)
    })
  }
}

type DeflateFile = (bytes: Uint8Array, file: string) => Effect.Effect<Uint8Array, DiskError>

/** In Node's thread pool: on the caller's thread it would hold up the application for 2 ms. */
const inThreadPool: DeflateFile = (bytes, file) =>
  Effect.callback((resume) => {
    deflateRaw(bytes, (cause, deflated) => {
      resume(
        cause === null
          ? Effect.succeed(deflated)
          : Effect.fail(
              new DiskError({
                call: "compress",
                path: file,
                errno: "EIO",
                detail: cause.message,
              }),
            ),
      )
    })
  })

/**
 * How bundles are compressed: in Node's thread pool unless told otherwise.
 *
 * @category services
 * @since 0.1.0
 */
export const Deflate = Context.Reference<DeflateFile>("@countersign/core/engine/Deflate", {
  defaultValue: () => inThreadPool,
})
