/**
 * Verifies a whole trail in the page: asks for the checkpoint, the keys and every entry, hashes them
 * in a thread and compares with the signed root. It needs nothing of the server but bytes.
 */
import type { Connection } from "../connection/Connection.ts"
import type { Host } from "../host/Host.ts"
import { askEvidence, rememberJudged } from "../proof/AskEvidence.ts"
import { fromBase64 } from "../proof/Bytes.ts"
import { firstFailure } from "../proof/Check.ts"
import { type Evidence, judgeCheckpoint, type JudgedCheckpoint } from "../proof/CheckpointCheck.ts"
import { nameOfKey } from "../proof/Note.ts"
import { startHashing } from "./Hashing.ts"
import { bundleWidth, type ExpectedRoot, type Finding, type HashedTrail } from "./TrailHasher.ts"
import { findRewritten, type SignedTree } from "./RewrittenBundles.ts"
import { segmentStates, type Verdict, type VerifyRun } from "./VerifyRun.ts"

type Changed = (change: Partial<VerifyRun>) => void
type Place = { readonly bundle: number; readonly offset: number } | null

/** Roots that were signed, or believed, before. */
const expectedOf = (
  { roots = [] }: JudgedCheckpoint,
  { memory }: Evidence,
): Array<ExpectedRoot> => {
  const seen = memory === undefined ? undefined : fromBase64(memory.root)
  return [
    ...roots.map(({ root, size }) => ({ size, root, name: `rotations/${size}` })),
    ...(memory === undefined || seen === undefined
      ? []
      : [{ size: memory.size, root: seen, name: "what this page saw before" }]),
  ]
}

/** Whoever is sent back and forth would be busy for ever. */
const isFurther = (from: NonNullable<Place>, to: NonNullable<Place>): boolean =>
  to.bundle > from.bundle || (to.bundle === from.bundle && to.offset > from.offset)

interface Hashed {
  readonly trail: HashedTrail
  readonly segments: Uint8Array
}

const hashAll = async (
  connection: Pick<Connection, "ask">,
  { root, size }: SignedTree,
  expected: ReadonlyArray<ExpectedRoot>,
  changed: Changed,
  signal: AbortSignal,
): Promise<Hashed> => {
  const hashing = startHashing(size, expected)
  const ask = (from: NonNullable<Place>) => {
    const answer = connection.ask((client) => client.Bundles({ size, ...from }), signal)
    // Of an answer that nobody waits for any more, nobody needs to hear.
    answer.catch(() => undefined)
    return answer
  }
  try {
    const segments = new Uint8Array(Math.ceil(size / bundleWidth))
    let next: Place = { bundle: 0, offset: 0 }
    let part = ask(next)
    while (next !== null) {
      const answer: Awaited<typeof part> = await part
      if (answer.next !== null && !isFurther(next, answer.next))
        throw new Error("the server sends the same bundles again and again")
      next = answer.next
      // The next part is on its way while this one is hashed.
      if (next !== null) part = ask(next)
      const { bundles, bytes, entries } = await hashing.add(answer.pieces)
      signal.throwIfAborted()
      for (const { bundle, isSame } of bundles)
        segments[bundle] = isSame ? segmentStates.clean : segmentStates.broken
      changed({ entries, bytes, size, segments: segments.slice() })
    }
    return { trail: await hashing.finish(root), segments }
  } finally {
    hashing.end()
  }
}

/** Which tree an answer speaks of, if it is the verified one or a later one of the same signer. */
const treesOf = (note: string, tree: SignedTree, evidence: Evidence) => {
  // What was seen before is compared already, and of a larger tree with nothing.
  const { memory } = evidence
  const known = { ...evidence, memory: memory === undefined ? memory : { ...memory, size: 0 } }
  let last: { readonly note: string; readonly tree: SignedTree | undefined } = { note, tree }
  return ({ checkpoint: text }: { readonly checkpoint: string }): SignedTree | undefined => {
    if (text !== last.note) {
      const { checkpoint, signer } = judgeCheckpoint(text, known)
      last = { note: text, tree: signer === undefined ? undefined : checkpoint }
    }
    return last.tree
  }
}

/** Where entries and tiles agree with each other and not with the root, what was signed tells more. */
const placed = async (
  connection: Pick<Connection, "ask">,
  size: number,
  treeOf: ReturnType<typeof treesOf>,
  trail: HashedTrail,
  signal: AbortSignal,
): Promise<ReadonlyArray<Finding>> => {
  const isAgreeing =
    trail.findings.length > 0 && trail.findings.every(({ kind }) => kind === "root")
  if (trail.isRootRight || !isAgreeing) return []
  const { bundleRoots } = trail
  const ask = (sequence: number) => connection.ask((client) => client.Event({ sequence }), signal)
  // That it was tampered with is known, whether or not the server helps to find where.
  const found = await findRewritten({ size, treeOf, bundleRoots, ask }).catch(() => [])
  signal.throwIfAborted()
  return found.map((index) => ({
    index,
    kind: "bundle",
    path: `tile/0/${index / bundleWidth}`,
    detail: `one or more of the entries ${index} to ${Math.min(index + bundleWidth, size) - 1} were written anew together with their hashes: the signed tiles above have another hash for these`,
  }))
}

