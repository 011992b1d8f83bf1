/** How good rules are on a made-up day, as a table. */
import type { DetectionRule } from "@countersign/monitor/detect/DetectionRule"
import {
  foundByAny,
  type RuleScore,
  type RuleSpread,
  scoresOf,
  type Spread,
  spreadsOf,
  totalOf,
} from "@countersign/monitor/detect/DetectionScore"
import { Detector } from "@countersign/monitor/detect/Detector"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { syntheticDay } from "@countersign/monitor/detect/SyntheticDay"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"

const share = (value: number | undefined): string =>
  value === undefined ? "–" : `${(100 * value).toFixed(0)} %`

const time = (millis: number | undefined): string =>
  millis === undefined ? "–" : Text.duration(millis)

const row = (score: RuleScore): ReadonlyArray<string> => [
  score.rule,
  String(score.attacks),
  String(score.patient),
  String(score.found),
  share(score.recall),
  String(score.findings),
  String(score.right),
  share(score.precision),
  time(score.medianMillis),
  time(score.longestMillis),
]

const head = [
  "rule",
  "attacks",
  "patient",
  "found",
  "recall",
  "findings",
  "right",
  "precision",
  "median time",
  "longest",
]

interface Day {
  readonly scores: ReadonlyArray<RuleScore>
  readonly attacks: number
  /** Attacks that some rule noticed. */
  readonly noticed: number
  readonly events: number
  /** Findings on the days before. */
  readonly before: number
}

const judgedDay = (
  rules: ReadonlyArray<DetectionRule>,
  options: { readonly seed: number; readonly staff: number },
): Day => {
  const day = syntheticDay(options)
  const detector = new Detector({ rules, standingOf: day.standingOf })
  const findings: Array<Finding> = []
  for (const event of day.events()) {
    for (const finding of detector.judge(event)) findings.push(finding)
  }
  const ofDay = findings.filter(({ atMillis }) => atMillis >= day.fromMillis)
  const names = rules.map(({ name }) => name)
  return {
    scores: scoresOf(ofDay, day.attacks, names),
    attacks: day.attacks.length,
    noticed: foundByAny(ofDay, day.attacks),
    events: detector.counts().judged,
    before: findings.length - ofDay.length,
  }
}

const numbered = (columns: number): ReadonlySet<number> =>
  new Set(Array.from({ length: columns - 1 }, (_, index) => index + 1))

const patientNote = `"patient" attacks stay below the bound on purpose`

export const syntheticRun = Effect.fnUntraced(function* (
  rules: ReadonlyArray<DetectionRule>,
  options: { readonly seed: number; readonly staff: number },
  json: boolean,
) {
  const output = yield* Output
  const { attacks, before, events, noticed, scores } = judgedDay(rules, options)
  if (json) return yield* output.document({ ...options, events, before, noticed, scores })
  const rows = [head, ...scores.map(row), row(totalOf(scores))]
  yield* output.lines(...Text.aligned(rows, numbered(head.length)))
  return yield* output.say(
    output.paintSaid.faint(
      `${Text.count(events)} events of ${Text.count(options.staff)} people over five days, the last with attacks; ${Text.counted(before, "finding")} on the days before. ${noticed} of ${attacks} attacks were noticed by some rule. ${patientNote}`,
    ),
  )
})

const over = (spread: Spread | undefined, show: (figure: number) => string): string =>
  spread === undefined
    ? "–"
    : spread.least === spread.most
      ? show(spread.mean)
      : `${show(spread.mean)} (${show(spread.least)}–${show(spread.most)})`

const spreadRow = (spread: RuleSpread): ReadonlyArray<string> => [
  spread.rule,
  over(spread.recall, share),
  over(spread.loudRecall, share),
  over(spread.precision, share),
  over(spread.findings, (figure) => figure.toFixed(0)),
  over(spread.medianMillis, Text.duration),
  time(spread.longestMillis),
]

const spreadHead = [
  "rule",
  "recall",
  "without patient",
  "precision",
  "findings",
  "median time",
  "longest",
]

/** The same over many made-up days: each figure's mean, and from the least to the most. */
export const syntheticRuns = Effect.fnUntraced(function* (
  rules: ReadonlyArray<DetectionRule>,
  { from, staff, to }: { readonly from: number; readonly to: number; readonly staff: number },
  json: boolean,
) {
  const output = yield* Output
  const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const days: Array<Day> = []
  for (const seed of seeds) {
    // Each takes seconds: an interrupt is heard in between.
    days.push(yield* Effect.sync(() => judgedDay(rules, { seed, staff })))
    yield* Effect.yieldNow
  }
  const scores = rules.map(({ name }) =>
    spreadsOf(
      name,
      days.flatMap((day) => day.scores.filter(({ rule }) => rule === name)),
    ),
  )
  const total = spreadsOf(
    "all",
    days.map((day) => totalOf(day.scores)),
  )
  const noticed = days.reduce((sum, day) => sum + day.noticed, 0)
  const attacks = days.reduce((sum, day) => sum + day.attacks, 0)
  if (json) return yield* output.document({ seeds, staff, attacks, noticed, scores, total })
  const rows = [spreadHead, ...scores.map(spreadRow), spreadRow(total)]
  yield* output.lines(...Text.aligned(rows, numbered(spreadHead.length)))
  return yield* output.say(
    output.paintSaid.faint(
      `${Text.counted(days.length, "made-up day")} of ${Text.count(staff)} people, seeds ${from} to ${to}: the mean, and from the least to the most. ${Text.count(noticed)} of ${Text.count(attacks)} attacks were noticed by some rule. ${patientNote}`,
    ),
  )
})
