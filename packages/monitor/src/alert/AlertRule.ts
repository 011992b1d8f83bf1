/**
 * Rules of alerts, as data: what a person should be told, when, how soon, and who is told.
 *
 * A rule holds no code, so a file of rules can be checked, shown and exchanged without running it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AlertSeverity } from "./Alert.ts"
import { AlertSpan } from "./AlertSpan.ts"

// Taken by its name: taking the module apart would put all of it into a page that is bundled.
const optionalKey = Schema.optionalKey

const metricName = Schema.String.check(
  Schema.isPattern(/^[a-zA-Z_:][\w:]*$/, { expected: "a metric's name, such as a_b_seconds" }),
  Schema.isMaxLength(200),
)
const labelName = Schema.String.check(
  Schema.isPattern(/^[a-zA-Z_]\w*$/, { expected: "a label's name, such as sink" }),
  Schema.isMaxLength(100),
)
const pattern = Schema.String.check(Schema.isMaxLength(256))
const nameForm = Schema.isPattern(/^[a-z][a-z0-9._-]{0,63}$/, {
  expected: "a name of lower-case letters, digits, '.', '_' and '-', such as sink-lag",
})
const name = Schema.String.check(nameForm)
const labelNames = Schema.Array(labelName).check(Schema.isMaxLength(8))

/**
 * Texts in which `*` is any run of characters and `?` any one; a list stands for any of them.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LabelPatterns = Schema.Record(
  labelName,
  Schema.Union([pattern, Schema.Array(pattern).check(Schema.isMaxLength(100))]),
)

/**
 * @category models
 * @since 0.1.0
 */
export type LabelPatterns = typeof LabelPatterns.Type

/**
 * Series of one metric.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Selector = Schema.Struct({
  metric: metricName,
  /** Each must match. */
  labels: optionalKey(LabelPatterns),
  /** What matches all of these is left out. */
  except: optionalKey(LabelPatterns),
}).annotate({ identifier: "Selector" })

/**
 * @category models
 * @since 0.1.0
 */
export type Selector = typeof Selector.Type

const comparison = {
  is: Schema.Literals(["above", "at-least", "below", "at-most", "equals", "differs"]),
  bound: Schema.Finite,
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Comparison {
  readonly is: (typeof comparison.is)["Type"]
  readonly bound: number
}

/**
 * A comparison that must hold beside a rule: of the sum of some series, or of its ratio to the sum
 * of others.
 *
 * @category schemas
 * @since 0.1.0
 */
export const While = Schema.Struct({
  of: Selector,
  to: optionalKey(Selector),
  ...comparison,
}).annotate({ identifier: "While" })

/**
 * @category models
 * @since 0.1.0
 */
export type While = typeof While.Type

const Escalation = Schema.Struct({
  /** Since it is firing and nobody has acknowledged it. */
  after: AlertSpan,
  notify: Schema.NonEmptyArray(name),
})

const shared = {
  name,
  /** Default `warning`. */
  severity: optionalKey(AlertSeverity),
  /**
   * One sentence, with `{value}`, `{bound}`, `{subject}`, `{for}` and `{labels.NAME}` where those
   * stand.
   */
  summary: Schema.NonEmptyString.check(Schema.isMaxLength(300)),
  /** It counts only while this is so. Of an absence: only the silence since then. */
  while: optionalKey(While),
  /** How long it must hold before somebody is told. Default: told at once. */
  for: optionalKey(AlertSpan),
  /** How long it must be over before it counts as resolved. Default: at once. */
  keepFiring: optionalKey(AlertSpan),
  /** Labels whose values make the group that is told together. Default: all of the rule. */
  groupBy: optionalKey(labelNames),
  /** Names of targets. Default: all there are. */
  notify: optionalKey(Schema.NonEmptyArray(name)),
  /** Who else is told while nobody acknowledges it, the soonest first. */
  escalate: optionalKey(Schema.Array(Escalation).check(Schema.isMaxLength(8))),
  /** Series that are watched one by one; the others are counted together. Default 100. */
  seriesMax: optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))),
}

const Threshold = Schema.Struct({
  ...shared,
  kind: Schema.Literal("threshold"),
  of: Selector,
  ...comparison,
})

const Rate = Schema.Struct({
  ...shared,
  /**
   * How fast a counter grows. One that falls began again at 0, and one that was not there in the
   * first reading began at 0.
   */
  kind: Schema.Literal("rate"),
  of: Selector,
  over: AlertSpan,
  /** The bound is the growth in this time. Default `1s`. */
  per: optionalKey(AlertSpan),
  ...comparison,
})

const Absence = Schema.Struct({
  ...shared,
  /** Nothing is heard of a series, or it was never there. */
  kind: Schema.Literal("absence"),
  of: Selector,
  after: AlertSpan,
  /** Whether a value that stays the same counts as nothing heard: for heartbeats. */
  isUnchanged: optionalKey(Schema.Boolean),
})

const Ratio = Schema.Struct({
  ...shared,
  /** The sum of some series over the sum of others. */
  kind: Schema.Literal("ratio"),
  of: Selector,
  to: Selector,
  /** Labels whose values are kept apart. Default: one ratio of everything. */
  by: optionalKey(labelNames),
  /** For counters: of their growth in this time. Default: of the values as they are. */
  over: optionalKey(AlertSpan),
  ...comparison,
})

