/** What is known of an exported file, and what follows from it. */
import { readBundle, readCheckpoint } from "@countersign/core/trail/TrailReader"
import { Disk } from "@countersign/core/platform/Disk"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import { tileWidth, widthOf } from "@countersign/core/trail/Tile"
import { check, type FileReport } from "@countersign/sinks/file/FileCheck"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ExitCode } from "../terminal/ExitCode.ts"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"

type Signature = "valid" | "invalid" | "absent" | "unchecked"

export interface ExportVerdict extends FileReport {
  /** Of the checkpoint in the sidecar, by the key that was given. */
  readonly signature: Signature
}

/** Reads a trail's entries in order, a bundle at a time. */
const readerOf = Effect.fnUntraced(function* (directory: string) {
  const size = (yield* readCheckpoint(directory))?.checkpoint.size ?? 0
  let held: { readonly index: number; readonly entries: ReadonlyArray<Uint8Array> } | undefined
  return Effect.fnUntraced(function* (sequence: number) {
    if (sequence >= size) return undefined
    const index = Math.floor(sequence / tileWidth)
    if (held?.index !== index) {
      const width = widthOf(size, "entries", index)
      held = { index, entries: yield* readBundle(directory, index, width) }
    }
    return held.entries[sequence % tileWidth]
  })
})

const signatureOf = (
  note: string | undefined,
  key: SignedNote.VerifierKey | undefined,
): Signature => {
  if (key === undefined) return "unchecked"
  const parsed = note === undefined ? undefined : SignedNote.parse(Buffer.from(note))
  if (parsed === undefined || Result.isFailure(parsed)) return "absent"
  return SignedNote.verify(parsed.success, key)
}

/** `undefined` where the file has no sidecar. */
export const judge = Effect.fnUntraced(function* (
  file: string,
  trail: string | undefined,
  key: SignedNote.VerifierKey | undefined,
  sealKey: Uint8Array | undefined,
) {
  const disk = yield* Disk
  const report =
    trail === undefined
      ? yield* check(disk, file, undefined, sealKey)
      : yield* check(disk, file, yield* readerOf(trail), sealKey)
  if (report === undefined) return undefined
  const verdict: ExportVerdict = {
    ...report,
    signature: signatureOf(report.sidecar.checkpoint, key),
  }
  return verdict
})

/** Whether each record is shown to be the trail's: by the trail, or by a checkpoint that names it. */
const isShown = ({ compared, provenSize = 0, sidecar }: ExportVerdict): boolean =>
  sidecar.format === "ndjson" &&
  sidecar.count > 0 &&
  (compared === sidecar.count || (sidecar.last ?? Infinity) < provenSize)

/** Who gives a key asks whether the records are those that it signed, of which a note alone says nothing. */
export const exitCodeOf = (verdict: ExportVerdict): ExitCode => {
  const { problems, signature } = verdict
  if (problems.length > 0 || signature === "invalid") return ExitCode.no
  if (signature === "unchecked") return ExitCode.ok
  return signature === "absent" || !isShown(verdict) ? ExitCode.unverifiable : ExitCode.ok
}

const headlineOf = (verdict: ExportVerdict, paint: Paint): string => {
  switch (exitCodeOf(verdict)) {
    case ExitCode.ok:
      return paint.good("✓ agrees")
    case ExitCode.no:
      return paint.bad("✗ differs")
    default:
      return paint.doubtful("? unproven")
  }
}

/** What was looked at beyond the file and its sidecar. */
const recordLines = (
  { compared, isClosed, provenSize, sidecar, signature }: ExportVerdict,
  isCompared: boolean,
  paint: Paint,
): ReadonlyArray<string> => {
  if (isClosed) {
    return [paint.faint("  compared     size and hash alone: it is encrypted, give --seal-key")]
  }
  if (sidecar.format !== "ndjson") {
    return [
      paint.faint("  compared     size and hash alone: records are read from JSON lines only"),
    ]
  }
  const signed =
    signature === "valid" ? "is signed by the key" : "is not verified: give the key with --key"
  return [
    isCompared
      ? `  compared     ${Text.counted(compared, "record")} with the trail, byte for byte`
      : paint.faint("  compared     no record with the trail: give it with --trail"),
    provenSize === undefined
      ? "  proven       nothing by itself: it does not hold the trail from its beginning up to a checkpoint"
      : `  proven       ${Text.counted(provenSize, "record")}: they are all that the checkpoint names, which ${signed}`,
  ]
}

export const lines = (
  file: string,
  verdict: ExportVerdict,
  isCompared: boolean,
  paint: Paint,
): ReadonlyArray<string> => {
  const { missing, problems, sidecar, signature } = verdict
  const { count, first, last, trail } = sidecar
  const range = first === undefined ? "" : `, ${Text.count(first)} to ${Text.count(last ?? first)}`
  return [
    `${headlineOf(verdict, paint)}  ${Text.printable(file)}: ${Text.counted(count, "record")} of ${Text.printable(trail)}${range}`,
    ...problems.map((problem) => paint.bad(`  ${Text.printable(problem)}`)),
    ...(signature === "invalid" ? [paint.bad("  the checkpoint's signature is wrong")] : []),
    ...(signature === "absent" ? [paint.bad("  no checkpoint signed by this key")] : []),
    ...(missing > 0
      ? [paint.doubtful(`  left out     ${Text.count(missing)} between the first and the last`)]
      : []),
    ...recordLines(verdict, isCompared, paint),
  ]
}
