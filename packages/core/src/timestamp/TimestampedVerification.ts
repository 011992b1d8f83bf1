/**
 * A verification that also says since when the entries have existed.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { type KeyRange, rangesOf } from "../trail/KeyChain.ts"
import { readRotations } from "../trail/RotationFiles.ts"
import type { VerifyOptions } from "../trail/Verifier.ts"
import { readPin } from "../trail/VerifierPin.ts"
import type { Finding, VerifyReport } from "../trail/VerifyReport.ts"
import type { TimestampsUnsupported } from "./TimestampError.ts"
import * as TimestampFiles from "./TimestampFiles.ts"
import type { TrustAnchors } from "./TimestampToken.ts"
import { type CheckedTimestamps, checkTimestamps } from "./TimestampVerifier.ts"

/**
 * A report with what the timestamps prove.
 *
 * @category models
 * @since 0.1.0
 */
export interface TimestampedReport extends Omit<CheckedTimestamps, "findings"> {
  readonly report: VerifyReport
}

/** Whose signature the notes under the timestamps must have. */
const keysOf = Effect.fnUntraced(function* (directory: string, options: VerifyOptions) {
  const { rotations } = yield* readRotations(directory)
  if (rotations.length > 0) return rangesOf(rotations)
  const { pin } = yield* readPin(directory, options)
  const only: ReadonlyArray<KeyRange> =
    pin?._tag === "Key"
      ? [{ key: pin.key, from: 0, to: undefined }]
      : (pin?.trust.keys ?? []).map(({ from, key, to }) => ({ key, from, to }))
  return only
})

/** Why the timestamps prove nothing; `undefined`: they prove something. */
const reasonOf = (
  own: CheckedTimestamps,
  copies: CheckedTimestamps | undefined,
  stamps: string | undefined,
): string | undefined => {
  if (copies !== undefined) {
    if (copies.proven.length > 0) return undefined
    return copies.unvouched.length === 0
      ? `there is no timestamp in ${stamps}, so nothing says what the trail has held`
      : `the trusted certificates vouch for none of the ${copies.unvouched.length} timestamps in ${stamps}`
  }
  if (own.proven.length > 0) return undefined
  return own.unvouched.length === 0
    ? `the trail has no timestamp, so nothing says since when its entries have existed`
    : `the trusted certificates vouch for none of its ${own.unvouched.length} timestamps`
}

const notCheckedOf = (uncheckedCount: number, hasCopies: boolean): ReadonlyArray<string> => [
  ...(uncheckedCount === 0 ? [] : [`the ${uncheckedCount} oldest timestamps; newer ones were`]),
  ...(hasCopies
    ? []
    : [
        "whether the trail was put back together with its timestamps, or they were deleted and asked for again: copies kept elsewhere tell (--stamps)",
      ]),
]

const judge = (
  given: VerifyReport,
  findings: ReadonlyArray<Finding>,
  notChecked: ReadonlyArray<string>,
  reason: string | undefined,
): VerifyReport => {
  const report = { ...given, notChecked: [...given.notChecked, ...notChecked] }
  const earlier: ReadonlyArray<Finding> = report.verdict === "tampered" ? report.findings : []
  const [first, ...others] = [...earlier, ...findings]
  if (first !== undefined) {
    return { ...report, verdict: "tampered", firstBad: first, findings: [first, ...others] }
  }
  return report.verdict !== "verified" || reason === undefined
    ? report
    : { ...report, verdict: "unverifiable", reason }
}

/**
 * Verifies a trail, and its timestamps against it. A timestamp that contradicts the trail makes
 * it `tampered`; without any that holds it is `unverifiable`.
 *
 * Timestamps in the trail go back with it when it is put back, and who writes it anew can delete
 * them. Copies that he can't reach find both.
 *
 * @param anchors certificates that vouch for timestamp authorities
 * @param options what the trail is verified with
 * @param verification what verifies the trail; it runs after the timestamps were listed
 * @param stamps a directory with copies of the trail's timestamps; one of them must hold, and none
 * contradict the trail
 * @category running
 * @since 0.1.0
 */
export const verifyTimestamped = <A extends { readonly report: VerifyReport }, E, R>(
  directory: string,
  anchors: TrustAnchors,
  options: VerifyOptions,
  verification: Effect.Effect<A, E, R>,
  stamps?: string,
): Effect.Effect<A & TimestampedReport, E | DiskError | TimestampsUnsupported, R | Disk> =>
  Effect.gen(function* () {
    const sizes = yield* TimestampFiles.list(directory)
    const copied = stamps === undefined ? [] : yield* TimestampFiles.listIn(stamps)
    const verified = yield* verification
    const { origin, size } = verified.report
    if (origin === undefined || size === undefined) {
      return { ...verified, proven: [], unvouched: [], uncheckedCount: 0 }
    }
    const nowMillis = yield* Clock.currentTimeMillis
    const keys = yield* keysOf(directory, options)
    const asked = { directory, origin, size, anchors, keys, nowMillis }
    const own = yield* checkTimestamps({ ...asked, sizes })
    const copies =
      stamps === undefined
        ? undefined
        : yield* checkTimestamps({ ...asked, sizes: copied, place: stamps })
    const uncheckedCount = own.uncheckedCount + (copies?.uncheckedCount ?? 0)
    const report = judge(
      verified.report,
      [...own.findings, ...(copies?.findings ?? [])],
      notCheckedOf(uncheckedCount, copies !== undefined),
      reasonOf(own, copies, stamps),
    )
    const proven = [...own.proven, ...(copies?.proven ?? [])]
    return {
      ...verified,
      report,
      proven: proven.toSorted((left, right) => left.size - right.size),
      unvouched: [...own.unvouched, ...(copies?.unvouched ?? [])],
      uncheckedCount,
    }
  })
