/**
 * Holds the rotations of a trail against its entries.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import { chainFindings, pathOf } from "./KeyChain.ts"
import { hashBytes, leafHash, rootOfFrontier, TreeHead } from "./MerkleTree.ts"
import { RootHasher } from "./RootHasher.ts"
import { keyRotatedType, type Rotation, rotationsDirectory } from "./Rotation.ts"
import { readRotations } from "./RotationFiles.ts"
import { formatVerifierKey, type VerifierKey } from "./SignedNote.ts"
import { tileWidth, widthOf } from "./Tile.ts"
import { checkpointName, readBundle } from "./TrailReader.ts"
import type { ExpectedRoot } from "./TrustRoots.ts"
import { findingsMax } from "./VerifierShard.ts"
import type { Finding } from "./VerifyReport.ts"

/**
 * The rotations of a trail, as far as they can be judged by themselves.
 *
 * @category models
 * @since 0.1.0
 */
export interface Successions {
  /** Those that a checkpoint reaches. */
  readonly rotations: ReadonlyArray<Rotation>
  /** Those that it does not: of a writer that was stopped, or of a trail that was put back. */
  readonly beyond: ReadonlyArray<Rotation>
  readonly findings: ReadonlyArray<Finding>
}

/**
 * Reads the rotations and checks signatures and order.
 *
 * @category running
 * @since 0.1.0
 */
export const readSuccessions = (
  directory: string,
  { origin, size }: Checkpoint,
): Effect.Effect<Successions, DiskError, Disk> =>
  Effect.map(readRotations(directory), ({ malformed, rotations }) => {
    const reached = rotations.filter(({ checkpoint }) => checkpoint.size <= size)
    const unreadable = malformed.filter((note) => note.size <= size)
    return {
      rotations: reached,
      beyond: rotations.filter(({ checkpoint }) => checkpoint.size > size),
      findings: [
        ...unreadable.slice(0, findingsMax).map((note): Finding => ({
          kind: "key",
          path: note.size === 0 ? rotationsDirectory : `${rotationsDirectory}/${note.size}`,
          detail: note.error.message,
        })),
        ...chainFindings(origin, reached),
      ],
    }
  })

/** The roots of growing parts of one tree. */
class PartRoots {
  private readonly head = new TreeHead()
  private readonly bundleRoots: Buffer

  /** @param bundleRoots the root over each bundle's entries */
  constructor(bundleRoots: Buffer) {
    this.bundleRoots = bundleRoots
  }

  /** @param entries those of the bundle in which the part ends; asked for ascending parts */
  rootOf(size: number, entries: ReadonlyArray<Uint8Array>): Uint8Array {
    const bundles = Math.floor(size / tileWidth)
    // A full bundle's root is a leaf of the tree above it: RFC 6962 splits there too.
    while (this.head.size < bundles) {
      this.head.append(this.bundleRoots, this.head.size * hashBytes)
    }
    const rest = size % tileWidth
    const { frontier } = this.head
    return rootOfFrontier(
      rest === 0 ? frontier : [...frontier, rootOfEntries(entries.slice(0, rest))],
    )
  }

  /** Whether a bundle that is read again is the one that was verified. */
  isVerified(index: number, entries: ReadonlyArray<Uint8Array>): boolean {
    const from = index * hashBytes
    return rootOfEntries(entries).equals(this.bundleRoots.subarray(from, from + hashBytes))
  }
}

const rootOfEntries = (entries: ReadonlyArray<Uint8Array>): Buffer => {
  const hasher = new RootHasher()
  for (const [slot, entry] of entries.entries())
    hasher.hashes.set(leafHash(entry), slot * hashBytes)
  hasher.reduce(entries.length)
  return Buffer.from(hasher.hashes.subarray(0, hashBytes))
}

const textOf = ({ name, publicKey }: VerifierKey): string => formatVerifierKey(name, publicKey)

/** Whether an entry announces a rotation. */
const announces = (entry: Uint8Array | undefined, { after, before, number }: Rotation): boolean => {
  if (entry === undefined) return false
  const parsed = Result.try((): unknown => JSON.parse(Buffer.from(entry).toString("utf8")))
  if (Result.isFailure(parsed)) return false
  const event = parsed.success
  if (typeof event !== "object" || event === null || !("type" in event) || !("data" in event)) {
    return false
  }
  const { data, type } = event
  return (
    type === keyRotatedType &&
    typeof data === "object" &&
    data !== null &&
    "number" in data &&
    "before" in data &&
    "after" in data &&
    data.number === number &&
    data.before === textOf(before) &&
    data.after === textOf(after)
  )
}

/** Gives the entries of the bundle that an entry is in; none where it is not the verified one. */
const bundlesAround = (directory: string, roots: PartRoots, size: number) =>
  Effect.fnUntraced(function* (sequence: number) {
    const index = Math.floor(sequence / tileWidth)
    const width = widthOf(size, "entries", index)
    if (width === 0) return []
    const entries = yield* readBundle(directory, index, width).pipe(
      // It was there a moment ago: whoever takes it away now is found out by the next run.
      Effect.catchTag("TrailDamaged", () => Effect.succeed([])),
    )
    return roots.isVerified(index, entries) ? entries : []
  })

/**
 * Compares the roots that were given with those that the entries give.
 *
 * @param expected ascending by size, none beyond the tree's
 * @param bundleRoots the root over each bundle's entries, verified against the checkpoint
 * @param size entries in the tree
 * @category running
 * @since 0.1.0
 */
export const compareRoots = Effect.fnUntraced(function* (
  directory: string,
  expected: ReadonlyArray<ExpectedRoot>,
  bundleRoots: Buffer,
  size: number,
) {
  const roots = new PartRoots(bundleRoots)
  const bundleAround = bundlesAround(directory, roots, size)
  const findings: Array<Finding> = []
  for (const { detail, root, size: at } of expected) {
    const computed = roots.rootOf(at, yield* bundleAround(at))
    if (Buffer.compare(computed, root) === 0) continue
    findings.push({ kind: "key", path: checkpointName, detail })
  }
  return findings
})

/**
 * Compares what both keys signed at each rotation with the entries, and the entries that
 * announce rotations with those.
 *
 * @param bundleRoots the root over each bundle's entries, verified against the checkpoint
 * @param size entries in the tree
 * @category running
 * @since 0.1.0
 */
export const compareRotations = Effect.fnUntraced(function* (
  directory: string,
  rotations: ReadonlyArray<Rotation>,
  bundleRoots: Buffer,
  size: number,
) {
  const roots = new PartRoots(bundleRoots)
  const findings: Array<Finding> = []
  const bundleAround = bundlesAround(directory, roots, size)
  for (const rotation of rotations) {
    if (findings.length >= findingsMax) break
    const { checkpoint, number, sequence } = rotation
    const path = pathOf(rotation)
    const root = roots.rootOf(checkpoint.size, yield* bundleAround(checkpoint.size))
    if (Buffer.compare(root, checkpoint.root) !== 0) {
      const detail = `both keys signed other entries before entry ${checkpoint.size}: what is here was written anew after the rotation`
      findings.push({ kind: "key", path, detail })
      continue
    }
    const bundle = yield* bundleAround(sequence)
    if (announces(bundle[sequence % tileWidth], rotation)) continue
    const detail = `the entry does not announce rotation number ${number} with the keys of this note`
    findings.push({ kind: "key", index: sequence, path, detail })
  }
  return findings
})