/** The map at the end: a bundle that agrees with its tile alone agrees with nothing that was signed. */
const settled = (
  { segments, trail }: Hashed,
  rewritten: ReadonlyArray<Finding>,
  isBelieved: boolean,
): Uint8Array => {
  const isKnown = trail.isRootRight || trail.areTilesRight || rewritten.length > 0
  const ended = segments.map((state) =>
    state === segmentStates.clean && !(isKnown && isBelieved) ? segmentStates.unchecked : state,
  )
  for (const { index } of rewritten)
    if (index !== null) ended[index / bundleWidth] = segmentStates.broken
  return ended
}

/** The newest checkpoint, and what it is judged by. */
const askNewest = async (
  connection: Pick<Connection, "ask">,
  host: Pick<Host, "read">,
  signal: AbortSignal,
) => {
  const { checkpoint: note } = await connection.ask(
    (client) => client.Checkpoint({ seen: 0 }),
    signal,
  )
  const evidence = await askEvidence(connection, host, note, signal)
  const judged = judgeCheckpoint(note, evidence)
  const seen = evidence.memory?.size ?? 0
  return { note, evidence, judged, missing: Math.max(0, seen - (judged.checkpoint?.size ?? seen)) }
}

/** What is wrong with the checkpoint; a trail that has ended earlier than before is not all of it. */
const checkpointFindings = (judged: JudgedCheckpoint, missing: number): ReadonlyArray<Finding> => {
  const failure = firstFailure(judged.checks)
  const detail =
    failure !== undefined
      ? `${failure.name}: ${failure.detail}`
      : `the newest ${missing} entries that this page has seen are not in it any more: the trail was put back`
  return failure === undefined && missing === 0
    ? []
    : [{ index: null, kind: "checkpoint", path: "checkpoint", detail }]
}

const sentenceOf = (verdict: Verdict, judged: JudgedCheckpoint, trail: HashedTrail): string => {
  const failure = firstFailure(judged.checks)
  const [first] = trail.findings
  const size = judged.checkpoint?.size.toLocaleString("en") ?? "0"
  if (verdict === "verified" && judged.signer !== undefined)
    return `All ${size} entries give the root that ${nameOfKey(judged.signer)} has signed`
  if (verdict === "unverifiable")
    return `All ${size} entries give the root of the checkpoint, but nobody knows who signed it`
  if (first !== undefined)
    return first.index === null
      ? first.detail
      : `entry ${first.index.toLocaleString("en")}: ${first.detail}`
  return failure === undefined ? "" : `${failure.name}: ${failure.detail}`
}

/** Runs to its end, and tells of each change; rejects where the server can't be asked. */
export const verifyHere = async (
  {
    connection,
    host,
  }: { readonly connection: Pick<Connection, "ask">; readonly host: Pick<Host, "read" | "write"> },
  changed: Changed,
  signal: AbortSignal,
): Promise<void> => {
  let newest = await askNewest(connection, host, signal)
  // Another tab may have seen what was published right now.
  if (newest.missing > 0) newest = await askNewest(connection, host, signal)
  const { evidence, judged, missing, note } = newest
  const { checkpoint, checks } = judged
  changed({ checks })
  if (checkpoint === undefined) {
    const failure = firstFailure(checks)
    const detail =
      failure?.detail ?? "the trail has no checkpoint, so nothing says what it should hold"
    const findings =
      failure === undefined ? [] : [{ index: null, kind: "checkpoint", path: "checkpoint", detail }]
    changed({ verdict: failure === undefined ? "incomplete" : "tampered", detail, findings })
    return
  }
  const { size } = checkpoint
  const hashed = await hashAll(
    connection,
    checkpoint,
    expectedOf(judged, evidence),
    changed,
    signal,
  )
  const { trail } = hashed
  const treeOf = treesOf(note, checkpoint, evidence)
  const rewritten = await placed(connection, size, treeOf, trail, signal)
  const wrong = checkpointFindings(judged, missing)
  const findings = [...rewritten, ...trail.findings, ...wrong].toSorted(
    (left, right) => (left.index ?? Infinity) - (right.index ?? Infinity) || 0,
  )
  const verdict =
    findings.length > 0 ? "tampered" : judged.signer === undefined ? "unverifiable" : "verified"
  if (verdict === "verified") rememberJudged(host, judged)
  changed({
    verdict,
    findings,
    entries: trail.entries,
    size,
    segments: settled(hashed, rewritten, firstFailure(checks) === undefined),
    detail: sentenceOf(verdict, judged, { ...trail, findings }),
    notChecked: [
      ...checks
        .filter(({ result }) => result === "unchecked")
        .map(({ detail, name }) => `${name}: ${detail}`),
      "whether others are shown the same tree: that takes witnesses, or a checkpoint kept elsewhere",
      "what is durable and not yet under a checkpoint, and upper tiles: the server's verification looks at those",
    ],
  })
}
