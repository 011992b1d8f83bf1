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
  const waits = wanted
    .flatMap((attack) => {
      const times = findings.flatMap((each) => (isAbout(each, attack) ? [each.atMillis] : []))
      return times.length === 0 ? [] : [Math.min(...times) - attack.fromMillis]
    })
    .toSorted((left, right) => left - right)
  return {
    rule,
    attacks: wanted.length,
    patient: wanted.filter(({ isPatient }) => isPatient).length,
    found: waits.length,
    findings: findings.length,
    right: right.length,
    recall: ratio(waits.length, wanted.length),
    precision: ratio(right.length, findings.length),
    medianMillis: waits[Math.floor((waits.length - 1) / 2)],
    longestMillis: waits.at(-1),
  }
}
