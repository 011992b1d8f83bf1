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
import { findRewritten } from "./RewrittenBundles.ts"
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

const hashAll = async (
  connection: Pick<Connection, "ask">,
  size: number,
  root: Uint8Array,
  expected: ReadonlyArray<ExpectedRoot>,
  changed: Changed,
  signal: AbortSignal,
): Promise<HashedTrail> => {
  const hashing = startHashing(size, expected)
  const ask = (from: NonNullable<Place>) =>
    connection.ask((client) => client.Bundles({ size, ...from }), signal)
  try {
    const segments = new Uint8Array(Math.ceil(size / bundleWidth))
    let next: Place = { bundle: 0, offset: 0 }
    let part = ask(next)
    while (next !== null) {
      const answer: Awaited<typeof part> = await part
      next = answer.next
      // The next part is on its way while this one is hashed.
      if (next !== null) part = ask(next)
      const { bundles, bytes, entries } = await hashing.add(answer.pieces)
      signal.throwIfAborted()
      for (const { bundle, isSame } of bundles)
        segments[bundle] = isSame ? segmentStates.clean : segmentStates.broken
      changed({ entries, bytes, size, segments: segments.slice() })
    }
    return await hashing.finish(root)
  } finally {
    hashing.end()
  }
}

/** Where entries and tiles agree with each other and not with the root, what was signed tells more. */
const placed = async (
  connection: Pick<Connection, "ask">,
  { root, size }: { readonly root: Uint8Array; readonly size: number },
  trail: HashedTrail,
  signal: AbortSignal,
): Promise<ReadonlyArray<Finding>> => {
  const isAgreeing =
    trail.findings.length > 0 && trail.findings.every(({ kind }) => kind === "root")
  if (trail.isRootRight || !isAgreeing) return []
  const { bundleRoots } = trail
  const ask = (sequence: number) => connection.ask((client) => client.Event({ sequence }), signal)
  const found = await findRewritten({ size, root, bundleRoots, ask })
  return found.map((index) => ({
    index,
    kind: "bundle",
    path: `tile/0/${index / bundleWidth}`,
    detail: `one or more of the entries ${index} to ${Math.min(index + bundleWidth, size) - 1} were written anew together with their hashes: the signed tiles above have another hash for these`,
  }))
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
  const { checkpoint: note } = await connection.ask(
    (client) => client.Checkpoint({ seen: 0 }),
    signal,
  )
  const evidence = await askEvidence(connection, host, note, signal)
  const judged = judgeCheckpoint(note, evidence)
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
  const expected = expectedOf(judged, evidence)
  const { root, size } = checkpoint
  const trail = await hashAll(connection, size, root, expected, changed, signal)
  const failure = firstFailure(checks)
  const rewritten = await placed(connection, checkpoint, trail, signal)
  const findings = [
    ...rewritten,
    ...trail.findings,
    ...(failure === undefined
      ? []
      : [
          {
            index: null,
            kind: "checkpoint",
            path: "checkpoint",
            detail: `${failure.name}: ${failure.detail}`,
          },
        ]),
  ].toSorted((left, right) => (left.index ?? Infinity) - (right.index ?? Infinity) || 0)
  const verdict =
    findings.length > 0 ? "tampered" : judged.signer === undefined ? "unverifiable" : "verified"
  if (verdict === "verified") rememberJudged(host, judged)
  changed({
    verdict,
    findings,
    entries: trail.entries,
    size,
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
