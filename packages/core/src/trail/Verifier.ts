/**
 * Verifies a trail from its entries upwards.
 *
 * Every leaf hash is computed again from the entry's bytes, every tile compared with what the
 * entries give, the root with the signed one, the signature with the key. Trusting a tile
 * because another tile fits it is how verifiers are fooled: an entry rewritten together with
 * its leaf hash passes there.
 *
 * @since 0.1.0
 */
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { type Checkpoint, parseSigned } from "./Checkpoint.ts"
import { judge } from "./KeyChain.ts"
import { type ExpectedRoot, expectedRoots } from "./TrustRoots.ts"
import { emptyRoot, hashBytes } from "./MerkleTree.ts"
import { RootHasher } from "./RootHasher.ts"
import type { Rotation } from "./Rotation.ts"
import { compareRoots, compareRotations, readSuccessions } from "./RotationCheck.ts"
import { hashesAtLevel, tileWidth } from "./Tile.ts"
import { requireDirectory } from "./TrailDirectory.ts"
import { checkpointName, readCheckpointBytes, readFileOf, tryReading } from "./TrailReader.ts"
import { type PinOptions, readPin } from "./VerifierPin.ts"
import { inThisThread, inThreads, type RunShard } from "./VerifierPool.ts"
import { findingsMax, type ShardReport, TileComparison } from "./VerifierShard.ts"
import { listPartials, planShards } from "./VerifierPlan.ts"
import type { Finding, VerifyFacts, VerifyProgress, VerifyReport } from "./VerifyReport.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface VerifyOptions extends PinOptions {
  /** Told after each run of bundles, in order. */
  readonly progress?: (progress: VerifyProgress) => void
  /**
   * Threads that read and hash beside this one; `0` works in this thread through the given
   * disk. Default: one a core, at most 4, for a trail so long that their start pays.
   */
  readonly workers?: number
  /** Checks the write-ahead log against a checkpoint. Without it the log counts as not checked. */
  readonly log?: (checkpoint: Checkpoint) => Effect.Effect<LogCheck, DiskError, Disk>
}

/**
 * What a check of the write-ahead log has found.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogCheck {
  readonly findings: ReadonlyArray<Finding>
  readonly notChecked: ReadonlyArray<string>
}

const workersMax = 4
// A thread starts in 40 ms, in which 100 bundles are verified in this one.
const bundlesForWorkers = 200

/** Adds up what the runs report. */
class Progress {
  entries = 0
  bundles = 0
  tiles = 0
  bytes = 0
  cutLeftovers = 0
  isCut = false
  readonly findings: Array<Finding> = []
  readonly roots: Array<Uint8Array> = []

  add(report: ShardReport): void {
    this.entries += report.entries
    this.bundles += report.bundles
    this.isCut ||= report.isCut
    this.roots.push(report.roots)
    this.compared(report)
  }

  compared(found: Pick<ShardReport, "tiles" | "bytes" | "cutLeftovers" | "findings">): void {
    this.tiles += found.tiles
    this.bytes += found.bytes
    this.cutLeftovers += found.cutLeftovers
    this.findings.push(...found.findings.slice(0, findingsMax - this.findings.length))
  }
}

/**
 * What no verification of a directory alone can check.
 *
 * @category constants
 * @since 0.1.0
 */
export const rollbackUnchecked =
  "whether the whole trail was put back to an earlier state with its own checkpoint: that takes a witness, or a checkpoint kept elsewhere"

const alwaysUnchecked: ReadonlyArray<string> = [
  rollbackUnchecked,
  "whether entries are canonical JSON and say what the events' rules ask for: any bytes can be entries",
]

/**
 * Verifies a trail; a writer may be at work on it. What lies beyond the checkpoint is ignored.
 *
 * - Errors: `DiskError` where something can't be read; what is read and wrong is in the report.
 * - Memory: one bundle a thread and 32 bytes for each 256 entries.
 *
 * @param directory the trail's directory
 * @category running
 * @since 0.1.0
 */
