/**
 * Rules of detection as data.
 *
 * A rule says which events it looks at (`when`), whose they are (`by`), and, by its kind, what about
 * them is worth a finding. `docs/detection.md` has the kinds in words and the rules that come along.
 *
 * @since 0.1.0
 */
import * as Filter from "@countersign/core/query/Filter"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { Finding } from "./Finding.ts"

/**
 * Most rules of one set.
 *
 * @category constants
 * @since 0.1.0
 */
export const rulesMax = 256

/**
 * Most distinct values that a rule can ask for.
 *
 * @category constants
 * @since 0.1.0
 */
export const distinctMax = 256

const optionalKey = Schema.optionalKey

const FilterText = Schema.String.check(
  Schema.makeFilter((text: string) => {
    const parsed = Filter.parse(text)
    return Result.isFailure(parsed) ? parsed.failure.message : undefined
  }),
)

/** Names joined by dots, as in filters, none of them quoted. */
const Path = Schema.String.check(Schema.isPattern(/^[^\s.]{1,64}(?:\.[^\s.]{1,64}){0,15}$/))
const Key = Schema.Union([
  Path,
  Schema.Array(Path).check(Schema.isMinLength(1), Schema.isMaxLength(3)),
])

const whole = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const finite = (minimum: number, maximum: number) =>
  Schema.Finite.check(Schema.isBetween({ minimum, maximum }))

const shared = {
  /** Lower-case words joined by `-`. */
  name: Schema.String.check(
    Schema.isPattern(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/),
    Schema.isMaxLength(64),
  ),
  /** One sentence: what a finding of this rule means. */
  summary: Schema.NonEmptyString.check(Schema.isMaxLength(200)),
  severity: Finding.fields.severity,
  /** How sure a finding is at first. A subject with findings of late makes it surer. */
  confidence: finite(0, 1),
  /** A technique of MITRE ATT&CK, such as `T1110.004`. */
  technique: optionalKey(Schema.String.check(Schema.isPattern(/^T\d{4}(?:\.\d{3})?$/))),
  /** Which events it looks at: a filter, as in docs/filter.md. Relative times count from the event's own. */
  when: FilterText,
  /** Whose the events are: one path, or up to three that make one key together. */
  by: Key,
  /** How long after a finding there is no other of the same subject. Default: `within`, or an hour. */
  quiet: optionalKey(Duration),
}

const zonePattern = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const
const Hour = Schema.String.check(Schema.isPattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/))

/**
 * When work is done: on these days, from one time of the day up to another.
 *
 * @category schemas
 * @since 0.1.0
 */
export const OpenHours = Schema.Struct({
  days: Schema.Array(Schema.Literals(days)),
  from: Hour,
  /** Before `from`: on the day after. */
  to: Hour,
  /** A time zone of the IANA database, such as `Europe/Berlin`. */
  zone: Schema.String.check(
    Schema.isPattern(zonePattern),
    Schema.makeFilter(
      (zone: string) => isZone(zone) || "expected a time zone such as Europe/Berlin",
    ),
  ),
})

/**
 * @category models
 * @since 0.1.0
 */
export type OpenHours = typeof OpenHours.Type

/** So many events of one key within a time; with `sum`, so much of a number that they carry. */
const Count = Schema.Struct({
  kind: Schema.Literal("count"),
  ...shared,
  atLeast: whole(1, 1_000_000_000),
  within: Duration,
  sum: optionalKey(Path),
})

/** So many events of one key outside of working hours. */
const Schedule = Schema.Struct({
  kind: Schema.Literal("schedule"),
  ...shared,
  open: OpenHours,
  atLeast: whole(1, 1_000_000),
  within: Duration,
})

/** So many different values within a time. */
const Distinct = Schema.Struct({
  kind: Schema.Literal("distinct"),
  ...shared,
  of: Key,
  atLeast: whole(2, distinctMax),
  within: Duration,
})

/** First the one, then within a time the other (`when`), of the same key. */
const Sequence = Schema.Struct({
  kind: Schema.Literal("sequence"),
  ...shared,
  first: FilterText,
  /** Where the first one has the key. Default: `by`. */
  firstBy: optionalKey(Key),
  within: Duration,
})

