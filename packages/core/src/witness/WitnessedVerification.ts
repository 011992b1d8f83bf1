/**
 * Verifies a trail against a policy: what witnesses have cosigned, and what they say now.
 *
 * Without asking, this catches a trail that was forged, forked or shortened by somebody with the
 * log's key but without the witnesses'. A whole directory put back to an earlier day, with the
 * checkpoint that was cosigned on that day, is right in itself: only who saw more can tell.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { SignedCheckpoint } from "../trail/Checkpoint.ts"
import { rangesOf } from "../trail/KeyChain.ts"
import { isSameKey } from "../trail/Rotation.ts"
import { readRotations } from "../trail/RotationFiles.ts"
import { verify as verifySignature, type VerifierKey } from "../trail/SignedNote.ts"
import { checkpointName, readCheckpoint } from "../trail/TrailReader.ts"
import { rollbackUnchecked, verify, type VerifyOptions } from "../trail/Verifier.ts"
import type { Finding, VerifyReport } from "../trail/VerifyReport.ts"
import { cosignedName, readCosigned } from "./CosignedCheckpoint.ts"
import {
  type AskError,
  type AskOptions,
  askWitnesses,
  consistencyFrom,
  type WitnessRound,
  type WitnessSaid,
} from "./WitnessClient.ts"
import { isQuorum, judge, targetsOf, type Witnessed, type WitnessPolicy } from "./WitnessPolicy.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessedOptions extends VerifyOptions {
  readonly policy: WitnessPolicy
  /** Asks the witnesses too. They are shown the newest checkpoint, and may cosign it. */
  readonly ask?: AskOptions
}

/**
 * What a witness has said when it was asked: `agrees`, has seen more (`rollback`), has seen
 * another history (`fork`), or nothing that counts (`silent`).
 *
 * @category models
 * @since 0.1.0
 */
