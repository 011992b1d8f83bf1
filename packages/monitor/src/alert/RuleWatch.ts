/**
 * The subjects of one rule: series, or groups of them, each with its meter.
 *
 * Their number is bounded. What comes after that is counted, so that labels that an application
 * fills with anything cost no memory and are not passed over in silence.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { type Labels, type Reading, seriesOf } from "../metric/Reading.ts"
import { compares } from "./Comparing.ts"
import { Condition } from "./Condition.ts"
import { Counters, countersMax } from "./Counters.ts"
import type { AlertCase, AlertPolicy } from "./AlertMachine.ts"
import type { Alert } from "./Alert.ts"
import type { AlertRule, Selector } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import { type LabelMatch, labelMatch } from "./LabelMatch.ts"
import * as Meter from "./Meter.ts"
import { PassedOver } from "./PassedOver.ts"

/**
 * Series of a rule that are watched one by one, unless it says otherwise.
 *
 * @category constants
 * @since 0.1.0
 */
export const seriesMaxDefault = 100

/**
 * What a rule watches.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  /** Of its alert. */
  readonly id: string
  /** For people. */
  readonly name: string
  readonly labels: Labels
  readonly group: string
  readonly meter: Meter.Meter
  heardMillis: number
  known: AlertCase | undefined
  /** Ids of events, the newest last. */
  evidence: ReadonlyArray<string>
}

/** No series is called so: it would have the name of its metric. */
const othersKey = "other"

const idLengthMax = 300
const nameLengthMax = 200

/** A long one keeps its beginning, and a hash so that it stays the only one. */
const bounded = (text: string, lengthMax: number): string =>
  text.length <= lengthMax
    ? text
    : `${text.slice(0, lengthMax - 20)}…${createHash("sha256").update(text).digest("hex").slice(0, 16)}`

interface Input {
  readonly selector: Selector
  readonly matches: LabelMatch
  readonly side: Meter.Side
}

const inputsOf = (rule: AlertRule): ReadonlyArray<Input> => {
  const input = (selector: Selector, side: Meter.Side): Input => ({
    selector,
    matches: labelMatch(selector.labels, selector.except),
    side,
  })
  switch (rule.kind) {
    case "ratio":
      return [input(rule.of, 0), input(rule.to, 1)]
    case "burn-rate":
      return [input(rule.bad, 0), input(rule.total, 1)]
    case "finding":
      return []
    default:
      return [input(rule.of, 0)]
  }
}

const picked = (labels: Labels, names: ReadonlyArray<string>): Labels =>
  Object.fromEntries(
    names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
  )

/**
 * @category models
 * @since 0.1.0
 */
export class RuleWatch {
  readonly rule: AlertRule
  readonly policy: AlertPolicy
  readonly metrics: ReadonlyArray<string>
  readonly subjects = new Map<string, Subject>()
  private readonly inputs: ReadonlyArray<Input>
  private readonly condition: Condition | undefined
  private readonly counters: Counters | undefined
  private readonly baselineOf: Meter.BaselineOf
  private readonly staleMillis: number
  /** Of an absence: when a series is given up, since it was heard of. */
  private readonly forgetMillis: number
  /** Stands for a metric that was never heard of. */
  private nobody: Subject | undefined
  private others: Subject | undefined
  private readonly passed = new PassedOver()
  /** When any series was heard of. */
  private heardMillis = Number.NEGATIVE_INFINITY

