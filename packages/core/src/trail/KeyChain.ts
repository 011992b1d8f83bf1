/**
 * The keys of a trail one after the other, each with the sizes that are its own.
 *
 * @since 0.1.0
 */
import type { Checkpoint, SignedCheckpoint } from "./Checkpoint.ts"
import * as Rotation from "./Rotation.ts"
import * as SignedNote from "./SignedNote.ts"
import type { TrustFile } from "./TrustFile.ts"
import { rootless } from "./TrustRoots.ts"
import { findingsMax } from "./VerifierShard.ts"
import type { Finding } from "./VerifyReport.ts"

/**
 * The sizes at which a key may sign, both included.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyRange {
  readonly key: SignedNote.VerifierKey
  readonly from: number
  /** `undefined`: the key is in force. */
  readonly to: number | undefined
  /** Over `to` entries. Shape: 32 bytes. */
  readonly root?: Uint8Array | undefined
}

/**
 * What verification starts from: a key of the trail, or a list of them.
 *
 * @category models
 * @since 0.1.0
 */
export type Pin =
  | { readonly _tag: "Key"; readonly key: SignedNote.VerifierKey }
  | { readonly _tag: "Trust"; readonly trust: TrustFile }

/**
 * What the keys make of a trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyJudgement {
  readonly findings: ReadonlyArray<Finding>
  /** Why nothing can be said about who signed, where nothing can. */
  readonly reason?: string
  readonly notChecked: ReadonlyArray<string>
  /** Signatures on the checkpoint by keys of the trail. */
  readonly own: number
}

/**
 * The file of a rotation, from the trail's directory.
 *
 * @category encoding
 * @since 0.1.0
 */
export const pathOf = ({ checkpoint }: Rotation.Rotation): string =>
  `${Rotation.rotationsDirectory}/${checkpoint.size}`

/**
 * What is wrong with rotations among each other.
 *
 * @param rotations in the order of their sizes
 * @category predicates
 * @since 0.1.0
 */
export const chainFindings = (
  origin: string,
  rotations: ReadonlyArray<Rotation.Rotation>,
): ReadonlyArray<Finding> => {
  const findings: Array<Finding> = []
  const gone = new Set<string>()
  let previous: Rotation.Rotation | undefined
  for (const rotation of rotations) {
    if (findings.length >= findingsMax) break
    const number = (previous?.number ?? 0) + 1
    const add = (detail: string): void => {
      findings.push({ kind: "key", path: pathOf(rotation), detail })
    }
    if (rotation.checkpoint.origin !== origin) {
      add(`it speaks of the trail ${rotation.checkpoint.origin}, expected ${origin}`)
    }
    if (rotation.number !== number) {
      add(`it is rotation number ${rotation.number}, and number ${number} is missing`)
    } else if (previous !== undefined && !Rotation.isSameKey(previous.after, rotation.before)) {
      add(
        `its key before is ${Rotation.nameOfKey(rotation.before)}, but ${Rotation.nameOfKey(previous.after)} was in force`,
      )
    }
    gone.add(Rotation.identityOf(rotation.before))
    if (gone.has(Rotation.identityOf(rotation.after))) {
      add(`${Rotation.nameOfKey(rotation.after)} comes back after its range has ended`)
    }
    const problem = Rotation.signatureProblem(rotation)
    if (problem !== undefined) add(problem)
    previous = rotation
  }
  return findings
}

/**
 * The ranges that rotations give; none where there are no rotations.
 *
 * @category constructors
 * @since 0.1.0
 */
export const rangesOf = (rotations: ReadonlyArray<Rotation.Rotation>): ReadonlyArray<KeyRange> => {
  const [first] = rotations
  if (first === undefined) return []
  return [
    { key: first.before, from: 0, to: first.checkpoint.size, root: first.checkpoint.root },
    ...rotations.map(({ after, checkpoint }, index) => ({
      key: after,
      from: checkpoint.size,
      to: rotations[index + 1]?.checkpoint.size,
      root: rotations[index + 1]?.checkpoint.root,
    })),
  ]
}

