/**
 * How good rules are on a labelled day: of the attacks how many were found, of the findings how many
 * were right, and how long it took.
 *
 * @since 0.1.0
 */
import type { Finding } from "./Finding.ts"
import type { Attack } from "./SyntheticAttacks.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RuleScore {
  readonly rule: string
  /** Attacks that the rule is there for. */
  readonly attacks: number
  /** Of these, patient ones that stay below its bound on purpose. */
  readonly patient: number
  /** Attacks that the rule found. */
  readonly found: number
  /** Patient ones among them, found by luck. */
  readonly foundPatient: number
  readonly findings: number
  /** Findings about whom an attack was going on, of whatever kind. */
  readonly right: number
  /** `found` of `attacks`; `undefined` where there were none. */
  readonly recall: number | undefined
  /** `right` of `findings`; `undefined` where there were none. */
  readonly precision: number | undefined
  /** From the attack's first event to the finding, over the attacks that were found. Units: milliseconds. */
  readonly medianMillis: number | undefined
  readonly longestMillis: number | undefined
}

/** A finding may come a while after the attack's last event, such as that of a silence. */
const graceMillis = 15 * 60_000

const isAbout = (finding: Finding, attack: Attack): boolean =>
  attack.subjects.includes(finding.subject) &&
  finding.atMillis >= attack.fromMillis &&
  finding.atMillis <= attack.toMillis + graceMillis

const ratio = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : part / whole

/**
 * @param findings of the day that counts
 * @param rules names, in the order of the scores
 * @category constructors
 * @since 0.1.0
 */
export const scoresOf = (
  findings: ReadonlyArray<Finding>,
  attacks: ReadonlyArray<Attack>,
  rules: ReadonlyArray<string>,
): ReadonlyArray<RuleScore> => rules.map((rule) => scoreOf(rule, findings, attacks))

const scoreOf = (
  rule: string,
  all: ReadonlyArray<Finding>,
  attacks: ReadonlyArray<Attack>,
): RuleScore => {
  const wanted = attacks.filter((attack) => attack.rule === rule)
  const findings = all.filter((finding) => finding.rule === rule)
  const right = findings.filter((finding) => attacks.some((attack) => isAbout(finding, attack)))
  const found = wanted.filter((attack) => findings.some((each) => isAbout(each, attack)))
  const waits = found
    .map((attack) => {
      const times = findings.flatMap((each) => (isAbout(each, attack) ? [each.atMillis] : []))
      return Math.min(...times) - attack.fromMillis
    })
    .toSorted((left, right) => left - right)
  return {
    rule,
    attacks: wanted.length,
    patient: wanted.filter(({ isPatient }) => isPatient).length,
    found: found.length,
    foundPatient: found.filter(({ isPatient }) => isPatient).length,
    findings: findings.length,
    right: right.length,
    recall: ratio(found.length, wanted.length),
    precision: ratio(right.length, findings.length),
    medianMillis: waits[Math.floor((waits.length - 1) / 2)],
    longestMillis: waits.at(-1),
  }
}

/**
 * All rules together. Times are not added up: they are those of different attacks.
 *
 * @category combining
 * @since 0.1.0
 */
export const totalOf = (scores: ReadonlyArray<RuleScore>): RuleScore => {
  const sum = (of: (score: RuleScore) => number) =>
    scores.reduce((total, score) => total + of(score), 0)
  const [attacks, found] = [sum((each) => each.attacks), sum((each) => each.found)]
  const [findings, right] = [sum((each) => each.findings), sum((each) => each.right)]
  return {
    rule: "all",
    attacks,
    patient: sum((each) => each.patient),
    found,
    foundPatient: sum((each) => each.foundPatient),
    findings,
    right,
    recall: ratio(found, attacks),
    precision: ratio(right, findings),
    medianMillis: undefined,
    longestMillis: undefined,
  }
}

/**
 * Attacks that somebody was told about, by whatever rule.
 *
 * @category numbers
 * @since 0.1.0
 */
export const foundByAny = (
  findings: ReadonlyArray<Finding>,
  attacks: ReadonlyArray<Attack>,
): number => attacks.filter((attack) => findings.some((each) => isAbout(each, attack))).length

/**
 * A figure over several days: its mean, and how far it went.
 *
 * @category models
 * @since 0.1.0
 */
export interface Spread {
  readonly mean: number
  readonly least: number
  readonly most: number
}

/**
 * A rule over several days. `undefined` where no day had a figure.
 *
 * @category models
 * @since 0.1.0
 */
export interface RuleSpread {
  readonly rule: string
  readonly recall: Spread | undefined
  /** Of the attacks that are no patient ones. */
  readonly loudRecall: Spread | undefined
  readonly precision: Spread | undefined
  readonly findings: Spread | undefined
  /** The day's medians. Units: milliseconds. */
  readonly medianMillis: Spread | undefined
  readonly longestMillis: number | undefined
}

const spreadOf = (figures: ReadonlyArray<number | undefined>): Spread | undefined => {
  const known = figures.filter((figure) => figure !== undefined)
  if (known.length === 0) return undefined
  const mean = known.reduce((sum, figure) => sum + figure, 0) / known.length
  return { mean, least: Math.min(...known), most: Math.max(...known) }
}

/**
 * @param days the scores of one rule, one a day
 * @category combining
 * @since 0.1.0
 */
export const spreadsOf = (rule: string, days: ReadonlyArray<RuleScore>): RuleSpread => ({
  rule,
  recall: spreadOf(days.map((day) => day.recall)),
  loudRecall: spreadOf(
    days.map((day) => ratio(day.found - day.foundPatient, day.attacks - day.patient)),
  ),
  precision: spreadOf(days.map((day) => day.precision)),
  findings: spreadOf(days.map((day) => day.findings)),
  medianMillis: spreadOf(days.map((day) => day.medianMillis)),
  longestMillis: spreadOf(days.map((day) => day.longestMillis))?.most,
})
