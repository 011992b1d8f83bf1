/**
 * All rules and all alerts of one monitor, without a clock and without anybody to tell.
 *
 * It is plain and synchronous: what a reading changes is known when the call returns. The same
 * readings at the same moments give the same alerts.
 *
 * @since 0.1.0
 */
import * as Glob from "@countersign/core/query/Glob"
import type { Finding } from "../detect/Finding.ts"
import type { Reading } from "../metric/Reading.ts"
import type { Alert } from "./Alert.ts"
import * as Machine from "./AlertMachine.ts"
import { AlertPast } from "./AlertPast.ts"
import type { AlertRule, AlertRules } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import type { BaselineOf } from "./Meter.ts"
import { RuleWatch, type Subject } from "./RuleWatch.ts"
import { summaryOf } from "./Summary.ts"
import { alertMatch, type AlertTraits, timeMatch } from "./Suppressing.ts"

/**
 * Now, twice: durations are reckoned with the time that only goes forward, and people and windows
 * of suppression with the date.
 *
 * @category models
 * @since 0.1.0
 */
export interface Moment {
  /** Since some moment before; never less than before. Units: milliseconds. */
  readonly nowMillis: number
  /** Units: milliseconds since 1970. */
  readonly dateMillis: number
}

/**
 * An alert, and what has just become of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface AlertChange {
  readonly turn: Machine.Turn
  readonly alert: Alert
  /** Names of the targets that are to be told; `undefined`: all. Empty: nobody. */
  readonly notify: ReadonlyArray<string> | undefined
}

/**
 * What acknowledging an alert has come to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Acknowledgement {
  /** Whose the alert is now, says its `acknowledgedBy`. */
  readonly change: AlertChange
  /** Whether somebody had it before; then nothing has changed. */
  readonly isRepeated: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AlertBookOptions {
  readonly baselineOf?: BaselineOf | undefined
  readonly startedAt: Moment
  /** Changes that are remembered. Default 1000. */
  readonly historyMax?: number | undefined
}

const staleDefault = "5m"
const forgetDefault = "1d"
const historyMaxDefault = 1000
const nobody: ReadonlyArray<string> = []

const severityOf = (rule: AlertRule) => rule.severity ?? "warning"

/**
 * @category models
 * @since 0.1.0
 */
export class AlertBook {
  private readonly watches: ReadonlyArray<RuleWatch>
  private readonly byMetric = new Map<string, Array<RuleWatch>>()
  private readonly quiet: (traits: AlertTraits, subject: Subject, at: Moment) => string | undefined
  private readonly firing = new Map<Subject, AlertTraits>()
  private readonly memory: AlertPast

  constructor(rules: AlertRules, options: AlertBookOptions) {
    const { baselineOf = () => undefined, historyMax = historyMaxDefault, startedAt } = options
    const staleMillis = millisOf(rules.staleAfter ?? staleDefault)
    const forgetMillis = millisOf(rules.forgetAfter ?? forgetDefault)
    const { nowMillis } = startedAt
    this.memory = new AlertPast(historyMax)
    this.watches = inhibitingFirst(rules).map(
      (rule) => new RuleWatch(rule, { baselineOf, staleMillis, forgetMillis, nowMillis }),
    )
    for (const watch of this.watches) {
      for (const metric of new Set(watch.metrics)) {
        this.byMetric.set(metric, [...(this.byMetric.get(metric) ?? []), watch])
      }
    }
    this.quiet = quieting(rules, this.firing)
  }

  /** All that was read at one moment. */
  observe(readings: ReadonlyArray<Reading>, at: Moment): ReadonlyArray<AlertChange> {
    for (const reading of readings) {
      for (const watch of this.byMetric.get(reading.name) ?? []) {
        watch.take(reading, at.nowMillis, false)
      }
    }
    for (const watch of this.watches) watch.endPass(at.nowMillis, readings.length === 0)
    return this.tick(at)
  }

  /** One reading, as soon as it is there: costs next to nothing where no rule means it. */
  observeOne(reading: Reading, at: Moment): ReadonlyArray<AlertChange> {
    const watches = this.byMetric.get(reading.name)
    if (watches === undefined) return []
    const changes: Array<AlertChange> = []
    for (const watch of watches) {
      const subject = watch.take(reading, at.nowMillis, true)
      if (subject !== undefined) this.judge(watch, subject, at, changes)
    }
    return changes
  }

