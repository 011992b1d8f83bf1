/**
 * A verification that runs beside the writer, and is itself recorded.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { checkLog } from "../trail/LogVerifier.ts"
import { verify } from "../trail/Verifier.ts"
import type { VerifyReport } from "../trail/VerifyReport.ts"
import type { AuditUnavailable } from "./AuditError.ts"
import type { AuditEngine } from "./AuditEngine.ts"
import * as SystemRecord from "./SystemRecord.ts"

const detailOf = (report: VerifyReport): string => {
  switch (report.verdict) {
    case "verified":
      return ""
    case "tampered": {
      const { detail, index, kind, path } = report.firstBad
      return `${kind}${index === undefined ? "" : ` at entry ${index}`} in ${path}: ${detail}`
    }
    case "incomplete":
    case "unverifiable":
      return report.reason
  }
}

/**
 * Verifies what the engine has published, its log included, and records the result.
 *
 * @category running
 * @since 0.1.0
 */
export const verifySelf = (
  engine: AuditEngine,
  disk: Disk["Service"],
): Effect.Effect<VerifyReport, DiskError | AuditUnavailable> =>
  Effect.gen(function* () {
    const { directory } = engine.options
    const verifierKey = engine.trail.keys.key
    const report = yield* verify(directory, { verifierKey, log: checkLog(directory) })
    yield* engine.recordSystem(
      SystemRecord.verified({
        verdict: report.verdict,
        size: report.size ?? 0,
        detail: detailOf(report),
      }),
    )
    const atMillis = yield* Clock.currentTimeMillis
    engine.verification = { verdict: report.verdict, atMillis }
    return report
  }).pipe(Effect.provideService(Disk, disk))
