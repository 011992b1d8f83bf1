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

const judge = (
  report: VerifyReport,
  { findings, proven, unvouched }: CheckedTimestamps,
): VerifyReport => {
  const earlier: ReadonlyArray<Finding> = report.verdict === "tampered" ? report.findings : []
  const [first, ...others] = [...earlier, ...findings]
  if (first !== undefined) {
    return { ...report, verdict: "tampered", firstBad: first, findings: [first, ...others] }
  }
  if (report.verdict !== "verified" || proven.length > 0) return report
  const reason =
    unvouched.length === 0
      ? "the trail has no timestamp, so nothing says since when its entries have existed"
      : `the trusted certificates vouch for none of its ${unvouched.length} timestamps`
  return { ...report, verdict: "unverifiable", reason }
}

/**
 * Verifies a trail, and its timestamps against it. A timestamp that contradicts the trail makes
 * it `tampered`; without any that holds it is `unverifiable`.
 *
 * @param anchors certificates that vouch for timestamp authorities
 * @param options what the trail is verified with
 * @param verification what verifies the trail; it runs after the timestamps were listed
 * @category running
 * @since 0.1.0
 */
export const verifyTimestamped = <A extends { readonly report: VerifyReport }, E, R>(
  directory: string,
  anchors: TrustAnchors,
  options: VerifyOptions,
  verification: Effect.Effect<A, E, R>,
): Effect.Effect<A & TimestampedReport, E | DiskError | TimestampsUnsupported, R | Disk> =>
  Effect.gen(function* () {
    const sizes = yield* TimestampFiles.list(directory)
    const verified = yield* verification
    const { origin, size } = verified.report
    if (origin === undefined || size === undefined) {
      return { ...verified, proven: [], unvouched: [] }
    }
    const checked = yield* checkTimestamps({
      directory,
      origin,
      size,
      anchors,
      sizes,
      keys: yield* keysOf(directory, options),
      nowMillis: yield* Clock.currentTimeMillis,
    })
    const { proven, unvouched } = checked
    return { ...verified, report: judge(verified.report, checked), proven, unvouched }
  })
