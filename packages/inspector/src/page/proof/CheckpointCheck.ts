/**
 * Whether a checkpoint is to be believed: who signed it, by a key that this page knows, and whether
 * it continues what this page has seen before.
 */
import type { CheckpointFound, KeysFound } from "@countersign/monitor/protocol/TrailProof"
import { fromBase64, isSame, toBase64 } from "./Bytes.ts"
import { type Check, failed, passed, unchecked } from "./Check.ts"
import {
  type Checkpoint,
  formatKey,
  isSameKey,
  isUnreadable,
  judgeSignature,
  nameOfKey,
  type Note,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  parseNote,
} from "./Note.ts"
import { type KeyRange, sinceProblem, succeed } from "./Succession.ts"
import { isContinued } from "./Tree.ts"

/** What the page remembers of a trail, from one visit to the next. */
export interface Memory {
  /** The first key that it saw. */
  readonly key: string
  readonly sinceMillis: number
  /** Of the newest tree that it believed. */
  readonly size: number
  readonly root: string
}

/** What the server gave; none of it is believed. */
export interface Evidence {
  readonly keys: Pick<KeysFound, "verifierKey" | "source" | "rotations">
  readonly memory: Memory | undefined
  /** That the smaller of both trees, seen and shown, is the beginning of the larger one. */
  readonly continuity: Pick<CheckpointFound, "hashes" | "problem"> | undefined
  readonly nowMillis: number
}

export interface JudgedCheckpoint {
  readonly checks: ReadonlyArray<Check>
  readonly note?: Note
  readonly checkpoint?: Checkpoint
  /** Who signed, if a key that is known did. */
  readonly signer?: NoteKey
  /** Whose turn it was to sign, as far as that is to be believed. */
  readonly owner?: NoteKey
  /** Signed roots of smaller trees, which the entries must give as well. */
  readonly roots?: ReadonlyArray<{ readonly size: number; readonly root: Uint8Array }>
  /** What to remember, where all of it is to be believed. */
  readonly memory?: Memory
  /** There is another key than the one remembered: a person must say whether that is right. */
  readonly isKeyChanged?: boolean
}

const dateOf = (millis: number): string => new Date(millis).toISOString().slice(0, 10)

const sources: Readonly<Record<KeysFound["source"], string>> = {
  engine: "the running engine said",
  beside: "the file beside the trail says",
  none: "nobody says",
}

/** Who is in force, and what the notes of changes say. */
const judgeKeys = (checkpoint: Checkpoint, { keys, memory, nowMillis }: Evidence) => {
  const checks: Array<Check> = []
  const { beyond, problems, ranges, roots } = succeed(
    checkpoint.origin,
    checkpoint.size,
    keys.rotations,
  )
  const [problem = sinceProblem(checkpoint, ranges) ?? otherTree(checkpoint, roots)] = problems
  if (problem !== undefined) checks.push(failed("Changes of the key", problem))
  else if (ranges.length > 1)
    checks.push(
      passed(
        "Changes of the key",
        `${ranges.length - 1} changes, each signed by the key before and the key after`,
      ),
    )
  if (beyond > 0)
    checks.push(unchecked("Later changes of the key", `${beyond}, beyond this checkpoint`))
  const given = keys.verifierKey === "" ? undefined : parseKey(keys.verifierKey)
  if (given !== undefined && isUnreadable(given)) checks.push(failed("Key", given.problem))
  const told = given === undefined || isUnreadable(given) ? undefined : given
  const owner = problem === undefined ? (ranges.at(-1)?.key ?? told) : undefined
  const isKnown = (key: NoteKey) =>
    ranges.length === 0 ? owner !== undefined && isSameKey(key, owner) : inRanges(ranges, key)
  const remembered = memory === undefined ? undefined : parseKey(memory.key)
  const pinned = remembered === undefined || isUnreadable(remembered) ? undefined : remembered
  const isKeyChanged = owner !== undefined && pinned !== undefined && !isKnown(pinned)
  if (owner === undefined) {
    checks.push(unchecked("Key", "no key of this trail is known here, so anyone may have signed"))
  } else if (isKeyChanged) {
    checks.push(
      failed(
        "Key",
        `ANOTHER KEY: since ${dateOf(memory?.sinceMillis ?? 0)} this page knows ${nameOfKey(pinned)}, and ${sources[keys.source]} ${nameOfKey(owner)}, to which no signed change leads`,
      ),
    )
  } else if (pinned !== undefined) {
    const how = isSameKey(pinned, owner) ? "is the key" : "leads by signed changes from the key"
    checks.push(
      passed(
        "Key",
        `${nameOfKey(owner)} ${how} that this page knows since ${dateOf(memory?.sinceMillis ?? nowMillis)}`,
      ),
    )
  } else {
    checks.push(
      unchecked(
        "Key",
        `${sources[keys.source]} ${nameOfKey(owner)}; this page sees it for the first time, and from now on remembers it. Compare it with the one that the trail's owner has published`,
      ),
    )
  }
  return { checks, owner, pinned, roots, isKeyChanged }
}