  constructor(
    rule: AlertRule,
    options: {
      readonly baselineOf: Meter.BaselineOf
      readonly staleMillis: number
      readonly forgetMillis: number
      readonly nowMillis: number
    },
  ) {
    this.rule = rule
    this.inputs = inputsOf(rule)
    const { staleMillis } = options
    this.condition = rule.while === undefined ? undefined : new Condition(rule.while, staleMillis)
    this.metrics = [
      ...this.inputs.map(({ selector }) => selector.metric),
      ...(this.condition?.metrics ?? []),
    ]
    this.counters = Meter.isOfGrowth(rule)
      ? new Counters({ max: Math.max(countersMax, rule.seriesMax ?? 0), staleMillis })
      : undefined
    this.baselineOf = options.baselineOf
    this.staleMillis = staleMillis
    this.forgetMillis = options.forgetMillis + (rule.kind === "absence" ? millisOf(rule.after) : 0)
    this.policy = {
      forMillis: millisOf(rule.for ?? "0s"),
      keepFiringMillis: millisOf(rule.keepFiring ?? "0s"),
      escalateMillis: (rule.escalate ?? []).map(({ after }) => millisOf(after)),
    }
    if (rule.kind === "absence") {
      this.nobody = this.add(rule.of.metric, {}, options.nowMillis)
    }
  }

  /** Readings of the newest pass, and those that came since by themselves, that had no room. */
  get unwatched(): number {
    return this.passed.count
  }

  /**
   * Hands a reading to its subject and returns it; `undefined` where the rule does not mean it.
   *
   * @param isAlone whether it came by itself, not with all others of a moment
   */
  take(reading: Reading, nowMillis: number, isAlone: boolean): Subject | undefined {
    const { labels, name, value } = reading
    this.condition?.take(reading, nowMillis)
    let taken: Subject | undefined
    let series: string | undefined
    let amount: number | undefined
    for (const { matches, selector, side } of this.inputs) {
      if (selector.metric !== name || !matches(labels)) continue
      if (series === undefined) {
        series = seriesOf(reading)
        // Once, though both sides of a ratio may mean it: the second time it has not grown.
        amount =
          this.counters === undefined ? value : this.counters.growth(series, value, nowMillis)
      }
      this.heardMillis = nowMillis
      taken =
        this.handed(reading, series, amount, side, nowMillis) ??
        this.passOver(series, value, isAlone, nowMillis) ??
        taken
    }
    return taken
  }

  /** Hands on what was found about somebody. */
  find(about: string, confidence: number, evidence: ReadonlyArray<string>, nowMillis: number) {
    const subject =
      this.subjects.get(about) ??
      this.room(about, { subject: about }, nowMillis) ??
      (this.others ??= this.add(othersKey, {}, nowMillis))
    subject.heardMillis = nowMillis
    subject.evidence = [...new Set([...subject.evidence, ...evidence])].slice(-evidenceMax)
    subject.meter.take(confidence, nowMillis, 0, about)
  }

  /**
   * After all readings of one moment.
   *
   * @param isEmpty whether there were none: then nobody knows yet which counters there are
   */
  endPass(nowMillis: number, isEmpty: boolean): void {
    if (!isEmpty) this.counters?.watch()
    this.passed.endPass()
    if (this.rule.kind === "finding") return
    if (this.passed.count > 0 || this.others !== undefined) this.tellOthers(nowMillis)
  }

  /** Whether the condition of a subject holds; a series that is gone is not on the wrong side. */
  judge(subject: Subject, nowMillis: number): Meter.Judgement {
    const found = subject.meter.judge(nowMillis)
    const isMeant = this.condition === undefined || this.condition.since(nowMillis) !== undefined
    return isMeant && !this.isGone(subject, nowMillis) ? found : { ...found, holds: false }
  }

  /** Why an alert that is resolved now is over. */
  endingOf(subject: Subject, nowMillis: number): NonNullable<Alert["ending"]> {
    const isSeries = subject !== this.nobody && subject !== this.others
    return this.rule.kind !== "finding" && isSeries && this.isGone(subject, nowMillis)
      ? "gone"
      : "over"
  }

  /** Forgets a subject that is gone, has no alert and leaves room for another. */
  forget(subject: Subject, key: string, nowMillis: number): void {
    if (subject.known === undefined && this.isGone(subject, nowMillis)) {
      this.subjects.delete(key)
      if (subject === this.others) this.others = undefined
      if (subject === this.nobody) this.nobody = undefined
    }
  }

