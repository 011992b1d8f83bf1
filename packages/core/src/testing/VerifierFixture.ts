/**
 * The verifier, as its tests use it.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { verify, type VerifyOptions } from "../trail/Verifier.ts"
import type { VerifyReport } from "../trail/VerifyReport.ts"
import { verifierKeyText } from "./TrailFixture.ts"

/**
 * The key that the fixtures' trails are signed with.
 *
 * @category constants
 * @since 0.1.0
 */
export const verifierKey = Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText()))

/**
 * Verifies a trail on the machine's own disk, with {@link verifierKey} pinned.
 *
 * @category running
 * @since 0.1.0
 */
export const check = (directory: string, options: VerifyOptions = { verifierKey }) =>
  Effect.provide(verify(directory, options), NodeDisk.layer)

/**
 * A file of a trail.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (directory: string, name: string): Buffer =>
  fs.readFileSync(path.join(directory, name))

/**
 * The first finding of a trail that was tampered with; throws where it was not.
 *
 * @param why what was done to it
 * @category models
 * @since 0.1.0
 */
export const firstBad = (report: VerifyReport, why = "") => {
  if (report.verdict === "tampered") return report.firstBad
  throw new Error(`${report.verdict}, expected tampered ${why}`)
}
