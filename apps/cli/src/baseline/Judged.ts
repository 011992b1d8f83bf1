/** Verdicts over metrics, as a table and as an exit code. */
import type { Comparison, Verdict } from "@countersign/monitor/baseline/Verdict"
import { ExitCode } from "../terminal/ExitCode.ts"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"

export interface Judged extends Comparison {
  readonly metric: string
  readonly unit: string
  readonly before: number
  readonly after: number
}

/** A figure as a person reads it: three digits, or whole. */
export const shownFigure = (value: number): string => {
  if (Number.isNaN(value)) return "–"
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞"
  return Math.abs(value) >= 1000
    ? Text.count(Math.round(value))
    : String(Number(value.toPrecision(3)))
}

/**
 * One that became worse decides, or one that is gone; then one that can't be told; none at all
 * can't be told, too.
 */
export const exitOf = (
  verdicts: ReadonlyArray<Verdict>,
  missing: ReadonlyArray<string> = [],
): ExitCode => {
  if (verdicts.includes("regressed") || missing.length > 0) return ExitCode.no
  return verdicts.length === 0 || verdicts.includes("undecided") ? ExitCode.incomplete : ExitCode.ok
}

const inColour = (verdict: Verdict, paint: Paint): string => {
  if (verdict === "regressed") return paint.bad(verdict)
  return verdict === "undecided" ? paint.bold(verdict) : paint.good(verdict)
}

export const table = (judged: ReadonlyArray<Judged>, paint: Paint): ReadonlyArray<string> => {
  if (judged.length === 0) return ["there is no metric that both have"]
  const rows = judged.map(({ after, before, metric, reason, unit }) => [
    Text.printable(metric),
    shownFigure(before),
    shownFigure(after),
    Text.printable(unit),
    reason,
  ])
  const [head = "", ...lines] = Text.aligned(
    [["metric", "before", "after", "unit", "what that is"], ...rows],
    new Set([1, 2]),
  )
  return [
    paint.bold(`verdict    ${head}`),
    ...lines.map((line, index) => {
      const verdict = judged[index]?.verdict ?? "undecided"
      return `${inColour(verdict, paint)}${" ".repeat(11 - verdict.length)}${line}`
    }),
  ]
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** For JSON, which has no infinity: a number that is none, or has no end, is `null`. */
export const verdictsIn = (judged: ReadonlyArray<Judged>) =>
  judged.map((one) => ({
    ...one,
    ratio: orNull(one.ratio),
    low: orNull(one.low),
    high: orNull(one.high),
    before: orNull(one.before),
    after: orNull(one.after),
  }))
