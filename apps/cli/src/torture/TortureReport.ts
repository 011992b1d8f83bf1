/** The results of a torture as one report: figures for a program, lines for a person. */
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"
import { type Outcome, sumOf } from "./Outcome.ts"
import type { ScenarioResult } from "./Torture.ts"

const millisOf = ({ recoveryMillis }: Outcome) => {
  const sorted = recoveryMillis.toSorted((left, right) => left - right)
  const round = (millis = 0): number => Math.round(millis * 10) / 10
  return { median: round(sorted[Math.floor(sorted.length / 2)]), max: round(sorted.at(-1)) }
}

const figuresOf = (outcome: Outcome) => {
  const { disordered, problems, recoveryMillis: _all, ...figures } = outcome
  return { ...figures, outOfOrder: disordered, recoveryMillis: millisOf(outcome), problems }
}

export const reportOf = (results: ReadonlyArray<ScenarioResult>) => {
  const { problems: _theirs, ...total } = figuresOf(sumOf(results.map(({ outcome }) => outcome)))
  return {
    // That nothing was lost of nothing is no good news.
    isSound: results.every(({ verdict }) => verdict !== "not sound") && total.acknowledged > 0,
    ...total,
    scenarios: results.map(({ harm, lack, name, outcome, verdict }) => ({
      name,
      harm,
      verdict,
      ...(lack === undefined ? figuresOf(outcome) : { lack }),
    })),
  }
}

export type TortureReport = ReturnType<typeof reportOf>

/** One scenario in one line. */
export const resultLine = (result: ScenarioResult, paint: Paint): string => {
  const { harm, lack, name, outcome, verdict } = result
  const label = `${name.padEnd(17)}  ${harm}`
  if (lack !== undefined) return `${paint.doubtful("- not run  ")} ${label}: ${lack}`
  const mark = verdict === "sound" ? paint.good("✓ sound    ") : paint.bad("✗ not sound")
  return `${mark} ${label}  ${paint.faint(Text.counted(outcome.cycles, "cycle"))}`
}

const problemsShown = 20

export const reportLines = (
  results: ReadonlyArray<ScenarioResult>,
  report: TortureReport,
  paint: Paint,
): ReadonlyArray<string> => {
  const { recoveryMillis, scenarios: _each } = report
  const problems = results.flatMap(({ name, outcome }) =>
    outcome.problems.map((problem) => paint.bad(`  ${name}: ${Text.printable(problem)}`)),
  )
  const notRun = results.filter(({ verdict }) => verdict === "not run").length
  const rows = [
    ["cycles", report.cycles],
    ["tried", report.tried],
    ["acknowledged", report.acknowledged],
    ["refused", report.refused],
    ["published", report.published],
    ["published but not under a checkpoint", report.uncovered],
    ["found", report.found],
    ["duplicated", report.duplicated],
    ["lost", report.lost],
    ["invented", report.invented],
    ["out of order", report.outOfOrder],
    ["verifications", report.verifications],
    ["failed verifications", report.failedVerifications],
    ["entries read", report.entries],
    ["trails", report.trails],
  ] as const
  return [
    ...results.map((result) => resultLine(result, paint)),
    ...problems.slice(0, problemsShown),
    ...(problems.length > problemsShown
      ? [`  and ${Text.counted(problems.length - problemsShown, "further problem")}`]
      : []),
    ...Text.aligned(
      [
        ...rows.map(([label, figure]) => [label, Text.count(figure)]),
        ["recovery median", `${recoveryMillis.median} ms`],
        ["recovery max", `${recoveryMillis.max} ms`],
      ],
      new Set([1]),
    ),
    report.isSound
      ? paint.good(
          notRun === 0
            ? "everything that was promised was kept"
            : `everything that was promised was kept; ${Text.counted(notRun, "scenario")} not run`,
        )
      : paint.bad("NOT SOUND: a promise was broken"),
  ]
}
