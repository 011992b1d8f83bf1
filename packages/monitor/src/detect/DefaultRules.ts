/**
 * The rules that come along. They know events by the names of their types, which are the
 * application's: `docs/detection.md` says which names they expect.
 *
 * @since 0.1.0
 */
import type { DetectionRule } from "./DetectionRule.ts"

const failedLogin =
  "(type~*login* or type~authentication.* or type~session.*) and (outcome=failure or outcome=denied)"
const person = "(actor.type=user or actor.type=agent)"
const reading = "(type~*.read or type~*.list or type~*.search or type~*.view)"
const exporting = "(type~*.export or type~*.download or action=EXPORT)"

/**
 * Who tries passwords, or tries them out on many.
 */
const logins: ReadonlyArray<DetectionRule> = [
  {
    kind: "count",
    name: "failed-login-burst",
    summary: "Many logins of one account failed",
    severity: "warning",
    confidence: 0.7,
    technique: "T1110.001",
    when: `${failedLogin} and actor.type!=anonymous`,
    by: "actor.id",
    atLeast: 8,
    within: "5m",
  },
  {
    kind: "count",
    name: "refused-address",
    summary: "Many logins from one address failed",
    severity: "warning",
    confidence: 0.6,
    technique: "T1110",
    when: failedLogin,
    by: "source.ip",
    atLeast: 30,
    within: "5m",
  },
  {
    kind: "distinct",
    name: "credential-stuffing",
    summary: "Logins of many accounts failed from one address",
    severity: "error",
    confidence: 0.85,
    technique: "T1110.004",
    when: failedLogin,
    by: "source.ip",
    of: "actor.id",
    atLeast: 10,
    within: "10m",
  },
  {
    kind: "travel",
    name: "impossible-travel",
    summary: "One account acted at two places that are too far apart",
    severity: "error",
    confidence: 0.8,
    technique: "T1078",
    when: `${person} and outcome=success`,
    by: "actor.id",
    kilometresAtLeast: 500,
    kilometresPerHour: 1000,
    quiet: "12h",
  },
  {
    kind: "reputation",
    name: "bad-address",
    summary: "Something was done from an address with a bad name",
    severity: "error",
    confidence: 0.6,
    technique: "T1078",
    when: "outcome=success",
    by: "source.ip",
  },
]

/**
 * Who takes more than work needs, other things, or at other times.
 */
const access: ReadonlyArray<DetectionRule> = [
  {
    kind: "count",
    name: "velocity",
    summary: "One account acted faster than a person does",
    severity: "warning",
    confidence: 0.7,
    technique: "T1119",
    when: person,
    by: "actor.id",
    atLeast: 120,
    within: "1m",
  },
  {
    kind: "baseline",
    name: "unusual-rate",
    summary: "One account did far more than it used to",
    severity: "warning",
    confidence: 0.6,
    technique: "T1119",
    when: person,
    by: "actor.id",
    every: "30m",
    halfLife: "7d",
    score: 12,
    minimum: 48,
    atLeast: 60,
    quiet: "4h",
  },
  {
    kind: "count",
    name: "bulk-export",
    summary: "One account exported many records",
    severity: "error",
    confidence: 0.75,
    technique: "T1213",
    when: `${exporting} and outcome=success`,
    by: "actor.id",
    sum: "data.records",
    atLeast: 5000,
    within: "1h",
  },
  {
    kind: "distinct",
    name: "many-targets",
    summary: "One account read or exported the records of many",
    severity: "warning",
    confidence: 0.6,
    technique: "T1213",
    when: `(${reading} or ${exporting}) and ${person} and outcome=success`,
    by: "actor.id",
    of: "target.id",
    atLeast: 100,
    within: "30m",
  },
  {
    kind: "schedule",
    name: "off-hours",
    summary: "Somebody without night duty worked at night",
    severity: "info",
    confidence: 0.4,
    technique: "T1078",
    when: `${reading} and actor.type=user and actor.roles!=shift and outcome=success`,
    by: "actor.id",
    open: {
      days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
      from: "06:00",
      to: "21:00",
      zone: "UTC",
    },
    atLeast: 5,
    within: "1h",
    quiet: "8h",
  },
  {
    kind: "first-seen",
    name: "first-seen-resource",
    summary: "One account used a rare kind of resource for the first time",
    severity: "info",
    confidence: 0.3,
    technique: "T1213",
    when: `${person} and outcome=success and exists(target.type)`,
    by: "actor.id",
    of: "target.type",
    minimum: 60,
    rareBelow: 0.01,
  },
]

/**
 * Who uses or gives himself rights beyond the daily ones, and who touches the audit itself.
 */
const control: ReadonlyArray<DetectionRule> = [
  {
    kind: "count",
    name: "break-glass",
    summary: "Somebody took rights for an emergency",
    severity: "warning",
    confidence: 0.9,
    technique: "T1078",
    when: "(type~*break-glass* or type~*emergency-access* or purpose=emergency) and outcome=success",
    by: "actor.id",
    atLeast: 1,
    within: "10m",
  },
  {
    kind: "sequence",
    name: "privilege-then-read",
    summary: "Somebody was given rights and used them at once",
    severity: "error",
    confidence: 0.7,
    technique: "T1098",
    first:
      "(type~*role.grant* or type~*privilege.grant* or type~*permission.grant*) and outcome=success",
    firstBy: "target.id",
    when: `${reading} and (classification=PHI or classification=PII or classification=CARDHOLDER or classification=SECRET) and outcome=success`,
    by: "actor.id",
    within: "15m",
  },
  {
    kind: "count",
    name: "audit-changed",
    summary: "The audit's own configuration was changed",
    severity: "error",
    confidence: 0.9,
    technique: "T1562",
    // The tuner gives its name and its reason in the record itself, which only the engine can write.
    when: "(type=audit.configuration.changed and data.by!=countersign/tuner) or type~audit.dead-letter.*",
    by: "type",
    atLeast: 1,
    within: "1m",
  },
  {
    kind: "count",
    name: "integrity-failed",
    summary: "The trail's integrity is in doubt",
    severity: "critical",
    confidence: 0.95,
    technique: "T1565.001",
    when: "(type=audit.verified and outcome=failure) or type=audit.witness.contradicted",
    by: "type",
    atLeast: 1,
    within: "1m",
  },
  {
    kind: "absence",
    name: "source-silent",
    summary: "A source that sends regularly has gone silent",
    severity: "error",
    confidence: 0.8,
    technique: "T1562.006",
    when: "actor.type=service",
    by: "actor.id",
    within: "15m",
    minimum: 100,
  },
]

/**
 * @category constants
 * @since 0.1.0
 */
export const defaultRules: ReadonlyArray<DetectionRule> = [...logins, ...access, ...control]
