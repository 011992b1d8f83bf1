/**
 * What a verification has found.
 *
 * @since 0.1.0
 */

/**
 * What is wrong with a trail.
 *
 * - `checkpoint`: the checkpoint is no checkpoint, or speaks of another trail.
 * - `signature`: the trail's key has not signed it, or signed something else.
 * - `bundle`: entries are missing, or their file is no bundle.
 * - `entry`: an entry is not the one that was signed.
 * - `tile`: the entries are right, but a file of hashes is missing or wrong.
 * - `copy`: a second form of a file (older and partial, or compressed) says something else.
 * - `root`: everything agrees with everything, but not with the signed root.
 * - `log`: the write-ahead log contradicts the signed entries.
 * - `witness`: witnesses have seen another history, or more of it.
 * - `key`: a key signed where it had no right to, or a change of keys does not hold.
 * - `timestamp`: a timestamp is not genuine, or over another trail than this.
 *
 * @category models
 * @since 0.1.0
 */
export type FindingKind =
  | "checkpoint"
  | "signature"
  | "bundle"
  | "entry"
  | "tile"
  | "copy"
  | "root"
  | "log"
  | "key"
  | "witness"
  | "timestamp"

/**
 * One thing that is wrong, and where.
 *
 * @category models
 * @since 0.1.0
 */
export interface Finding {
  readonly kind: FindingKind
  /** The first sequence number that is concerned, where one is. */
  readonly index?: number
  /** The file, from the trail's directory. */
  readonly path: string
  readonly detail: string
}

/**
 * What was looked at, whatever the verdict.
 *
 * @category models
 * @since 0.1.0
 */
export interface VerifyFacts {
  readonly directory: string
  readonly origin?: string
  /** Entries that the checkpoint speaks of. */
  readonly size?: number
  /** The checkpoint's root hash, in base64. */
  readonly root?: string
  /** Entries, bundles and hash tiles that were read, and the bytes of all their files. */
  readonly entries: number
  readonly bundles: number
  readonly tiles: number
  readonly bytes: number
  /** Older partial files that a crash has cut. They are no evidence, and right as far as they go. */
  readonly cutLeftovers: number
  /** Changes of the key that were verified, where it came to that. */
  readonly rotations?: number
  /** What a reader might believe was checked and was not, one sentence each. */
  readonly notChecked: ReadonlyArray<string>
}

/**
 * The outcome of a verification.
 *
 * - `verified`: every entry is the one that was signed, and nothing is missing.
 * - `tampered`: at least one thing is not as it was signed; `firstBad` is the first in the
 *   order of the entries, `findings` are at most 100.
 * - `incomplete`: there is nothing to compare with.
 * - `unverifiable`: all agrees with itself, but no key says who made it.
 *
 * @category models
 * @since 0.1.0
 */
export type VerifyReport =
  | (VerifyFacts & { readonly verdict: "verified" })
  | (VerifyFacts & {
      readonly verdict: "tampered"
      readonly firstBad: Finding
      readonly findings: ReadonlyArray<Finding>
    })
  | (VerifyFacts & { readonly verdict: "incomplete"; readonly reason: string })
  | (VerifyFacts & { readonly verdict: "unverifiable"; readonly reason: string })

/**
 * How far a verification has got.
 *
 * @category models
 * @since 0.1.0
 */
export interface VerifyProgress {
  readonly entries: number
  readonly size: number
  readonly bytes: number
}