/** A value that a key never had before, once the key is known. */
const FirstSeen = Schema.Struct({
  kind: Schema.Literal("first-seen"),
  ...shared,
  of: Key,
  /** Events of the key before something can be new for it. */
  minimum: whole(1, 65_535),
  /** Only values that fewer of the keys have had, as a share from 0 to 1. Default: any. */
  rareBelow: optionalKey(finite(0, 1)),
})

/** Two places, and too little time between. */
const Travel = Schema.Struct({
  kind: Schema.Literal("travel"),
  ...shared,
  /** Where the event has its place, in degrees. Without, the address is looked up. */
  latitude: optionalKey(Path),
  longitude: optionalKey(Path),
  address: optionalKey(Path),
  kilometresAtLeast: finite(1, 20_000),
  kilometresPerHour: finite(1, 100_000),
})

/** A source that spoke, and speaks no more. */
const Absence = Schema.Struct({
  kind: Schema.Literal("absence"),
  ...shared,
  within: Duration,
  /** Events of the key before its silence means something. */
  minimum: whole(1, 65_535),
})

/** A rate far above what the key used to have. */
const Baseline = Schema.Struct({
  kind: Schema.Literal("baseline"),
  ...shared,
  /** What is counted together. */
  every: Duration,
  /** After this long, what was counted weighs half. */
  halfLife: Duration,
  /** Standard deviations above the mean. */
  score: finite(1, 100),
  /** Periods that were counted before a rate can be unusual. */
  minimum: whole(2, 10_000),
  /** Fewer are never unusual. */
  atLeast: whole(1, 1_000_000_000),
})

/** Something with a bad name. */
const Reputation = Schema.Struct({ kind: Schema.Literal("reputation"), ...shared })

/**
 * @category schemas
 * @since 0.1.0
 */
export const DetectionRule = Schema.Union([
  Count,
  Schedule,
  Distinct,
  Sequence,
  FirstSeen,
  Travel,
  Absence,
  Baseline,
  Reputation,
])

/**
 * @category models
 * @since 0.1.0
 */
export type DetectionRule = typeof DetectionRule.Type

/**
 * A rule of one kind.
 *
 * @category models
 * @since 0.1.0
 */
export type RuleOf<K extends DetectionRule["kind"]> = Extract<DetectionRule, { readonly kind: K }>

/**
 * A file of rules.
 *
 * @category schemas
 * @since 0.1.0
 */
export const DetectionRules = Schema.Struct({
  rules: Schema.Array(DetectionRule).check(Schema.isMinLength(1), Schema.isMaxLength(rulesMax)),
})

/**
 * Rules that can't be used. None of them is.
 *
 * @category errors
 * @since 0.1.0
 */
export class DetectionRulesInvalid extends Schema.TaggedError<DetectionRulesInvalid>(
  "@countersign/monitor/DetectionRulesInvalid",
)("DetectionRulesInvalid", {
  code: Schema.tag("AUD-6501"),
  isRetryable: Schema.tag(false),
  /** Where they were to come from. */
  source: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.source} holds no rules of detection: ${this.detail}. docs/detection.md has the kinds and their members`
  }
}

const decode = Schema.decodeUnknownResult(DetectionRules, {
  errors: "all",
  onExcessProperty: "error",
})

const detailMax = 4000

/**
 * Takes rules out of parsed JSON or YAML. A member that is not known is refused, and a name that
 * two rules have.
 *
 * @param source what messages call it, such as the file's name
 * @category parsing
 * @since 0.1.0
 */
export const parseRules = (
  value: unknown,
  source: string,
): Result.Result<ReadonlyArray<DetectionRule>, DetectionRulesInvalid> => {
  const refuse = (detail: string) =>
    Result.fail(new DetectionRulesInvalid({ source, detail: detail.slice(0, detailMax) }))
  const decoded = decode(value)
  if (Result.isFailure(decoded)) return refuse(decoded.failure.message)
  const { rules } = decoded.success
  const names = new Set<string>()
  for (const { name } of rules) {
    if (names.has(name)) return refuse(`two rules are named ${name}`)
    names.add(name)
  }
  return Result.succeed(rules)
}
