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
import type { AlertCase, AlertPolicy } from "./AlertMachine.ts"
import type { AlertRule, Selector } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import { type LabelMatch, labelMatch } from "./LabelMatch.ts"
import * as Meter from "./Meter.ts"

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
  /** Readings of the newest pass whose series had no room. */
  unwatched = 0

  private readonly inputs: ReadonlyArray<Input>
  private readonly baselineOf: Meter.BaselineOf
  private readonly staleMillis: number
  /** Stands for a metric that was never heard of. */
  private nobody: Subject | undefined
  private others: Subject | undefined
  private othersHolding = 0
  private passUnwatched = 0

  constructor(
    rule: AlertRule,
    options: {
      readonly baselineOf: Meter.BaselineOf
      readonly staleMillis: number
      readonly nowMillis: number
    },
  ) {
    this.rule = rule
    this.inputs = inputsOf(rule)
    this.metrics = this.inputs.map(({ selector }) => selector.metric)
    this.baselineOf = options.baselineOf
    this.staleMillis = rule.kind === "finding" ? 0 : options.staleMillis
    this.policy = {
      forMillis: millisOf(rule.for ?? "0s"),
      keepFiringMillis: millisOf(rule.keepFiring ?? "0s"),
      escalateMillis: (rule.escalate ?? []).map(({ after }) => millisOf(after)),
    }
    if (rule.kind === "absence") {
      this.nobody = this.add(rule.of.metric, {}, options.nowMillis)
    }
  }

  /** Hands a reading to its subject and returns it; `undefined` where the rule does not mean it. */
  take(reading: Reading, nowMillis: number): Subject | undefined {
    const { labels, name, value } = reading
    let taken: Subject | undefined
    for (const { matches, selector, side } of this.inputs) {
      if (selector.metric !== name || !matches(labels)) continue
      const series = seriesOf(reading)
      const subject = this.subjectOf(reading, series, nowMillis)
      if (subject === undefined) this.pass(value)
      else {
        subject.heardMillis = nowMillis
        subject.meter.take(value, nowMillis, side, series)
        taken = subject
      }
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

  /** After all readings of one moment. */
  endPass(nowMillis: number): void {
    this.unwatched = this.passUnwatched
    this.passUnwatched = 0
    if (this.rule.kind === "finding") return
    if (this.unwatched === 0 && this.others === undefined) return
    this.others ??= this.add(othersKey, {}, nowMillis)
    this.others.heardMillis = nowMillis
    this.others.meter.take(this.othersHolding, nowMillis, 0, othersKey)
    this.othersHolding = 0
  }

  /** Whether the condition of a subject holds; a series that is gone is not on the wrong side. */
  judge(subject: Subject, nowMillis: number): Meter.Judgement {
    const found = subject.meter.judge(nowMillis)
    return this.isGone(subject, nowMillis) ? { ...found, holds: false } : found
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
      return subject === this.nobody && this.subjects.size > 1
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
        : Meter.make(rule, { series: key, bornMillis: nowMillis, baselineOf: this.baselineOf }),
      heardMillis: nowMillis,
      known: undefined,
      evidence: [],
    }
    this.subjects.set(key, subject)
    return subject
  }

  private pass(value: number): void {
    this.passUnwatched += 1
    if (this.rule.kind === "threshold" && Meter.compares(this.rule, value)) this.othersHolding += 1
  }
}

const evidenceMax = 20

/** How many of the series without room hold: the condition of those that need no memory. */
const othersMeter = (): Meter.Meter => {
  let holding = 0
  return {
    take: (count) => {
      holding = count
    },
    judge: () => ({ holds: holding > 0, value: holding, bound: 0 }),
  }
}
