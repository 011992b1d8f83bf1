/** How good rules are on a made-up day, as a table. */
import type { DetectionRule } from "@countersign/monitor/detect/DetectionRule"
import { type RuleScore, scoresOf } from "@countersign/monitor/detect/DetectionScore"
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

export const syntheticRun = Effect.fnUntraced(function* (
  rules: ReadonlyArray<DetectionRule>,
  options: { readonly seed: number; readonly staff: number },
  json: boolean,
) {
  const output = yield* Output
  const day = syntheticDay(options)
  const detector = new Detector({ rules, standingOf: day.standingOf })
  const findings: Array<Finding> = []
  for (const event of day.events()) {
    for (const finding of detector.judge(event)) findings.push(finding)
  }
  const ofDay = findings.filter(({ atMillis }) => atMillis >= day.fromMillis)
  const names = rules.map(({ name }) => name)
  const scores = scoresOf(ofDay, day.attacks, names)
  const { judged } = detector.counts()
  const before = findings.length - ofDay.length
  if (json) return yield* output.document({ ...options, events: judged, before, scores })
  const all = scores.reduce(
    (sum, score) => ({
      attacks: sum.attacks + score.attacks,
      patient: sum.patient + score.patient,
      found: sum.found + score.found,
      findings: sum.findings + score.findings,
      right: sum.right + score.right,
    }),
    { attacks: 0, patient: 0, found: 0, findings: 0, right: 0 },
  )
  const total: RuleScore = {
    rule: "all",
    ...all,
    recall: all.attacks === 0 ? undefined : all.found / all.attacks,
    precision: all.findings === 0 ? undefined : all.right / all.findings,
    medianMillis: undefined,
    longestMillis: undefined,
  }
  const right = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9])
  yield* output.lines(...Text.aligned([head, ...scores.map(row), row(total)], right))
  return yield* output.say(
    output.paintSaid.faint(
      `${Text.count(judged)} events of ${Text.count(options.staff)} people over five days, the last with attacks; ${Text.counted(before, "finding")} on the days before. "patient" attacks stay below the bound on purpose`,
    ),
  )
})