const atCheckpoint = (kind: Finding["kind"], detail: string): Finding => ({
  kind,
  path: "checkpoint",
  detail,
})

const rangeText = ({ from, to }: KeyRange): string =>
  to === undefined ? `from size ${from} on` : `from size ${from} to ${to}`

/** The checkpoint must be signed by the key in whose range it lies. */
const ownerFinding = (
  { checkpoint, note }: SignedCheckpoint,
  ranges: ReadonlyArray<KeyRange>,
): Finding | undefined => {
  const owner = ranges.at(-1)
  if (owner === undefined) return undefined
  const judged = SignedNote.verify(note, owner.key)
  if (judged === "valid") return undefined
  const name = Rotation.nameOfKey(owner.key)
  if (judged === "invalid") {
    return atCheckpoint("signature", `the signature by ${name} is not over this text`)
  }
  const other = signersAmong(note, ranges)[0]
  return other === undefined
    ? atCheckpoint("signature", `there is no signature by ${name}, whose range it is`)
    : atCheckpoint(
        "key",
        `size ${checkpoint.size} is signed by ${Rotation.nameOfKey(other.key)}, which may sign ${rangeText(other)} alone; ${name} is in force`,
      )
}

/** A rotation that a later checkpoint rests on must be there. */
const sinceFinding = (
  checkpoint: Checkpoint,
  ranges: ReadonlyArray<KeyRange>,
): Finding | undefined => {
  const since = Rotation.sinceOf(checkpoint)
  if (since !== undefined && since !== (ranges.at(-1)?.from ?? 0)) {
    return {
      kind: "key",
      path: `${Rotation.rotationsDirectory}/${since}`,
      detail: `the checkpoint rests on the rotation at size ${since}, which is not the newest one here, or is missing`,
    }
  }
  return Rotation.isRotation(checkpoint) && ranges.at(-1)?.from !== checkpoint.size
    ? {
        kind: "key",
        path: `${Rotation.rotationsDirectory}/${checkpoint.size}`,
        detail: "the checkpoint is a rotation, but its note is missing here",
      }
    : undefined
}

/** Only keys that a signature names are tried: there may be many of both. */
const signersAmong = (
  note: SignedNote.SignedNote,
  ranges: ReadonlyArray<KeyRange>,
): ReadonlyArray<KeyRange> => {
  const named = new Set(note.signatures.map(({ keyId }) => keyId))
  return ranges.filter(
    ({ key }) => named.has(key.keyId) && SignedNote.verify(note, key) === "valid",
  )
}

const unpinnedBefore = (size: number): string =>
  `who signed before size ${size}: the key that was pinned begins there, and a thief of it could have written all before it anew. Pin the first key, or a trust file`

const judgeKey = (
  { checkpoint }: SignedCheckpoint,
  ranges: ReadonlyArray<KeyRange>,
  beyond: ReadonlyArray<Rotation.Rotation>,
  key: SignedNote.VerifierKey,
): Pick<KeyJudgement, "findings" | "reason" | "notChecked"> => {
  const none = { findings: [], notChecked: [] }
  const range = ranges.find((each) => Rotation.isSameKey(each.key, key))
  if (range !== undefined) {
    return { findings: [], notChecked: range.from === 0 ? [] : [unpinnedBefore(range.from)] }
  }
  const ahead = beyond.find(({ after }) => Rotation.isSameKey(after, key))
  if (ahead !== undefined) {
    return {
      ...none,
      reason: `the key that was given follows at size ${ahead.checkpoint.size}, which the checkpoint does not reach: a writer was stopped within the rotation, or the trail was put back`,
    }
  }
  if (checkpoint.origin !== key.name) {
    return {
      ...none,
      reason: `the key is for ${key.name}, and this is the trail ${checkpoint.origin}`,
    }
  }
  const detail = `${Rotation.nameOfKey(key)} is none of the keys that the rotations name`
  return { findings: [atCheckpoint("key", detail)], notChecked: [] }
}

