/**
 * Compares a file of records with its sidecar, with the checkpoint in that, and with the trail.
 *
 * A sidecar is not signed: it finds accidents. Whether the records are those that were signed,
 * only the trail can say, or the checkpoint where the file holds the trail from its beginning.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import type { Disk, DiskError } from "@countersign/core/platform/Disk"
import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import { leafHash, nodeHash, rootOfFrontier } from "@countersign/core/trail/MerkleTree"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CompressionFailed } from "./CompressedPieces.ts"
import { FileDamaged } from "./FileDamaged.ts"
import * as FileName from "./FileName.ts"
import { type FileContent, readLines, readThrough } from "./FileReader.ts"
import type { NdjsonLine } from "./NdjsonLine.ts"
import * as Sidecar from "./Sidecar.ts"

/**
 * What became of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileReport {
  readonly sidecar: Sidecar.Sidecar
  /** What does not agree, as sentences; empty where all does. */
  readonly problems: ReadonlyArray<string>
  /** Records between the first and the last that are not in the file, where no filter kept them out. */
  readonly missing: number
  /** Records that were compared with the trail. */
  readonly compared: number
  /**
   * The size of the checkpoint whose root the records give, so that they are all that was
   * signed up to there; `undefined` where the file does not hold them from the beginning.
   */
  readonly provenSize: number | undefined
  /** Encrypted, and no key was given: only its size and its hash were looked at. */
  readonly isClosed: boolean
}

/**
 * The trail's bytes of a record; `undefined` where it has none.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadEntry<E, R> = (sequence: number) => Effect.Effect<Uint8Array | undefined, E, R>

/** The root of a tree that grows by one leaf at a time. */
class Leaves {
  size = 0
  private frontier: Array<{ readonly hash: Uint8Array; readonly size: number }> = []

  add(entry: Uint8Array): void {
    this.size += 1
    let node = { hash: leafHash(entry), size: 1 }
    for (let last = this.frontier.at(-1); last?.size === node.size; last = this.frontier.at(-1)) {
      this.frontier.pop()
      node = { hash: nodeHash(last.hash, node.hash), size: 2 * node.size }
    }
    this.frontier.push(node)
  }

  root(): Uint8Array {
    return rootOfFrontier(this.frontier.map(({ hash }) => hash))
  }
}

/** Of what is encrypted and has no key here, nothing is known but the bytes that lie there. */
type StoredContent = Pick<FileContent, "bytes" | "sha256"> & Partial<FileContent>

const disagreements = (
  file: string,
  sidecar: Sidecar.Sidecar,
  found: StoredContent,
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const expect = (what: string, expected: string | number, actual: string | number): void => {
    if (expected !== actual) problems.push(`${what} is ${actual}, and the sidecar says ${expected}`)
  }
  expect("the name", sidecar.file, path.basename(file))
  expect("the size", sidecar.bytes, found.bytes)
  expect("the SHA-256", sidecar.sha256, found.sha256)
  // What is in an encrypted file was not looked at without its key.
  if (found.contentBytes === undefined) return problems
  expect("the size of the content", sidecar.contentBytes, found.contentBytes)
  if (sidecar.contentSha256 !== undefined && found.contentSha256 !== undefined) {
    expect("the SHA-256 of the content", sidecar.contentSha256, found.contentSha256)
  }
  return problems
}

/** The first few of what may be as many as there are records. */
const problemsMax = 20

class Comparison {
  readonly problems: Array<string> = []
  count = 0
  compared = 0
  provenSize: number | undefined
  private first: number | undefined
  private last: number | undefined
  private readonly leaves = new Leaves()
  private readonly checkpoint: Checkpoint.Checkpoint | undefined

  constructor(sidecar: Sidecar.Sidecar) {
    const signed =
      sidecar.checkpoint === undefined
        ? undefined
        : Checkpoint.parseSigned(Buffer.from(sidecar.checkpoint))
    if (signed !== undefined && Result.isSuccess(signed)) {
      this.checkpoint = signed.success.checkpoint
    } else if (signed !== undefined) this.problems.push("the sidecar's checkpoint is none")
  }

  say(problem: string): void {
    if (this.problems.length < problemsMax) this.problems.push(problem)
  }

