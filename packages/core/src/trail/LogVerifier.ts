/**
 * Checks a write-ahead log against what was signed.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import * as EntryBundle from "./EntryBundle.ts"
import { tileWidth, widthOf } from "./Tile.ts"
import type { TrailDamaged } from "./TrailError.ts"
import { readBundle } from "./TrailReader.ts"
import type { LogCheck } from "./Verifier.ts"
import type { Finding } from "./VerifyReport.ts"
import type { Frame } from "./WalFrame.ts"
import { listSegments, scan, startOf } from "./WalReader.ts"

/** A frame differs from the tiles, or a segment went away while it was read. */
class Differs {
  readonly _tag = "Differs"
  readonly finding: Finding

  constructor(finding: Finding) {
    this.finding = finding
  }
}

/**
 * Reads the whole log: its frames must be whole and contiguous, and what they hold of signed
 * entries must be what the bundles hold. A tail that was never acknowledged is no finding, so a
 * log that is being written is none either.
 *
 * - Memory: one segment and one bundle.
 *
 * @category running
 * @since 0.1.0
 */
export const checkLog =
  (directory: string) =>
  (checkpoint: Checkpoint): Effect.Effect<LogCheck, DiskError, Disk> =>
    Effect.gen(function* () {
      const segments = yield* listSegments(directory)
      const compare = yield* comparison(directory, checkpoint.size)
      const { nextSequence } = yield* scan(directory, segments, compare)
      const beyond = nextSequence - checkpoint.size
      if (startOf(segments) !== undefined && beyond < 0) {
        // What is signed was in the log before, and is pruned by whole segments.
        const detail = `the log ends before entry ${nextSequence}, but entries up to ${checkpoint.size} are signed`
        return {
          findings: [{ kind: "log", index: nextSequence, path: "wal", detail }],
          notChecked: [],
        } satisfies LogCheck
      }
      return {
        findings: [],
        notChecked:
          beyond <= 0
            ? []
            : [`${beyond} entries that are durable in the write-ahead log and not yet signed`],
      } satisfies LogCheck
    }).pipe(
      Effect.catchTag("Differs", ({ finding }) =>
        Effect.succeed({ findings: [finding], notChecked: [] }),
      ),
      Effect.catchTag("TrailDamaged", (error) => Effect.succeed(damagedLog(directory, error))),
      Effect.catchTag("DiskError", (error) =>
        // A writer at work prunes its log; what went away had been signed.
        error.errno === "ENOENT"
          ? Effect.succeed({
              findings: [],
              notChecked: ["the write-ahead log, which its writer pruned meanwhile"],
            })
          : Effect.fail(error),
      ),
    )

const damagedLog = (directory: string, error: TrailDamaged): LogCheck => ({
  findings: [{ kind: "log", path: path.relative(directory, error.path), detail: error.detail }],
  notChecked: [],
})

const comparison = Effect.fnUntraced(function* (directory: string, signedSize: number) {
  const disk = yield* Disk
  let open: { readonly index: number; readonly bundle: ReadonlyArray<Uint8Array> } | undefined
  const bundleAt = Effect.fnUntraced(function* (index: number) {
    if (open?.index === index) return open.bundle
    const width = widthOf(signedSize, "entries", index)
    const bundle = yield* readBundle(directory, index, width).pipe(
      Effect.provideService(Disk, disk),
    )
    open = { index, bundle }
    return bundle
  })
  return Effect.fnUntraced(function* (frame: Frame) {
    const decoded = EntryBundle.decode(frame.payload, frame.count)
    if (Result.isFailure(decoded) || decoded.success.length !== frame.count) {
      return yield* Effect.fail(differs(frame.firstSequence, "the frame holds no whole entries"))
    }
    for (const [offset, entry] of decoded.success.entries()) {
      const sequence = frame.firstSequence + offset
      if (sequence >= signedSize) return
      const bundle = yield* bundleAt(Math.floor(sequence / tileWidth))
      const signed = bundle[sequence % tileWidth]
      if (signed === undefined || Buffer.compare(signed, entry) !== 0) {
        return yield* Effect.fail(differs(sequence, "the log and the bundle hold different bytes"))
      }
    }
  })
})

const differs = (index: number, detail: string): Differs =>
  new Differs({ kind: "log", index, path: "wal", detail })