/** What a trust file says of one of its keys, against what the trail says. */
const trustedFinding = (
  { from, key, revoked, to }: TrustFile["keys"][number],
  size: number,
  range: KeyRange | undefined,
  isOwner: boolean,
): string | undefined => {
  const name = Rotation.nameOfKey(key)
  if (size < from) {
    return `the trust file says that the trail had ${from} entries when ${name} began, but it has ${size}: it was put back`
  }
  const least = to ?? revoked?.at ?? 0
  if (size < least) {
    return `the trust file says that the trail had ${least} entries when ${name} ${to === undefined ? "was revoked" : "ended"}, but it has ${size}: it was put back`
  }
  if (range === undefined) {
    return `the trust file has ${name} from size ${from} on, but it is none of the trail's keys`
  }
  if (range.from !== from) {
    return `${name} begins at size ${range.from}, but at size ${from} in the trust file`
  }
  if (to !== undefined && size > to && range.to !== to) {
    return `${name} may sign up to size ${to} by the trust file, but here ${rangeText(range)}`
  }
  return revoked !== undefined && isOwner && size > revoked.at
    ? `${name} was revoked at size ${revoked.at} (${revoked.reason}), and has signed size ${size}`
    : undefined
}

const byKey = <A extends { readonly key: SignedNote.VerifierKey }>(
  all: ReadonlyArray<A>,
): ReadonlyMap<string, A> => new Map(all.map((each) => [Rotation.identityOf(each.key), each]))

const judgeTrust = (
  { checkpoint }: SignedCheckpoint,
  ranges: ReadonlyArray<KeyRange>,
  { keys, origin }: TrustFile,
): Pick<KeyJudgement, "findings" | "reason" | "notChecked"> => {
  if (origin !== checkpoint.origin) {
    const reason = `the trust file is for ${origin}, and this is the trail ${checkpoint.origin}`
    return { findings: [], notChecked: [], reason }
  }
  const [listedKeys, rangeOf] = [byKey(keys), byKey(ranges)]
  const listed = ({ key }: KeyRange) => listedKeys.get(Rotation.identityOf(key))
  const details = keys.map((trusted) => {
    const range = rangeOf.get(Rotation.identityOf(trusted.key))
    return trustedFinding(trusted, checkpoint.size, range, range === ranges.at(-1))
  })
  for (const [index, range] of ranges.entries()) {
    const before = ranges[index - 1]
    const revoked = before === undefined ? undefined : listed(before)?.revoked
    // Wherever it says it began: a thief of the key before can say any size.
    if (revoked !== undefined && listed(range) === undefined) {
      details.push(
        `${Rotation.nameOfKey(range.key)} was brought in at size ${range.from} by a key that was revoked at size ${revoked.at}, and is not in the trust file`,
      )
    }
  }
  const first = keys[0]?.from ?? 0
  const last = keys.at(-1)
  const owner = ranges.at(-1)
  if (last?.to !== undefined && owner !== undefined && checkpoint.size > last.to) {
    // The last one listed may have brought it in where it had to: that is no word for it.
    if (listed(owner) === undefined) {
      details.push(
        `the trust file ends at size ${last.to}, and ${Rotation.nameOfKey(owner.key)}, which signed size ${checkpoint.size}, is not in it`,
      )
    }
  }
  const follower = ranges.find(({ from }) => last?.to === undefined && from > (last?.from ?? 0))
  return {
    findings: details.flatMap((detail) =>
      detail === undefined ? [] : [atCheckpoint("key", detail)],
    ),
    notChecked: [
      ...(first > 0 ? [unpinnedBefore(first)] : []),
      ...rootless(keys),
      ...(follower === undefined
        ? []
        : [
            `whether the keys from size ${follower.from} on are the owner's: they are not in the trust file, and rest on the rotations that the key before each of them has signed`,
          ]),
    ],
  }
}

/** Its thief can leave the notes and the line that rests on them out. */
const unchangedUnchecked =
  "who signed before the key that was pinned, if it was not the trail's first: a thief of a later key can leave all changes of it out. Pin the first key, or a trust file"