export const verify = (
  directory: string,
  options: VerifyOptions = {},
): Effect.Effect<VerifyReport, DiskError, Disk> =>
  Effect.gen(function* () {
    yield* requireDirectory(directory)
    // In this order a writer at work can't change the key between what is read.
    const { keyProblem, notChecked, pin } = yield* readPin(directory, options)
    const bytes = yield* readCheckpointBytes(directory)
    const start: VerifyFacts = {
      directory,
      entries: 0,
      bundles: 0,
      tiles: 0,
      bytes: bytes?.byteLength ?? 0,
      cutLeftovers: 0,
      notChecked: [...alwaysUnchecked, ...notChecked],
    }
    if (bytes === undefined) {
      const reason = "the trail has no checkpoint, so nothing says what it should hold"
      return { ...start, verdict: "incomplete", reason }
    }
    const parsed = parseSigned(bytes)
    if (Result.isFailure(parsed)) {
      return tampered(start, [atCheckpoint("checkpoint", parsed.failure.message)])
    }
    const { checkpoint, note } = parsed.success
    const known: VerifyFacts = {
      ...start,
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: Buffer.from(checkpoint.root).toString("base64"),
    }
    const successions = yield* readSuccessions(directory, checkpoint)
    const { beyond, rotations } = successions
    const judged = judge(parsed.success, rotations, beyond, pin)
    const wrongKeys = [...successions.findings, ...judged.findings].slice(0, findingsMax)
    if (wrongKeys.length > 0) return tampered(known, wrongKeys)
    const signed = { checkpoint, rotations, roots: expectedRoots(pin) }
    const progress = yield* recompute(directory, signed, options)
    const log = yield* checkLog(checkpoint, options)
    const facts: VerifyFacts = {
      ...known,
      entries: progress.entries,
      bundles: progress.bundles,
      tiles: progress.tiles,
      bytes: known.bytes + progress.bytes,
      cutLeftovers: progress.cutLeftovers,
      rotations: rotations.length,
      notChecked: [
        ...known.notChecked,
        ...judged.notChecked,
        ...log.notChecked,
        ...beyond.slice(0, findingsMax).map(beyondText),
        ...strangers(note.signatures.length - judged.own),
      ],
    }
    const findings = [...progress.findings, ...log.findings]
    if (findings.length > 0) return tampered(facts, findings)
    const reason = keyProblem ?? judged.reason
    return reason === undefined
      ? { ...facts, verdict: "verified" }
      : { ...facts, verdict: "unverifiable", reason }
  })

const beyondText = ({ checkpoint }: Rotation): string =>
  `a rotation of the key at size ${checkpoint.size}, which the checkpoint does not reach: a writer was stopped within it, or the trail was put back`

const strangers = (count: number): ReadonlyArray<string> =>
  count === 0 ? [] : [`${count} signatures by keys that were not given`]

const atCheckpoint = (kind: Finding["kind"], detail: string): Finding => ({
  kind,
  path: checkpointName,
  detail,
})

const tampered = (facts: VerifyFacts, findings: ReadonlyArray<Finding>): VerifyReport => {
  const ordered = findings.toSorted(
    (left, right) => (left.index ?? Infinity) - (right.index ?? Infinity) || 0,
  )
  const [firstBad = atCheckpoint("root", "unknown")] = ordered
  return { ...facts, verdict: "tampered", firstBad, findings: ordered }
}

const checkLog = (
  checkpoint: Checkpoint,
  { log }: VerifyOptions,
): Effect.Effect<LogCheck, DiskError, Disk> =>
  log === undefined
    ? Effect.succeed({
        findings: [],
        notChecked: [
          "entries that are durable and not yet under a checkpoint: they are in the write-ahead log alone",
        ],
      })
    : log(checkpoint)

const runnerOf = (
  directory: string,
  bundles: number,
  workers: number | undefined,
): { readonly threads: number; readonly make: Effect.Effect<RunShard, never, Disk | Scope> } => {
  const threads =
    workers ?? (bundles < bundlesForWorkers ? 0 : Math.min(availableParallelism(), workersMax))
  return threads === 0
    ? { threads: 1, make: inThisThread(directory) }
    : { threads, make: inThreads(directory, threads) }
}

/** What the entries are held against. */
interface Signed {
  readonly checkpoint: Checkpoint
  readonly rotations: ReadonlyArray<Rotation>
  readonly roots: ReadonlyArray<ExpectedRoot>
}