/** Two trees of one size are two trails: an owner who signs both shows each to somebody else. */
const otherTree = (
  { root, size }: Checkpoint,
  roots: NonNullable<JudgedCheckpoint["roots"]>,
): string | undefined =>
  roots.some((each) => each.size === size && !isSame(each.root, root))
    ? `the change of the key at size ${size} was signed with another tree of that size`
    : undefined

const inRanges = (ranges: ReadonlyArray<KeyRange>, key: NoteKey): boolean =>
  ranges.some((range) => isSameKey(range.key, key))

const judgeOwner = (note: Note, owner: NoteKey | undefined): Check => {
  if (owner === undefined) return unchecked("Signature", "there is no key to check it with")
  switch (judgeSignature(note, owner)) {
    case "valid":
      return passed("Signature", `by ${nameOfKey(owner)}, over these bytes (Ed25519)`)
    case "invalid":
      return failed("Signature", `the one by ${nameOfKey(owner)} is not over this checkpoint`)
    case "absent":
      return failed("Signature", `there is none by ${nameOfKey(owner)}, whose turn it is`)
  }
}

const judgeContinuity = (
  { root, size }: Checkpoint,
  { continuity, memory }: Evidence,
): Check | undefined => {
  if (memory === undefined) return undefined
  const name = "Continues what was seen"
  const seenRoot = fromBase64(memory.root)
  if (seenRoot === undefined || memory.size === 0) return undefined
  const hashes = continuity?.hashes.map(fromBase64).filter((hash) => hash !== undefined) ?? []
  const [older, newer] =
    memory.size <= size
      ? [
          { size: memory.size, root: seenRoot },
          { size, root },
        ]
      : [
          { size, root },
          { size: memory.size, root: seenRoot },
        ]
  if (isContinued(older.size, newer.size, older.root, newer.root, hashes))
    return memory.size > size
      ? unchecked(
          name,
          `this page has seen ${memory.size} entries, of which these ${size} are the beginning: what came after them is not shown`,
        )
      : passed(name, `the tree of ${memory.size} entries that this page saw before is part of it`)
  const reason = continuity?.problem ?? ""
  return failed(
    name,
    memory.size > size
      ? `this page has seen ${memory.size} entries, and now there are ${size}: the trail was put back`
      : `the tree of ${memory.size} entries that this page saw before is no beginning of this one${reason === "" ? ": the past was changed" : `: ${reason}`}`,
  )
}

/** Judges a checkpoint by itself, by the keys and by what was seen before. */
export const judgeCheckpoint = (text: string, evidence: Evidence): JudgedCheckpoint => {
  if (text === "") return { checks: [unchecked("Checkpoint", "the trail has none yet")] }
  const note = parseNote(text)
  if (isUnreadable(note)) return { checks: [failed("Checkpoint", note.problem)] }
  const checkpoint = parseCheckpoint(note.text)
  if (isUnreadable(checkpoint)) return { note, checks: [failed("Checkpoint", checkpoint.problem)] }
  const keys = judgeKeys(checkpoint, evidence)
  const { isKeyChanged, owner, roots } = keys
  const signature = judgeOwner(note, owner)
  const continuity = judgeContinuity(checkpoint, evidence)
  const name =
    owner !== undefined && owner.name !== checkpoint.origin
      ? [failed("Origin", `the checkpoint is of ${checkpoint.origin}, the key of ${owner.name}`)]
      : []
  const checks = [
    signature,
    ...keys.checks,
    ...name,
    ...(continuity === undefined ? [] : [continuity]),
  ]
  const isBelieved =
    signature.result === "passed" && !checks.some(({ result }) => result === "failed")
  const found = { checks, note, checkpoint, roots, isKeyChanged }
  if (owner === undefined || isKeyChanged) return found
  if (!isBelieved) return { ...found, owner }
  return {
    ...found,
    owner,
    signer: owner,
    memory: remembering(checkpoint, keys.pinned ?? owner, evidence),
  }
}

const remembering = (
  { root, size }: Checkpoint,
  key: NoteKey,
  { memory, nowMillis }: Evidence,
): Memory => {
  const isLarger = memory === undefined || size >= memory.size
  return {
    key: formatKey(key),
    sinceMillis: memory?.sinceMillis ?? nowMillis,
    size: isLarger ? size : memory.size,
    root: isLarger ? toBase64(root) : memory.root,
  }
}
