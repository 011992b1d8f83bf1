/** What the page finds of one event by itself, from the bytes up to who signed. */
import type { ProvenEvent } from "@countersign/monitor/protocol/TrailEvent"
import { fromBase64, isSame, toBase64, toHex, toText } from "./Bytes.ts"
import { canonical } from "./Canonical.ts"
import { type Check, failed, firstFailure, passed, unchecked } from "./Check.ts"
import { type Evidence, judgeCheckpoint, type JudgedCheckpoint } from "./CheckpointCheck.ts"
import { nameOfKey } from "./Note.ts"
import { climb, leafHash, type PathStep } from "./Tree.ts"

/** What somebody wants to see: a place, or an id. */
export type AskedEvent = { readonly sequence: number } | { readonly id: string }

export interface CheckedEvent extends JudgedCheckpoint {
  /** It is the event that was asked for. */
  readonly isAsked: boolean
  readonly verdict: "proven" | "failed" | "unproven"
  /** The verdict in a sentence. */
  readonly sentence: string
  readonly bytes: Uint8Array
  /** The bytes as text; `undefined`: they are no UTF-8. */
  readonly text: string | undefined
  /** The JSON that the bytes are; `undefined`: they are none. */
  readonly value: unknown
  readonly leaf: Uint8Array
  readonly steps: ReadonlyArray<PathStep>
  /** What the way from the leaf leads to; `undefined`: there is no way. */
  readonly root: Uint8Array | undefined
  /** As `countersign check` takes it, written here; `undefined`: it proves nothing. */
  readonly proof: string | undefined
}

const valueOf = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** What is nested too deeply for this has no form here. */
const formOf = (value: unknown): string | undefined => {
  try {
    return canonical(value)
  } catch {
    return undefined
  }
}

const judgeForm = (text: string | undefined, value: unknown): Check => {
  const name = "Canonical JSON"
  if (text === undefined || typeof value !== "object" || value === null)
    return unchecked(name, "the bytes are no JSON object; any bytes can be an entry")
  return formOf(value) === text
    ? passed(name, "the bytes are the canonical form of what they say (RFC 8785)")
    : unchecked(name, "the bytes are not the canonical form; what was signed are the bytes alone")
}

const idOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "id") && "id" in value
    ? value.id
    : undefined

/** Another event, however well it is proven, is no answer. */
const judgeAnswer = (
  asked: AskedEvent,
  { sequence }: ProvenEvent,
  value: unknown,
): Check | undefined => {
  const name = "What was asked for"
  if ("sequence" in asked)
    return asked.sequence === sequence
      ? undefined
      : failed(name, `entry ${asked.sequence}, and entry ${sequence} came`)
  return idOf(value) === asked.id
    ? undefined
    : failed(name, `an event with the id ${asked.id}, and one that has another came`)
}

const judgeLeaf = (found: ProvenEvent, leaf: Uint8Array): Check => {
  const name = "Leaf hash"
  if (found.entry === "") return failed(name, `the entry's bytes can't be read: ${found.problem}`)
  const held = fromBase64(found.tileHash)
  if (held === undefined || held.length === 0)
    return unchecked(name, "computed here; the trail's tile has none to compare with")
  return isSame(held, leaf)
    ? passed(name, "computed here from the bytes; the trail's tile holds the same")
    : failed(
        name,
        `the bytes hash to ${toHex(leaf).slice(0, 16)}…, and the trail's tile holds ${toHex(held).slice(0, 16)}…: one of both was changed`,
      )
}

const judgeInclusion = (
  { hashes, problem, sequence }: ProvenEvent,
  root: Uint8Array | undefined,
  judged: JudgedCheckpoint,
): Check => {
  const name = "In the tree"
  const { checkpoint } = judged
  if (checkpoint === undefined) return unchecked(name, "there is no checkpoint that can be read")
  if (root === undefined)
    return failed(
      name,
      hashes.length === 0 && problem !== ""
        ? problem
        : `${hashes.length} hashes are no way from entry ${sequence} to the root of ${checkpoint.size} entries`,
    )
  return isSame(root, checkpoint.root)
    ? passed(
        name,
        `${hashes.length} hashes lead from entry ${sequence} to the root of the ${checkpoint.size} entries`,
      )
    : failed(
        name,
        `from these bytes at place ${sequence}, the way leads to another root than the signed one: this is not the entry that was signed here`,
      )
}

/** A place in the text of a proof for each of its parts (C2SP tlog-proof). */
const proofText = ({ checkpoint, entry, hashes, sequence }: ProvenEvent): string =>
  ["c2sp.org/tlog-proof@v1", `extra ${entry}`, `index ${sequence}`, ...hashes, "", checkpoint].join(
    "\n",
  )

const sentenceOf = (
  checks: ReadonlyArray<Check>,
  { checkpoint, signer }: JudgedCheckpoint,
): string => {
  const failure = firstFailure(checks)
  if (failure !== undefined) return `${failure.name}: ${failure.detail}`
  if (checkpoint === undefined) return "Nothing says what the trail should hold"
  return signer === undefined
    ? `In the tree of ${checkpoint.size} entries, but nobody knows who signed it`
    : `In the tree of ${checkpoint.size} entries, signed by ${nameOfKey(signer)}`
}

const alwaysUnchecked: ReadonlyArray<Check> = [
  unchecked(
    "The same for everybody",
    "whether others are shown the same tree: that takes witnesses, or a checkpoint kept elsewhere",
  ),
]

/** Checks an event; every hash and signature is computed here. */
export const checkEvent = (
  asked: AskedEvent,
  found: ProvenEvent,
  evidence: Evidence,
): CheckedEvent => {
  const bytes = fromBase64(found.entry) ?? new Uint8Array()
  const text = toText(bytes)
  const value = valueOf(text)
  const leaf = leafHash(bytes)
  const judged = judgeCheckpoint(found.checkpoint, evidence)
  const hashes = found.hashes.map((hash) => fromBase64(hash) ?? new Uint8Array())
  const size = judged.checkpoint?.size ?? found.size
  const way = climb(leaf, found.sequence, size, hashes)
  const answer = judgeAnswer(asked, found, value)
  const checks = [
    ...(answer === undefined ? [] : [answer]),
    judgeLeaf(found, leaf),
    judgeInclusion(found, way?.root, judged),
    ...judged.checks,
    ...(found.entry === "" ? [] : [judgeForm(text, value)]),
    ...alwaysUnchecked,
  ]
  const failure = firstFailure(checks)
  const isProven = failure === undefined && judged.signer !== undefined
  return {
    ...judged,
    checks,
    isAsked: answer === undefined,
    verdict: failure !== undefined ? "failed" : isProven ? "proven" : "unproven",
    sentence: sentenceOf(checks, judged),
    bytes,
    text,
    value,
    leaf,
    steps: way?.steps ?? [],
    root: way?.root,
    proof: isProven ? proofText({ ...found, entry: toBase64(bytes) }) : undefined,
  }
}
