/** A verification of the whole trail: how far it is, and what it has found. */
import { firstBadPlace } from "@countersign/monitor/protocol/BadPlace"
import type { Check } from "../proof/Check.ts"
import type { Problem } from "../shell/Problems.ts"
import type { Finding } from "./TrailHasher.ts"

export type Verdict = "verified" | "tampered" | "incomplete" | "unverifiable"

export interface VerifyRun {
  /** Who computes: the server, or this page. */
  readonly by: "server" | "page"
  readonly state: "running" | "done" | "stopped" | "failed"
  readonly startedMillis: number
  readonly endedMillis?: number
  readonly entries: number
  readonly size: number
  /** Units: bytes. */
  readonly bytes: number
  readonly verdict?: Verdict
  /** The verdict, or why there is none, in a sentence. */
  readonly detail: string
  readonly findings: ReadonlyArray<Finding>
  readonly checks: ReadonlyArray<Check>
  readonly notChecked: ReadonlyArray<string>
  /** One a bundle of 256 entries. */
  readonly segments: Uint8Array
}

export const segmentStates = { unchecked: 0, clean: 1, broken: 2 } as const

const bundleWidth = 256

export const started = (by: VerifyRun["by"], startedMillis: number): VerifyRun => ({
  by,
  state: "running",
  startedMillis,
  entries: 0,
  size: 0,
  bytes: 0,
  detail: "",
  findings: [],
  checks: [],
  notChecked: [],
  segments: new Uint8Array(),
})

/** The segments when so many entries from the first on were looked at, with what was found. */
export const segmentsOf = (
  size: number,
  entries: number,
  findings: ReadonlyArray<Finding>,
): Uint8Array => {
  const segments = new Uint8Array(Math.ceil(size / bundleWidth))
  segments.fill(
    segmentStates.clean,
    0,
    entries >= size ? segments.length : Math.floor(entries / bundleWidth),
  )
  for (const { index } of findings) {
    const at = index === null ? -1 : Math.floor(index / bundleWidth)
    if (at >= 0 && at < segments.length) segments[at] = segmentStates.broken
  }
  return segments
}

/** The quarter that was reached between two states, in percent; `undefined`: none. */
export const quarterReached = (before: number, after: number, size: number): number | undefined => {
  if (size <= 0) return undefined
  const [from, to] = [before, after].map((entries) => Math.floor((entries / size) * 4))
  return from !== undefined && to !== undefined && to > from ? to * 25 : undefined
}

/** The first entry that is not as it was signed, by the rule that every viewer follows. */
export const firstWrong = ({ findings }: VerifyRun): number | undefined => firstBadPlace(findings)

const words: Readonly<Record<Verdict, string>> = {
  verified: "Verified",
  tampered: "TAMPERED WITH",
  incomplete: "Nothing to verify",
  unverifiable: "Not signed by a known key",
}

export const wordOf = ({ state, verdict }: VerifyRun): string => {
  if (state === "running") return "Verifying"
  if (state === "stopped") return "Stopped"
  return verdict === undefined ? "Not verified" : words[verdict]
}

/** What the workbench lists among the problems: nothing of a run that found nothing. */
export const problemsIn = (run: VerifyRun): ReadonlyArray<Problem> => {
  const { by, detail, findings, state, verdict } = run
  const isBad = verdict === "tampered" || verdict === "unverifiable" || state === "failed"
  if (!isBad || state === "stopped") return []
  const at = firstWrong(run)
  return [
    {
      id: `verify ${by}`,
      severity: verdict === "tampered" ? "error" : "warning",
      title: `${by === "page" ? "This page" : "The server"}: ${wordOf(run)}`,
      detail: findings.length === 0 ? detail : `${detail} (${findings.length} found)`,
      link: at === undefined ? "verify" : `event?part=proof&sequence=${at}`,
    },
  ]
}

export interface Cell {
  /** Bundles, the last one left out. */
  readonly from: number
  readonly to: number
  readonly state: keyof typeof segmentStates
  readonly broken: number
}

/** Segments as cells of a map, several in one where there are many; one that is broken shows. */
export const cellsOf = (segments: Uint8Array, cellsMax: number): ReadonlyArray<Cell> => {
  const each = Math.max(1, Math.ceil(segments.length / cellsMax))
  return Array.from({ length: Math.ceil(segments.length / each) }, (_, at) => {
    const part = segments.subarray(at * each, (at + 1) * each)
    const broken = part.reduce((sum, state) => sum + (state === segmentStates.broken ? 1 : 0), 0)
    const isClean = part.every((state) => state === segmentStates.clean)
    const state = broken > 0 ? "broken" : isClean ? "clean" : "unchecked"
    return { from: at * each, to: at * each + part.length, state, broken }
  })
}

/** The map in a sentence. */
export const summaryOf = (segments: Uint8Array): string => {
  const counts = [0, 0, 0]
  for (const state of segments) counts[state] = (counts[state] ?? 0) + 1
  const [unchecked = 0, clean = 0, broken = 0] = counts
  const many = (count: number) => `${count.toLocaleString("en")} segment${count === 1 ? "" : "s"}`
  return `${many(segments.length)} of 256 entries: ${clean.toLocaleString("en")} clean, ${broken.toLocaleString("en")} broken, ${unchecked.toLocaleString("en")} unchecked`
}
