/**
 * Judges events by rules: what goes in is the trail's events in their order, what comes out are
 * findings.
 *
 * Everything follows from the events alone: neither clock nor chance has a part, and it makes no
 * difference in what batches they come. So the same trail gives the same findings whenever it is
 * read. Runs once an event, so it is plain and synchronous.
 *
 * @since 0.1.0
 */
import * as Filter from "@countersign/core/query/Filter"
import { baselineJudge, countJudge, distinctJudge, scheduleJudge } from "./CountingJudges.ts"
import type { DetectionRule } from "./DetectionRule.ts"
import { millisOf } from "./Duration.ts"
import { evidenceMax } from "./Evidence.ts"
import { hashOf, InstantReader, textsAt } from "./EventValue.ts"
import { residueOf } from "./FilterResidue.ts"
import type { Finding } from "./Finding.ts"
import {
  type Bench,
  type Facts,
  type Judge,
  makeBench,
  type Outside,
  type Sighting,
  type Watch,
} from "./Judge.ts"
import { KeySpace } from "./KeySpace.ts"
import { absenceJudge, firstSeenJudge, reputationJudge, travelJudge } from "./KnowingJudges.ts"
import { QuietTimes } from "./QuietTimes.ts"
import { sequenceJudge } from "./SequenceJudge.ts"
import { Trust } from "./Trust.ts"

/**
 * Types of event that are made of findings and alerts. Judging them would make findings of findings.
 *
 * @category constants
 * @since 0.1.0
 */
export const ownTypes: ReadonlyArray<string> = ["countersign.finding.", "countersign.alert."]

/**
 * @category models
 * @since 0.1.0
 */
export interface DetectorOptions extends Outside {
  readonly rules: ReadonlyArray<DetectionRule>
  /** Most keys of each kind (actors, addresses, …) at once. Default 131,072. Bounds: 1 to 16,777,216. */
  readonly keysMax?: number
  /**
   * How far the time that an application gave may lie before the engine's own for the event to be
   * judged at that time. Beyond, and for times that are yet to come, the engine's counts. Units:
   * milliseconds. Default: an hour.
   */
  readonly latenessMillis?: number
}

/**
 * What a detector did so far.
 *
 * @category models
 * @since 0.1.0
 */
export interface DetectorCounts {
  readonly judged: number
  /** Records that are no events with a time. */
  readonly unreadable: number
  readonly findings: number
  /** Keys that are known at present, of all kinds. */
  readonly keys: number
  /** Keys that made room for others, with what was known of them. */
  readonly forgotten: number
  /** Values of `first-seen` rules that made room for others, and would be new again. */
  readonly forgottenValues: number
}

interface RunningRule {
  readonly rule: DetectionRule
  readonly judge: Judge
  readonly space: KeySpace
  readonly quiet: QuietTimes
}

interface Step {
  readonly running: RunningRule
  readonly watch: Watch
  readonly keyOf: (facts: Facts) => string | ReadonlyArray<string> | undefined
  /** What type and outcome do not decide. */
  readonly passes: Passes | undefined
}

type Passes = (facts: Facts) => boolean

/** Several rules ask the same of an event: it is worked out once. */
const once = <A>(work: (facts: Facts) => A): ((facts: Facts) => A) => {
  let last: Facts | undefined
  let answer: A
  return (facts) => {
    if (facts !== last) {
      answer = work(facts)
      last = facts
    }
    return answer
  }
}

const hourMillis = 3_600_000
const keyLengthMax = 256
const plansMax = 4096
const ticksOfWindow = 20
const nothing: ReadonlyArray<Finding> = []

const judgeOf = (rule: DetectionRule, bench: Bench): Judge => {
  switch (rule.kind) {
    case "count":
      return countJudge(rule, bench)
    case "schedule":
      return scheduleJudge(rule, bench)
    case "distinct":
      return distinctJudge(rule, bench)
    case "sequence":
      return sequenceJudge(rule, bench)
    case "first-seen":
      return firstSeenJudge(rule, bench)
    case "travel":
      return travelJudge(rule, bench)
    case "absence":
      return absenceJudge(rule, bench)
    case "baseline":
      return baselineJudge(rule, bench)
    case "reputation":
      return reputationJudge(rule, bench)
  }
}

/**
 * How long a rule says nothing more of a subject.
 *
 * @returns milliseconds
 * @category getters
 * @since 0.1.0
 */