export interface WitnessWord {
  readonly name: string
  readonly says: "agrees" | "rollback" | "fork" | "silent"
  readonly detail: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessFacts extends Witnessed {
  /** Entries under the cosigned checkpoint. */
  readonly cosignedSize?: number
  /** Entries that only the log's own key vouches for. */
  readonly beyond?: number
  readonly asked?: ReadonlyArray<WitnessWord>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessedReport {
  readonly report: VerifyReport
  readonly witnesses: WitnessFacts
}

interface Candidate extends Witnessed {
  readonly file: string
  readonly signed: SignedCheckpoint
}

/** The checkpoints that may be cosigned, or why one is none; the cosigned one is read first. */
const readCandidates = Effect.fnUntraced(function* (directory: string, policy: WitnessPolicy) {
  const now = yield* Clock.currentTimeMillis
  const candidates: Array<Candidate> = []
  const problems: Array<string> = []
  for (const [file, read] of [
    [cosignedName, readCosigned],
    [checkpointName, readCheckpoint],
  ] as const) {
    const found = yield* Effect.result(read(directory))
    if (Result.isFailure(found)) {
      if (found.failure._tag === "DiskError") return yield* found.failure
      problems.push(`${file}: ${found.failure.message}`)
    } else if (found.success !== undefined) {
      const signed = found.success
      candidates.push({ file, signed, ...judge(policy, signed.note, now / 1000) })
    }
  }
  return { candidates, problems }
})

const bestOf = (candidates: ReadonlyArray<Candidate>): Candidate | undefined =>
  candidates
    .filter(({ isMet }) => isMet)
    .toSorted((left, right) => right.signed.checkpoint.size - left.signed.checkpoint.size)[0]

const reasonOf = (
  candidates: ReadonlyArray<Candidate>,
  problems: ReadonlyArray<string>,
): string => {
  const why = candidates.map(({ file, missing }) => `${file}: ${missing.join(", ")}`)
  const all = [...problems, ...why]
  return `the witnesses' quorum is not met: ${all.length === 0 ? "there is no checkpoint" : all.join("; ")}`
}

const unverifiable = (report: VerifyReport, reason: string): VerifyReport =>
  report.verdict === "verified" ? { ...report, verdict: "unverifiable", reason } : report

const tampered = (report: VerifyReport, findings: ReadonlyArray<Finding>): VerifyReport => {
  const [firstBad] = findings
  return firstBad === undefined ? report : { ...report, verdict: "tampered", firstBad, findings }
}

const finding = (path: string, detail: string): Finding => ({ kind: "witness", path, detail })

/** Is the cosigned tree the beginning of the one that was verified? */
const continues = Effect.fnUntraced(function* (
  directory: string,
  report: VerifyReport,
  { file, signed }: Candidate,
) {
  const { origin, root, size } = signed.checkpoint
  const newest = checkpointOf(report)
  if (origin !== newest.origin) {
    return finding(file, `it is cosigned as the trail ${origin}, expected ${newest.origin}`)
  }
  if (size > newest.size) {
    return finding(
      file,
      `witnesses have cosigned ${size} entries, and the checkpoint has only ${newest.size}: the trail was rolled back`,
    )
  }
  const found = yield* rootAtSize(directory, newest, size)
  if (found !== undefined && Buffer.compare(found, root) === 0) return undefined
  return finding(
    file,
    `the first ${size} entries are not those that witnesses have cosigned: the trail was forked`,
  )
})

const checkpointOf = ({ origin = "", root = "", size = 0 }: VerifyReport) => ({
  origin,
  root: Buffer.from(root, "base64"),
  size,
  extensions: [],
})

/** The root over the first entries, or `undefined` where the tiles give none that fits. */
const rootAtSize = (
  directory: string,
  checkpoint: Parameters<typeof consistencyFrom>[1],
  size: number,
): Effect.Effect<Uint8Array | undefined, DiskError, Disk> =>
  consistencyFrom(directory, checkpoint, size).pipe(
    Effect.map(({ oldRoot }) => oldRoot),
    Effect.catchTag("TrailDamaged", () => Effect.succeed(undefined)),
  )

const wordOf = (answer: WitnessSaid): WitnessWord => {
  const { name } = answer
  if (!("error" in answer)) {
    const time = new Date(answer.timeSeconds * 1000).toISOString()
    return { name, says: "agrees", detail: `cosigned the newest checkpoint at ${time}` }
  }
  return { name, says: saysOf(answer.error), detail: answer.error.message }
}

const saysOf = (error: AskError): WitnessWord["says"] =>
  error._tag === "HistoryContradicted" ? error.kind : "silent"

/** What the witnesses say of the trail as it is now, which may have grown meanwhile. */
const asking = Effect.fnUntraced(function* (
  directory: string,
  report: VerifyReport,
  policy: WitnessPolicy,
  ask: AskOptions,
  startSize: number,
) {
  const verified = checkpointOf(report)
  const round = yield* askWitnesses(directory, targetsOf(policy), ask, startSize).pipe(
    Effect.catchTag(["NoteMalformed", "CheckpointMalformed"], () => Effect.succeed(undefined)),
  )
  const isReplaced = round === undefined || !(yield* hasGrown(directory, round, verified))
  const unasked = policy.witnesses
    .filter(({ url }) => url === undefined)
    .map(({ name }): WitnessWord => ({ name, says: "silent", detail: noUrl }))
  const asked = [...(round?.answers ?? []).map(wordOf), ...unasked]
  return { asked, isReplaced }
})

const isAgainst = ({ says }: WitnessWord): boolean => says === "rollback" || says === "fork"

const noUrl = "the policy gives no URL to ask it at"

/** What the answers make of a report that was good so far. */
const heard = (
  report: VerifyReport,
  policy: WitnessPolicy,
  { asked, isReplaced }: Effect.Success<ReturnType<typeof asking>>,
): VerifyReport => {
  if (isReplaced) {
    return tampered(report, [finding(checkpointName, "it was replaced while it was verified")])
  }
  const against = asked.filter(isAgainst)
  const namesOf = (words: ReadonlyArray<WitnessWord>) => new Set(words.map(({ name }) => name))
  // Nobody signs a refusal: it takes as many as are believed when they agree.
  if (isQuorum(policy, namesOf(against))) {
    return tampered(
      report,
      against.map(({ detail, name }) => finding(`witness ${name}`, detail)),
    )
  }
  const sentences = (words: ReadonlyArray<WitnessWord>): string =>
    words.map(({ detail, name }) => `${name}: ${detail}`).join("; ")
  if (against.length > 0) {
    return unverifiable(
      report,
      `CONTRADICTED by a witness, but by too few for a quorum, and a refusal is not signed: ${sentences(against)}. Find out which of the two lies before you rely on this trail`,
    )
  }
  if (isQuorum(policy, namesOf(asked.filter(({ says }) => says === "agrees")))) return report
  const silent = asked.filter(({ says }) => says === "silent")
  return unverifiable(
    report,
    `too few witnesses say that this is all they have seen: ${sentences(silent)}`,
  )
}

const hasGrown = Effect.fnUntraced(function* (
  directory: string,
  { signed }: WitnessRound,
  verified: ReturnType<typeof checkpointOf>,
) {
  const { checkpoint } = signed
  if (checkpoint.origin !== verified.origin || checkpoint.size < verified.size) return false
  const root = yield* rootAtSize(directory, checkpoint, verified.size)
  return root !== undefined && Buffer.compare(root, verified.root) === 0
})

/** The key to verify with where the policy names the logs, or why there is none. */
const keyFrom = Effect.fnUntraced(function* (
  directory: string,
  { logs }: WitnessPolicy,
  { trust, verifierKey }: VerifyOptions,
  newest: SignedCheckpoint | undefined,
): Effect.fn.Return<{ readonly key?: VerifierKey; readonly problem?: string }, DiskError, Disk> {
  if (logs.length === 0) return {}
  if (trust !== undefined) {
    const isListed = trust.keys.some(({ key }) => logs.some((log) => isSameKey(log, key)))
    return isListed ? {} : { problem: "the policy names none of the keys in the trust file" }
  }
  if (verifierKey !== undefined) {
    const isListed = logs.some((log) => isSameKey(log, verifierKey))
    return isListed ? {} : { problem: "the policy does not name the key that was given" }
  }
  const own = logs.filter(({ name }) => name === newest?.checkpoint.origin)
  const key = yield* earliestOf(directory, own, newest)
  return key === undefined
    ? {
        problem: `the policy does not name the log ${newest?.checkpoint.origin ?? "of this directory"}`,
      }
    : { key }
})

/** Of several keys the one that says most: the earliest of the trail's, or else who signed it. */
const earliestOf = Effect.fnUntraced(function* (
  directory: string,
  keys: ReadonlyArray<VerifierKey>,
  newest: SignedCheckpoint | undefined,
) {
  if (keys.length < 2) return keys[0]
  const { rotations } = yield* readRotations(directory)
  for (const range of rangesOf(rotations)) {
    const key = keys.find((each) => isSameKey(each, range.key))
    if (key !== undefined) return key
  }
  const signer = keys.find(
    (key) => newest !== undefined && verifySignature(newest.note, key) === "valid",
  )
  return signer ?? keys[0]
})

const notCheckedOf = (
  report: VerifyReport,
  isAsked: boolean,
  cosignedSize: number,
): ReadonlyArray<string> => {
  const others = report.notChecked.filter((sentence) => sentence !== rollbackUnchecked)
  if (isAsked) return others
  const beyond = (report.size ?? 0) - cosignedSize
  return [
    "whether the whole trail, its cosigned checkpoint included, was put back to an earlier state: the witnesses know, and were not asked",
    ...(beyond > 0
      ? [`the last ${beyond} entries against witnesses: the log's own key alone vouches for them`]
      : []),
    ...others,
  ]
}

/**
 * Verifies a trail, and demands that a quorum of the policy's witnesses has cosigned it.
 *
 * It fails closed: too few cosignatures, one that is over anything but these bytes, a log that
 * the policy does not name, and where witnesses are asked, too few that agree, are not `verified`.
 *
 * - Errors: `DiskError` where something can't be read.
 *
 * @category running
 * @since 0.1.0
 */
export const verifyWitnessed = Effect.fnUntraced(function* (
  directory: string,
  { ask, policy, ...options }: WitnessedOptions,
): Effect.fn.Return<WitnessedReport, DiskError, Disk> {
  // Before the verification: a writer at work only adds to what was cosigned by now.
  const { candidates, problems } = yield* readCandidates(directory, policy)
  const { key, problem } = yield* keyFrom(directory, policy, options, candidates.at(-1)?.signed)
  const report = yield* verify(directory, {
    ...options,
    ...(key === undefined ? {} : { verifierKey: key }),
  })
  const best = bestOf(candidates)
  const { by, isMet, missing, timeSeconds } = best ??
    candidates[0] ?? { by: [], isMet: false, missing: [], timeSeconds: undefined }
  const judged: Witnessed = {
    by,
    isMet,
    missing,
    ...(timeSeconds === undefined ? {} : { timeSeconds }),
  }
  if (report.verdict !== "verified") return { report, witnesses: judged }
  if (problem !== undefined) return { report: unverifiable(report, problem), witnesses: judged }
  const wrong = best === undefined ? undefined : yield* continues(directory, report, best)
  if (wrong !== undefined) return { report: tampered(report, [wrong]), witnesses: judged }
  const cosignedSize = best?.signed.checkpoint.size ?? 0
  const said =
    ask === undefined ? undefined : yield* asking(directory, report, policy, ask, cosignedSize)
  const witnesses: WitnessFacts = {
    ...judged,
    ...(best === undefined ? {} : { cosignedSize, beyond: (report.size ?? 0) - cosignedSize }),
    ...(said === undefined ? {} : { asked: said.asked }),
  }
  const known = { ...report, notChecked: notCheckedOf(report, ask !== undefined, cosignedSize) }
  const asked = said === undefined ? known : heard(known, policy, said)
  // What witnesses say against a trail outweighs what they have not said.
  if (
    best === undefined &&
    (said === undefined || !(said.isReplaced || said.asked.some(isAgainst)))
  ) {
    return { report: unverifiable(known, reasonOf(candidates, problems)), witnesses }
  }
  return { report: asked, witnesses }
})