/** Everything below the checkpoint: bundles, tiles, root. */
const recompute = (
  directory: string,
  { checkpoint, roots, rotations }: Signed,
  options: VerifyOptions,
): Effect.Effect<Progress, DiskError, Disk> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { root, size } = checkpoint
      const progress = new Progress()
      const { make, threads } = runnerOf(directory, Math.ceil(size / tileWidth), options.workers)
      const run = yield* make
      yield* planShards(directory, size).pipe(
        Stream.mapEffect(run, { concurrency: threads }),
        Stream.takeUntil(({ isCut }) => isCut),
        Stream.runForEach((report) =>
          Effect.sync(() => {
            progress.add(report)
            options.progress?.({ entries: progress.entries, size, bytes: progress.bytes })
          }),
        ),
      )
      // A tree with a hole has no root, and what is missing is said already.
      if (progress.isCut) return progress
      const isRootAlone = rotations.length === 0 && roots.length === 0
      const bundleRoots = Buffer.concat(isRootAlone ? [] : progress.roots)
      const computed = yield* compareUpperTiles(directory, size, progress)
      settle(progress, Buffer.compare(computed, root) === 0)
      // Where entries are known to be wrong, what they give at a rotation is no news.
      if (progress.findings.length > 0) return progress
      const compared = [
        ...(yield* compareRotations(directory, rotations, bundleRoots, size)),
        ...(yield* compareRoots(directory, roots, bundleRoots, size)),
      ]
      progress.findings.push(...compared.slice(0, findingsMax))
      return progress
    }),
  )

/** Compares the tiles above the leaves, and gives the root. */
const compareUpperTiles = Effect.fnUntraced(function* (
  directory: string,
  size: number,
  progress: Progress,
) {
  const disk = yield* Disk
  const read = readFileOf(disk, directory)
  const hasher = new RootHasher()
  // The last bundle's root stands for an incomplete subtree unless the bundle is full.
  let hashes = Buffer.concat(progress.roots)
  progress.roots.length = 0
  let rest: Buffer | undefined
  for (let level = 1; ; level += 1) {
    const count = hashesAtLevel(size, level)
    if (hashes.length > count * hashBytes) {
      rest = Buffer.from(hashes.subarray(count * hashBytes))
      hashes = hashes.subarray(0, count * hashBytes)
    }
    if (count === 0) return rest ?? emptyRoot
    const comparison = new TileComparison(read, [...progress.findings])
    const above: Array<Buffer> = []
    for (let index = 0; index * tileWidth < count; index += 1) {
      const width = Math.min(tileWidth, count - index * tileWidth)
      const begin = index * tileWidth * hashBytes
      const expected = hashes.subarray(begin, begin + width * hashBytes)
      const entriesEach = tileWidth ** level
      const extras = yield* listPartials(directory, level, index, width)
      yield* tryReading(() => {
        comparison.tile({ level, index, width }, expected, entriesEach)
        for (const extra of extras) {
          const part = expected.subarray(0, extra.width * hashBytes)
          comparison.extra(extra, part, index * tileWidth * entriesEach)
        }
      })
      above.push(rootOf(hasher, expected, width === tileWidth ? undefined : rest))
    }
    const isLast = count % tileWidth !== 0
    if (!isLast && rest !== undefined) above.push(rest)
    rest = undefined
    progress.compared(comparison)
    hashes = Buffer.concat(above)
  }
})

/** The root over neighbouring hashes, and over an incomplete subtree to the right of them. */
const rootOf = (hasher: RootHasher, hashes: Buffer, rest: Buffer | undefined): Buffer => {
  hasher.hashes.set(hashes)
  if (rest !== undefined) hasher.hashes.set(rest, hashes.length)
  hasher.reduce((hashes.length + (rest?.length ?? 0)) / hashBytes)
  return Buffer.from(hasher.hashes.subarray(0, hashBytes))
}

/**
 * With the root known, says who was wrong where entries and hashes disagree. If the entries
 * give the signed root, they are the signed ones and the file of hashes is what was changed.
 */
const settle = (progress: Progress, isRootRight: boolean): void => {
  if (isRootRight) {
    for (const [index, finding] of progress.findings.entries()) {
      if (finding.kind !== "entry") continue
      const detail = `${finding.detail}; the entries give the signed root, so this file was changed`
      progress.findings[index] = { ...finding, kind: "tile", detail }
    }
    return
  }
  if (progress.findings.some(({ kind }) => kind === "entry" || kind === "tile")) return
  progress.findings.push(
    atCheckpoint(
      "root",
      "entries and tiles agree with each other, but not with the root in the checkpoint",
    ),
  )
}