/** A trail that never changed its key: the one that was pinned must have signed. */
const judgeAlone = (
  { checkpoint, note }: SignedCheckpoint,
  key: SignedNote.VerifierKey,
): Pick<KeyJudgement, "findings" | "reason" | "notChecked"> => {
  const finding = (kind: Finding["kind"], detail: string) => ({
    findings: [atCheckpoint(kind, detail)],
    notChecked: [],
  })
  const judged = SignedNote.verify(note, key)
  if (judged === "invalid") {
    return finding("signature", `the signature by ${key.name} is not over this text`)
  }
  if (judged === "absent") {
    // A trail under another name is not this key's business; one under this name must be signed by it.
    const isSigned = note.signatures.some(({ name }) => name === checkpoint.origin)
    return checkpoint.origin !== key.name && isSigned
      ? {
          findings: [],
          notChecked: [],
          reason: `the key is for ${key.name}, and this is the trail ${checkpoint.origin}`,
        }
      : finding("signature", `there is no signature by ${key.name}`)
  }
  return checkpoint.origin === key.name
    ? { findings: [], notChecked: [unchangedUnchecked] }
    : finding("checkpoint", `it speaks of the trail ${checkpoint.origin}, expected ${key.name}`)
}

/** The one key of a trail without rotations. */
const soleRange = (pin: Pin): ReadonlyArray<KeyRange> => {
  const key = pin._tag === "Key" ? pin.key : pin.trust.keys[0]?.key
  return key === undefined ? [] : [{ key, from: 0, to: undefined }]
}

/**
 * Judges who signed a trail.
 *
 * @param rotations those that the checkpoint reaches, in order, without findings of their own
 * @param beyond those that it does not reach
 * @param pin `undefined`: no key is known, and only contradictions are found
 * @category predicates
 * @since 0.1.0
 */
export const judge = (
  signed: SignedCheckpoint,
  rotations: ReadonlyArray<Rotation.Rotation>,
  beyond: ReadonlyArray<Rotation.Rotation>,
  pin: Pin | undefined,
): KeyJudgement => {
  const isAlone = rotations.length === 0
  const ranges = isAlone ? (pin === undefined ? [] : soleRange(pin)) : rangesOf(rotations)
  const since = sinceFinding(signed.checkpoint, ranges)
  const owner = isAlone ? undefined : ownerFinding(signed, ranges)
  const judged =
    pin === undefined
      ? { findings: [], notChecked: [] }
      : judgePin(signed, isAlone ? undefined : ranges, beyond, pin)
  const found = [since, owner].filter((finding) => finding !== undefined)
  return {
    ...judged,
    findings: [...found, ...judged.findings].slice(0, findingsMax),
    own: signersAmong(signed.note, ranges).length,
  }
}

const judgePin = (
  signed: SignedCheckpoint,
  ranges: ReadonlyArray<KeyRange> | undefined,
  beyond: ReadonlyArray<Rotation.Rotation>,
  pin: Pin,
): Pick<KeyJudgement, "findings" | "reason" | "notChecked"> => {
  if (pin._tag === "Trust") {
    const sole = soleRange(pin)
    const judged = judgeTrust(signed, ranges ?? sole, pin.trust)
    const alone = sole[0]
    if (ranges !== undefined || alone === undefined || judged.reason !== undefined) return judged
    const signature = judgeAlone(signed, alone.key)
    return { ...judged, findings: [...judged.findings, ...signature.findings] }
  }
  if (ranges !== undefined) return judgeKey(signed, ranges, beyond, pin.key)
  const [following] = beyond
  if (!beyond.some(({ after }) => Rotation.isSameKey(after, pin.key)) || following === undefined) {
    return judgeAlone(signed, pin.key)
  }
  // The key that was given comes later: until then it is the one before it that signs.
  const before = judgeAlone(signed, following.before)
  return before.findings.length > 0 ? before : judgeKey(signed, [], beyond, pin.key)
}