  /** What detection has found. */
  find(finding: Finding, at: Moment): ReadonlyArray<AlertChange> {
    const changes: Array<AlertChange> = []
    for (const watch of this.watches) {
      if (!means(watch.rule, finding)) continue
      watch.find(
        `${finding.rule}/${finding.subject}`,
        finding.confidence,
        finding.events,
        at.nowMillis,
      )
      for (const subject of watch.subjects.values()) this.judge(watch, subject, at, changes)
    }
    return changes
  }

  /** Judges everything again: time alone makes silence, escalation and the end of alerts. */
  tick(at: Moment): ReadonlyArray<AlertChange> {
    const changes: Array<AlertChange> = []
    for (const watch of this.watches) {
      for (const [key, subject] of watch.subjects) {
        this.judge(watch, subject, at, changes)
        watch.forget(subject, key, at.nowMillis)
      }
    }
    return changes
  }

  /** `undefined`: there is no such alert, or it is over or pending. */
  acknowledge(id: string, by: string, note: string, at: Moment): Acknowledgement | undefined {
    for (const watch of this.watches) {
      for (const subject of watch.subjects.values()) {
        if (subject.id !== id || subject.known === undefined) continue
        if (subject.known.state === "acknowledged") {
          const alert = alertOf(watch, subject, subject.known, at)
          return { change: { turn: "acknowledged", alert, notify: nobody }, isRepeated: true }
        }
        const step = Machine.acknowledge(subject.known, by, note, at.nowMillis)
        if (step === undefined) return undefined
        const changes: Array<AlertChange> = []
        this.apply(watch, subject, step, at, changes)
        const [change] = changes
        return change === undefined ? undefined : { change, isRepeated: false }
      }
    }
    return undefined
  }

  /** Those that are not over, the worst first. */
  active(at: Moment): ReadonlyArray<Alert> {
    return this.watches
      .flatMap((watch) =>
        [...watch.subjects.values()].flatMap((subject) =>
          subject.known === undefined ? [] : [alertOf(watch, subject, subject.known, at)],
        ),
      )
      .sort(
        (one, other) =>
          ranks.indexOf(other.severity) - ranks.indexOf(one.severity) ||
          one.sinceMillis - other.sinceMillis,
      )
  }

  /** What has become of alerts that fired, the newest last. */
  history(): ReadonlyArray<AlertChange> {
    return this.memory.changes()
  }

  /** Alerts that are over, each once, as it last ended; the newest first, and at most 200. */
  past(): ReadonlyArray<Alert> {
    return this.memory.alerts()
  }

  /** Series that had no room, by rule. */
  unwatched(): ReadonlyMap<string, number> {
    return new Map(
      this.watches.flatMap(({ rule, unwatched }) =>
        unwatched === 0 ? [] : [[rule.name, unwatched] as const],
      ),
    )
  }

  private judge(watch: RuleWatch, subject: Subject, at: Moment, changes: Array<AlertChange>): void {
    const { holds } = watch.judge(subject, at.nowMillis)
    if (!holds && subject.known === undefined) return
    const isQuiet = holds && this.quiet(traitsOf(watch.rule, subject), subject, at) !== undefined
    const step = Machine.step(watch.policy, subject.known, { holds, isQuiet }, at.nowMillis)
    this.apply(watch, subject, step, at, changes)
  }

  private apply(
    watch: RuleWatch,
    subject: Subject,
    { next, turns }: Machine.Step,
    at: Moment,
    changes: Array<AlertChange>,
  ): void {
    const before = subject.known
    subject.known = next
    if (turns.length === 0) return
    const state = next?.state
    if (state === "firing" || state === "acknowledged") {
      this.firing.set(subject, traitsOf(watch.rule, subject))
    } else this.firing.delete(subject)
    const known = next ?? before
    if (known === undefined) return
    const first = known.escalation - turns.length
    for (const [index, turn] of turns.entries()) {
      const escalation = turn === "escalated" ? first + index + 1 : known.escalation
      const quietBy =
        turn === "suppressed" ? this.quiet(traitsOf(watch.rule, subject), subject, at) : undefined
      const change: AlertChange = {
        turn,
        alert: {
          ...alertOf(watch, subject, { ...known, escalation }, at),
          ...(turn === "resolved"
            ? {
                state: "resolved",
                changedMillis: at.dateMillis,
                ending: watch.endingOf(subject, at.nowMillis),
              }
            : {}),
          ...(quietBy === undefined ? {} : { quietBy }),
        },
        notify: toldOf(watch.rule, turn, known, escalation),
      }
      changes.push(change)
      this.memory.add(change)
    }
  }
}