const BurnRate = Schema.Struct({
  ...shared,
  /**
   * How much faster than allowed the errors that an objective leaves room for are used up. It
   * holds while both spans of one of the windows say so: the long one that it matters, the short
   * one that it goes on.
   */
  kind: Schema.Literal("burn-rate"),
  bad: Selector,
  total: Selector,
  by: optionalKey(labelNames),
  /** The part of all that is to be good, such as 0.999. */
  objective: Schema.Finite.check(
    Schema.isBetween({
      minimum: 0,
      maximum: 1,
      exclusiveMinimum: true,
      exclusiveMaximum: true,
    }),
  ),
  windows: Schema.NonEmptyArray(
    Schema.Struct({
      long: AlertSpan,
      short: AlertSpan,
      factor: Schema.Finite.check(Schema.isGreaterThan(0)),
    }),
  ).check(Schema.isMaxLength(4)),
})

const Change = Schema.Struct({
  ...shared,
  /** A value over what it is usually: 1 is as usual, 2 twice as much. */
  kind: Schema.Literal("change"),
  of: Selector,
  /** `past`: its mean over `over`. `baseline`: the committed one. Or a number. */
  against: Schema.Union([Schema.Literals(["past", "baseline"]), Schema.Finite]),
  /** Default `1h`. Nothing is judged before half of it has passed. */
  over: optionalKey(AlertSpan),
  ...comparison,
})

const FindingRule = Schema.Struct({
  ...shared,
  /** Detection has found something in the events. */
  kind: Schema.Literal("finding"),
  /** Patterns of names of detection's rules. */
  rules: Schema.NonEmptyArray(pattern),
  /** Default: any. */
  severities: optionalKey(Schema.NonEmptyArray(AlertSeverity)),
  confidenceMin: optionalKey(Schema.Finite),
  /** It is over when nothing more was found for so long. */
  quiet: AlertSpan,
})

/**
 * What a rule can look for.
 *
 * @category constants
 * @since 0.1.0
 */
export const ruleKinds = [
  "threshold",
  "rate",
  "absence",
  "ratio",
  "burn-rate",
  "change",
  "finding",
] as const satisfies ReadonlyArray<AlertRule["kind"]>

/**
 * One rule.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertRule = Schema.Union([
  Threshold,
  Rate,
  Absence,
  Ratio,
  BurnRate,
  Change,
  FindingRule,
]).annotate({ identifier: "AlertRule" })

/**
 * @category models
 * @since 0.1.0
 */
export type AlertRule = typeof AlertRule.Type

/**
 * A rule of one kind.
 *
 * @category models
 * @since 0.1.0
 */
export type RuleOf<Kind extends AlertRule["kind"]> = Extract<AlertRule, { readonly kind: Kind }>

/**
 * Alerts: those of rules whose names match, with labels that match.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertSelector = Schema.Struct({
  /** Patterns of rules' names. Default: all. */
  rules: optionalKey(Schema.NonEmptyArray(pattern)),
  labels: optionalKey(LabelPatterns),
  severities: optionalKey(Schema.NonEmptyArray(AlertSeverity)),
}).annotate({ identifier: "AlertSelector" })

/**
 * @category models
 * @since 0.1.0
 */
export type AlertSelector = typeof AlertSelector.Type

const clockTime = Schema.String.check(
  Schema.isPattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { expected: "a time of day such as 22:30" }),
)

/**
 * Days of the week, as rules write them.
 *
 * @category constants
 * @since 0.1.0
 */
export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const

const instant = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/, {
    expected: "an instant such as 2026-11-21T22:00:00Z",
  }),
)

const Recurring = Schema.Struct({
  name,
  alerts: optionalKey(AlertSelector),
  /** From this time of day … */
  from: clockTime,
  /** … until this one, of the next day where it is not later. */
  to: clockTime,
  /** On which it begins. Default: every day. */
  days: optionalKey(Schema.NonEmptyArray(Schema.Literals(weekdays))),
  /** Such as `Europe/Berlin`. Default `UTC`. */
  timeZone: optionalKey(Schema.NonEmptyString),
})

const Once = Schema.Struct({
  name,
  alerts: optionalKey(AlertSelector),
  start: instant,
  end: instant,
})

/**
 * A time in which nobody is told of some alerts. They are seen and recorded all the same, and told
 * when it is over if they still hold.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Suppression = Schema.Union([Recurring, Once]).annotate({ identifier: "Suppression" })

/**
 * @category models
 * @since 0.1.0
 */
export type Suppression = typeof Suppression.Type

/**
 * An alert that makes others no news.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Inhibition = Schema.Struct({
  /** While one of these is firing … */
  while: AlertSelector,
  /** … nobody is told of these. */
  silence: AlertSelector,
  /** Labels that both must have with the same value. */
  equal: optionalKey(labelNames),
}).annotate({ identifier: "Inhibition" })

/**
 * @category models
 * @since 0.1.0
 */
export type Inhibition = typeof Inhibition.Type

/**
 * What a file of rules holds.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertRules = Schema.Struct({
  rules: Schema.Array(AlertRule).check(Schema.isMaxLength(500)),
  suppressions: optionalKey(Schema.Array(Suppression).check(Schema.isMaxLength(100))),
  inhibitions: optionalKey(Schema.Array(Inhibition).check(Schema.isMaxLength(100))),
  /** The shortest time from one notice of a group to its next. Default: none. */
  groupEvery: optionalKey(AlertSpan),
  /** A series that nothing was heard of for so long is gone. Default `5m`. */
  staleAfter: optionalKey(AlertSpan),
  /**
   * When a rule about absence has held for so long of a series, and others of the rule are heard,
   * the series is forgotten. Default `1d`.
   */
  forgetAfter: optionalKey(AlertSpan),
}).annotate({ identifier: "AlertRules" })

/**
 * @category models
 * @since 0.1.0
 */
export type AlertRules = typeof AlertRules.Type