export const quietMillisOf = (rule: DetectionRule): number => {
  if (rule.quiet !== undefined) return millisOf(rule.quiet)
  return "within" in rule ? millisOf(rule.within) : hourMillis
}

const nameOf = (by: DetectionRule["by"]): string => (typeof by === "string" ? by : by.join(" "))

/** A key may be as long as an event; what is remembered of it may not. An empty one is none. */
const bounded = (key: string): string | undefined => {
  if (key.length <= keyLengthMax) return key === "" ? undefined : key
  return `${key.slice(0, keyLengthMax - 9)}#${hashOf(key).toString(16)}`
}

const textMember = (event: object, name: string): string => {
  // Own members of parsed JSON, of which nothing is assumed.
  const value = Object.hasOwn(event, name) ? (event as Readonly<Record<string, unknown>>)[name] : ""
  return typeof value === "string" ? value : ""
}

/**
 * @category models
 * @since 0.1.0
 */
export class Detector {
  readonly trust = new Trust()

  private readonly latenessMillis: number
  private readonly spaces = new Map<string, KeySpace>()
  private readonly rules: ReadonlyArray<RunningRule>
  private readonly keys = new Map<string, Step["keyOf"]>()
  private readonly plans = new Map<string, Map<string, ReadonlyArray<Step>>>()
  private readonly times = new InstantReader()
  private readonly observations = new InstantReader()
  private readonly tickMillis: number
  private now = 0
  private nextTick = 0
  private planned = 0
  private judged = 0
  private unreadable = 0
  private found = 0

  constructor({ keysMax = 131_072, latenessMillis, rules, ...outside }: DetectorOptions) {
    this.latenessMillis = latenessMillis ?? hourMillis
    this.rules = rules.map((rule) => {
      const quiet = new QuietTimes(quietMillisOf(rule))
      const isQuiet = (subject: string, atMillis: number) => quiet.isQuiet(subject, atMillis)
      const space = this.spaceOf(rule, keysMax)
      const bench = makeBench(space, keysMax, {
        isQuiet,
        latenessMillis: this.latenessMillis,
        outside,
      })
      return { rule, judge: judgeOf(rule, bench), space, quiet }
    })
    const silences = rules.flatMap((rule) =>
      rule.kind === "absence" ? [millisOf(rule.within) / ticksOfWindow] : [],
    )
    this.tickMillis = Math.max(1000, Math.min(...silences, hourMillis))
  }

  /** The newest time of any event, or that it was advanced to. Units: milliseconds since 1970. */
  get nowMillis(): number {
    return this.now
  }

  counts(): DetectorCounts {
    let keys = 0
    let forgotten = 0
    for (const space of this.spaces.values()) {
      keys += space.size
      forgotten += space.forgotten
    }
    const forgottenValues = this.rules.reduce(
      (sum, { judge }) => sum + (judge.forgottenValues?.() ?? 0),
      0,
    )
    const { found, judged, unreadable } = this
    return { judged, unreadable, findings: found, keys, forgotten, forgottenValues }
  }

  /** @param event parsed JSON of a record of the trail */
  judge(event: unknown): ReadonlyArray<Finding> {
    if (typeof event !== "object" || event === null) return this.refuse()
    const type = textMember(event, "type")
    const atMillis = this.timeOf(event)
    if (type === "" || Number.isNaN(atMillis)) return this.refuse()
    this.judged += 1
    let findings: Array<Finding> | undefined
    if (type === "audit.opened") this.restart(atMillis)
    else if (atMillis >= this.nextTick) findings = this.tick(atMillis)
    if (atMillis > this.now) this.now = atMillis
    if (ownTypes.some((prefix) => type.startsWith(prefix))) return findings ?? nothing
    const steps = this.stepsOf(type, textMember(event, "outcome"))
    if (steps.length === 0) return findings ?? nothing
    const facts: Facts = { event, id: textMember(event, "id"), atMillis }
    for (const step of steps) {
      if (step.passes !== undefined && !step.passes(facts)) continue
      const keys = step.keyOf(facts)
      if (keys === undefined) continue
      // An event of several, such as one that gives many people a role, is judged for each.
      if (typeof keys === "string") findings = this.look(step, facts, keys, findings)
      else for (const key of keys) findings = this.look(step, facts, key, findings)
    }
    return findings ?? nothing
  }