const ranks: ReadonlyArray<Alert["severity"]> = ["info", "warning", "error", "critical"]

const traitsOf = (rule: AlertRule, { labels }: Subject): AlertTraits => ({
  rule: rule.name,
  severity: severityOf(rule),
  labels,
})

const means = (rule: AlertRule, finding: Finding): boolean =>
  rule.kind === "finding" &&
  rule.rules.some((pattern) => Glob.matches(Glob.make(pattern), finding.rule)) &&
  (rule.severities?.includes(finding.severity) ?? true) &&
  finding.confidence >= (rule.confidenceMin ?? 0)

/** Who is told of a turn: a step's own targets, and of what follows everybody who was told before. */
const toldOf = (
  rule: AlertRule,
  turn: Machine.Turn,
  known: Machine.AlertCase,
  escalation: number,
): AlertChange["notify"] => {
  if (turn === "pending" || turn === "suppressed" || !known.isTold) return nobody
  const steps = rule.escalate ?? []
  if (turn === "escalated") return steps[escalation - 1]?.notify ?? nobody
  if (rule.notify === undefined) return undefined
  return [
    ...new Set([...rule.notify, ...steps.slice(0, escalation).flatMap(({ notify }) => notify)]),
  ]
}

const alertOf = (
  { rule }: RuleWatch,
  subject: Subject,
  known: Machine.AlertCase,
  at: Moment,
): Alert => {
  const { bound, value } = subject.meter.judge(at.nowMillis)
  const dated = (millis: number): number => Math.round(at.dateMillis - (at.nowMillis - millis))
  return {
    id: subject.id,
    rule: rule.name,
    severity: severityOf(rule),
    state: known.state,
    summary: summaryOf(rule.summary, {
      value,
      bound,
      subject: subject.name,
      for: rule.for ?? "0s",
      labels: subject.labels,
    }),
    subject: subject.name,
    value,
    group: subject.group,
    sinceMillis: dated(known.sinceMillis),
    changedMillis: dated(known.changedMillis),
    escalation: known.escalation,
    ...(known.acknowledgedBy === undefined ? {} : { acknowledgedBy: known.acknowledgedBy }),
    ...(known.note === undefined ? {} : { note: known.note }),
    evidence: subject.evidence,
  }
}

/** Rules that silence others come first: what they silence in the same moment is told to nobody. */
const inhibitingFirst = ({ inhibitions = [], rules }: AlertRules): ReadonlyArray<AlertRule> => {
  const matches = inhibitions.map((each) => alertMatch({ ...each.while, labels: {} }))
  const silences = (rule: AlertRule): boolean =>
    matches.some((match) => match({ rule: rule.name, severity: severityOf(rule), labels: {} }))
  return [...rules].sort((one, other) => Number(silences(other)) - Number(silences(one)))
}

/** The name of what keeps an alert from being told now. */
const quieting = (
  { inhibitions = [], suppressions = [] }: AlertRules,
  firing: ReadonlyMap<Subject, AlertTraits>,
): ((traits: AlertTraits, subject: Subject, at: Moment) => string | undefined) => {
  const windows = suppressions.map((each) => ({
    name: each.name,
    means: alertMatch(each.alerts),
    isNow: timeMatch(each),
  }))
  const rules = inhibitions.map((each) => ({
    inhibits: alertMatch(each.while),
    means: alertMatch(each.silence),
    equal: each.equal ?? [],
  }))
  return (traits, subject, at) => {
    for (const { isNow, means, name } of windows) {
      if (means(traits) && isNow(at.dateMillis)) return name
    }
    for (const { equal, inhibits, means } of rules) {
      if (!means(traits)) continue
      for (const [other, its] of firing) {
        const isSame = equal.every((label) => its.labels[label] === traits.labels[label])
        if (other !== subject && isSame && inhibits(its)) return its.rule
      }
    }
    return undefined
  }
}