  private isGone(subject: Subject, nowMillis: number): boolean {
    if (this.rule.kind === "absence") {
      if (subject === this.nobody && this.subjects.size > 1) return true
      // Where nothing is heard of any, it is what the rule is there to tell.
      const isAnyHeard = nowMillis - this.heardMillis < millisOf(this.rule.after)
      return isAnyHeard && nowMillis - subject.heardMillis >= this.forgetMillis
    }
    if (this.rule.kind === "finding") return !subject.meter.judge(nowMillis).holds
    return nowMillis - subject.heardMillis >= this.staleMillis
  }

  private subjectOf(reading: Reading, series: string, nowMillis: number): Subject | undefined {
    const { rule } = this
    if (rule.kind === "ratio" || rule.kind === "burn-rate") {
      const labels = picked(reading.labels, rule.by ?? [])
      const key = seriesOf({ name: rule.name, labels })
      return this.subjects.get(key) ?? this.room(key, labels, nowMillis)
    }
    return this.subjects.get(series) ?? this.room(series, reading.labels, nowMillis)
  }

  private room(key: string, labels: Labels, nowMillis: number): Subject | undefined {
    const unnamed = (this.nobody === undefined ? 0 : 1) + (this.others === undefined ? 0 : 1)
    if (this.subjects.size - unnamed >= (this.rule.seriesMax ?? seriesMaxDefault)) return undefined
    return this.add(key, labels, nowMillis)
  }

  private add(key: string, labels: Labels, nowMillis: number): Subject {
    const { rule } = this
    const isCounted = key === othersKey && rule.kind !== "finding"
    const subject: Subject = {
      id: bounded(`${rule.name}/${key}`, idLengthMax),
      name: bounded(key, nameLengthMax),
      labels,
      group: bounded(
        seriesOf({ name: rule.name, labels: picked(labels, rule.groupBy ?? []) }),
        idLengthMax,
      ),
      meter: isCounted
        ? othersMeter()
        : Meter.make(rule, {
            series: key,
            bornMillis: nowMillis,
            baselineOf: this.baselineOf,
            staleMillis: this.staleMillis,
            since: this.condition === undefined ? undefined : this.whileSince,
          }),
      heardMillis: nowMillis,
      known: undefined,
      evidence: [],
    }
    this.subjects.set(key, subject)
    return subject
  }

  private readonly whileSince = (nowMillis: number): number | undefined =>
    this.condition?.since(nowMillis)

  /** `undefined`: there is no room. */
  private handed(
    reading: Reading,
    series: string,
    amount: number | undefined,
    side: Meter.Side,
    nowMillis: number,
  ): Subject | undefined {
    const subject = amount === undefined ? undefined : this.subjectOf(reading, series, nowMillis)
    if (subject === undefined || amount === undefined) return undefined
    subject.heardMillis = nowMillis
    if (!subject.meter.take(amount, nowMillis, side, series)) return undefined
    this.passed.remove(series)
    return subject
  }

  private passOver(
    series: string,
    value: number,
    isAlone: boolean,
    nowMillis: number,
  ): Subject | undefined {
    const { rule } = this
    const isThreshold = rule.kind === "threshold"
    this.passed.take(series, isThreshold && compares(rule, value), isAlone)
    // In a pass they are judged together at its end.
    return isAlone && isThreshold ? this.tellOthers(nowMillis) : undefined
  }

  private tellOthers(nowMillis: number): Subject {
    this.others ??= this.add(othersKey, {}, nowMillis)
    this.others.heardMillis = nowMillis
    this.others.meter.take(this.passed.holding, nowMillis, 0, othersKey)
    return this.others
  }
}

const evidenceMax = 20

/** How many of the series without room hold: the condition of those that need no memory. */
const othersMeter = (): Meter.Meter => {
  let holding = 0
  return {
    take: (count) => {
      holding = count
      return true
    },
    judge: () => ({ holds: holding > 0, value: holding, bound: 0 }),
  }
}