  add({ bytes, sequence }: NdjsonLine): void {
    this.count += 1
    this.first ??= sequence
    this.last = sequence
    const { checkpoint, leaves } = this
    if (checkpoint === undefined || sequence !== leaves.size || sequence >= checkpoint.size) return
    leaves.add(bytes)
    if (leaves.size !== checkpoint.size) return
    if (Buffer.compare(leaves.root(), checkpoint.root) === 0) this.provenSize = checkpoint.size
    else this.say(`the first ${checkpoint.size} records are not those that the checkpoint signs`)
  }

  against(bytes: Uint8Array, sequence: number, entry: Uint8Array | undefined): void {
    this.compared += 1
    if (entry === undefined) this.say(`record ${sequence} is not in the trail`)
    else if (Buffer.compare(bytes, entry) !== 0) {
      this.say(`record ${sequence} is another than in the trail`)
    }
  }

  ends(sidecar: Sidecar.Sidecar): void {
    for (const [what, expected, actual] of [
      ["the number of records", sidecar.count, this.count],
      ["the first record", sidecar.first, this.first],
      ["the last record", sidecar.last, this.last],
    ]) {
      if (expected !== actual) this.say(`${what} is ${actual}, and the sidecar says ${expected}`)
    }
  }
}

/**
 * Checks a finished file of a sink, or an export; `undefined` where it has no sidecar.
 *
 * Records are looked at in JSON lines alone; of other forms only size and hash are, and of an
 * encrypted file whose key is not given.
 *
 * @param key of an encrypted file: 32 bytes
 * @param readEntry reads the trail that the records are to be compared with, in order
 * @category running
 * @since 0.1.0
 */
export const check = Effect.fnUntraced(function* <E = never, R = never>(
  disk: Disk["Service"],
  file: string,
  readEntry?: ReadEntry<E, R>,
  key?: Uint8Array,
): Effect.fn.Return<FileReport | undefined, DiskError | E, R> {
  const sidecarFile = FileName.sidecarOf(file)
  if ((yield* disk.status(sidecarFile)) === undefined) return undefined
  const sidecar = Sidecar.decode(yield* disk.readRange(sidecarFile, 0, Sidecar.sidecarBytesMax))
  if (sidecar === undefined) return undefined
  const comparison = new Comparison(sidecar)
  const use = Effect.fnUntraced(function* (lines: ReadonlyArray<NdjsonLine>) {
    for (const line of lines) {
      comparison.add(line)
      if (readEntry === undefined) continue
      comparison.against(line.bytes, line.sequence, yield* readEntry(line.sequence))
    }
  })
  const isClosed = sidecar.encryption !== undefined && key === undefined
  const isLines = sidecar.format === "ndjson" && !isClosed
  const { bytes, compression, contentBytes: contentBytesMax } = sidecar
  // The sidecar is not signed: who gives a key expects a file that only its holders could make.
  if (key !== undefined && sidecar.encryption === undefined) {
    comparison.say("it is not encrypted, and a key was given for it")
  }
  const limits = { compression, contentBytesMax, key: sidecar.encryption && key }
  const stored = { compression: "none" as const, contentBytesMax: bytes }
  const nothing = () => Effect.void
  const reading = isLines
    ? readLines(disk, file, limits, use)
    : Effect.map(
        readThrough(disk, file, isClosed ? stored : limits, nothing),
        (content): StoredContent =>
          isClosed ? { bytes: content.bytes, sha256: content.sha256 } : content,
      )
  const found = yield* Effect.catch(reading, (error) => {
    if (!(error instanceof FileDamaged || error instanceof CompressionFailed)) {
      return Effect.fail(error)
    }
    comparison.say(error.message)
    return Effect.succeed(undefined)
  })
  if (isLines && found !== undefined) comparison.ends(sidecar)
  const { compared, count, problems, provenSize } = comparison
  const { filter, first, last } = sidecar
  const isPart = filter !== undefined || first === undefined || last === undefined
  return {
    sidecar,
    problems: [...(found === undefined ? [] : disagreements(file, sidecar, found)), ...problems],
    missing: isPart ? 0 : last - first + 1 - sidecar.count,
    compared,
    provenSize: count > 0 ? provenSize : undefined,
    isClosed,
  }
})
