/**
 * A verification that tells a viewer how far it has got.
 *
 * @since 0.1.0
 */
import type { Disk } from "@countersign/core/platform/Disk"
import { checkLog } from "@countersign/core/trail/LogVerifier"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import { verify, type VerifyOptions } from "@countersign/core/trail/Verifier"
import type { Finding, VerifyReport } from "@countersign/core/trail/VerifyReport"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import type { VerifyStep } from "../protocol/MonitorProtocol.ts"

/** A viewer that is slower misses steps, never the verdict, which comes last. */
const stepsMax = 16

const detailOf = (report: VerifyReport): string => {
  switch (report.verdict) {
    case "verified":
      return ""
    case "tampered":
      return `${report.firstBad.path}: ${report.firstBad.detail}`
    case "incomplete":
    case "unverifiable":
      return report.reason
  }
}

const findingRow = ({ detail, index, kind, path }: Finding) => ({
  kind,
  index: index ?? null,
  path,
  detail,
})

const verdictOf = (report: VerifyReport): VerifyStep => ({
  _tag: "Verdict",
  verdict: report.verdict,
  detail: detailOf(report),
  entries: report.entries,
  size: report.size ?? null,
  root: report.root ?? null,
  bytes: report.bytes,
  rotations: report.rotations ?? 0,
  findings: report.verdict === "tampered" ? report.findings.map(findingRow) : [],
  notChecked: report.notChecked,
})

/**
 * Verifies a trail and its log.
 *
 * @param verifierKey the key to trust; without one, the key that lies beside the trail
 * @category running
 * @since 0.1.0
 */
export const verifying = (
  directory: string,
  verifierKey: string | undefined,
  options: Pick<VerifyOptions, "workers">,
): Stream.Stream<VerifyStep, MonitorRefused, Disk> =>
  Stream.callback<VerifyStep, MonitorRefused, Disk>(
    (steps) => {
      const parsed =
        verifierKey === undefined ? undefined : SignedNote.parseVerifierKey(verifierKey)
      const key = parsed !== undefined && Result.isSuccess(parsed) ? parsed.success : undefined
      return verify(directory, {
        ...options,
        ...(key === undefined ? {} : { verifierKey: key }),
        log: checkLog(directory),
        progress: (progress) => void Queue.offerUnsafe(steps, { _tag: "Progress", ...progress }),
      }).pipe(
        Effect.mapError(
          (error) => new MonitorRefused({ reason: "unreadable", detail: error.message }),
        ),
        Effect.flatMap((report) => Queue.offer(steps, verdictOf(report))),
        Effect.andThen(Queue.end(steps)),
      )
    },
    { bufferSize: stepsMax, strategy: "sliding" },
  )