  /**
   * Lets time pass without an event, for streams that are live: a stream that is silent as a whole
   * tells no time.
   */
  advance(nowMillis: number): ReadonlyArray<Finding> {
    if (nowMillis <= this.now) return nothing
    this.now = nowMillis
    return nowMillis >= this.nextTick ? (this.tick(nowMillis) ?? nothing) : nothing
  }

  private refuse(): ReadonlyArray<Finding> {
    this.unreadable += 1
    return nothing
  }

  /** An application's time counts as far as the engine's own bears it out. */
  private timeOf(event: object): number {
    const time = this.times.read(textMember(event, "time"))
    const observed = textMember(event, "observed")
    if (observed === "") return time
    const seen = this.observations.read(observed)
    return time > seen || seen - time > this.latenessMillis ? seen : time
  }

  private look(
    { running, watch }: Step,
    facts: Facts,
    key: string,
    findings: Array<Finding> | undefined,
  ): Array<Finding> | undefined {
    const sighting = watch.look(facts, running.space.slotOf(key))
    if (sighting === undefined) return findings
    const found = findings ?? []
    found.push(this.finding(running, sighting))
    return found
  }

  private finding({ quiet, rule }: RunningRule, sighting: Sighting): Finding {
    const { atMillis, detail, subject } = sighting
    quiet.note(subject, atMillis)
    const confidence = 1 - (1 - rule.confidence) * this.trust.of(subject, atMillis)
    this.trust.lower(subject, atMillis, confidence)
    this.found += 1
    return {
      id: `${rule.name}/${subject}/${Math.floor(atMillis / quiet.quietMillis)}`,
      rule: rule.name,
      severity: rule.severity,
      subject,
      atMillis,
      confidence: Math.round(confidence * 1000) / 1000,
      ...(rule.technique === undefined ? {} : { technique: rule.technique }),
      explanation: `${rule.summary}: ${detail}`,
      events: sighting.events.slice(-evidenceMax),
    }
  }

  private tick(nowMillis: number): Array<Finding> | undefined {
    this.nextTick = nowMillis + this.tickMillis
    let findings: Array<Finding> | undefined
    for (const running of this.rules) {
      for (const sighting of running.judge.overdue?.(nowMillis) ?? []) {
        findings ??= []
        findings.push(this.finding(running, sighting))
      }
    }
    return findings
  }

  private restart(nowMillis: number): void {
    for (const { judge } of this.rules) judge.restart?.(nowMillis)
  }

  private spaceOf({ by }: DetectionRule, keysMax: number): KeySpace {
    const name = nameOf(by)
    const known = this.spaces.get(name)
    if (known !== undefined) return known
    const made = new KeySpace(keysMax)
    this.spaces.set(name, made)
    return made
  }

  private stepsOf(type: string, outcome: string): ReadonlyArray<Step> {
    const known = this.plans.get(type)?.get(outcome)
    if (known !== undefined) return known
    // A stream of ever new types must not fill the memory.
    if (this.planned >= plansMax) {
      this.plans.clear()
      this.planned = 0
    }
    const steps = this.plan(type, outcome)
    const ofType = this.plans.get(type)
    if (ofType === undefined) this.plans.set(type, new Map([[outcome, steps]]))
    else ofType.set(outcome, steps)
    this.planned += 1
    return steps
  }

  private plan(type: string, outcome: string): ReadonlyArray<Step> {
    const facts = { type, ...(outcome === "" ? {} : { outcome }) }
    const asked = new Map<string, Passes>()
    const passesOf = (filter: Filter.Filter): Passes => {
      const text = JSON.stringify(filter)
      const known = asked.get(text)
      if (known !== undefined) return known
      const made = once(({ atMillis, event }) => Filter.matches(filter, event, atMillis))
      asked.set(text, made)
      return made
    }
    return this.rules.flatMap((running) =>
      running.judge.watches.flatMap((watch): ReadonlyArray<Step> => {
        const residue = residueOf(watch.filter, facts)
        if (residue === false) return []
        const passes = residue === true ? undefined : passesOf(residue)
        return [{ running, watch, keyOf: this.keyOf(watch.by), passes }]
      }),
    )
  }

  private keyOf(by: DetectionRule["by"]): Step["keyOf"] {
    const name = nameOf(by)
    const known = this.keys.get(name)
    if (known !== undefined) return known
    const find = textsAt(by)
    const made = once(({ event }) => {
      const found = find(event)
      if (typeof found !== "object") return found === undefined ? undefined : bounded(found)
      return found.flatMap((each) => bounded(each) ?? [])
    })
    this.keys.set(name, made)
    return made
  }
}
