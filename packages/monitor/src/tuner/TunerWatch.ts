/**
 * What the tuner tries next: relief for the first rule that presses, by the cheapest knob that
 * fits what limits; or, after long calm, a step back to what was configured.
 *
 * @since 0.1.0
 */
import type { Bottleneck } from "./Bottleneck.ts"
import { doublings, type Knob, relieved, returned } from "./Knob.ts"
import * as Lesson from "./TunerLesson.ts"
import type { TunerRule } from "./TunerRule.ts"
import {
  anew,
  blank,
  nothing,
  put,
  said,
  shown,
  type Observation,
  type Trial,
  type TunerOptions,
  type TunerState,
  type TunerStep,
} from "./TunerState.ts"
import * as Window from "./TunerWindow.ts"

const hourMillis = 3_600_000

/**
 * One more moment without a trial.
 *
 * @category running
 * @since 0.1.0
 */
export const watching = (
  known: TunerState,
  { values }: Observation,
  now: number,
  options: TunerOptions,
): TunerStep => {
  const { rules, windowTicks } = options
  const turns = known.turns.filter(({ atMillis }) => now - atMillis < hourMillis)
  const isCalm = rules.every((rule) => Window.isCalm(known.window, rule, windowTicks))
  const state: TunerState = {
    ...known,
    turns,
    calmSinceMillis: isCalm ? (known.calmSinceMillis ?? now) : undefined,
  }
  for (const rule of rules) {
    if (!Window.presses(state.window, rule, windowTicks)) continue
    const found = relief(state, rule, values, now, options)
    if (found !== undefined) return found
  }
  const calmMillis = now - (state.calmSinceMillis ?? now)
  return calmMillis >= options.calmMillis ? goingBack(state, values, now, options) : nothing(state)
}

/** What can be done for a rule that presses; `undefined`: nothing that has not been said. */
const relief = (
  state: TunerState,
  rule: TunerRule,
  values: ReadonlyMap<string, number>,
  now: number,
  options: TunerOptions,
): TunerStep | undefined => {
  const bottleneck = Window.usualBottleneck(state.window, rule)
  const fitting = options.knobs.filter(
    ({ relieves }) => bottleneck !== undefined && relieves.includes(bottleneck.limit),
  )
  let isAnyPossible = false
  for (const knob of fitting) {
    const from = values.get(knob.path)
    if (from === undefined) continue
    const to = relieved(knob, from, state.homes.get(knob.path) ?? from)
    if (to === from) continue
    isAnyPossible = true
    const lesson = `${knob.path} for ${bottleneck?.limit ?? ""}`
    if (Lesson.isCooling(state.lessons, lesson, now) || !isAffordable(state, from, to, options)) {
      continue
    }
    const why = `${capital(said(state.window, rule))}, limited by the ${limitOf(bottleneck)}. ${knob.path} goes from ${shown(from)} to ${shown(to)}; the price: ${knob.price}.`
    const trial = { knob, from, to, rule, bottleneck: bottleneck?.actor ?? "", lesson }
    return turn(state, trial, now, why, options)
  }
  return isAnyPossible ? undefined : declined(state, rule, bottleneck, now, options)
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const limitOf = (bottleneck: Bottleneck | undefined): string =>
  bottleneck === undefined ? "unknown" : `${bottleneck.limit} (${bottleneck.actor})`

const why: Readonly<Record<Bottleneck["limit"], string>> = {
  processor: "the processor limits",
  disk: "the disk limits",
  memory: "memory limits",
  outside: "what it delivers to limits, and asking it for more at once would not make it faster",
  fault: "the same work is tried again and again, which is for a person to look at",
}

const declined = (
  state: TunerState,
  rule: TunerRule,
  bottleneck: Bottleneck | undefined,
  now: number,
  options: TunerOptions,
): TunerStep | undefined => {
  const lesson = `nothing for ${rule.name} ${bottleneck?.actor ?? ""} ${bottleneck?.limit ?? ""}`
  if (Lesson.isCooling(state.lessons, lesson, now)) return undefined
  const cause =
    bottleneck === undefined
      ? "nobody waits for anybody"
      : `at ${bottleneck.actor} ${why[bottleneck.limit]}`
  return {
    state: { ...state, lessons: Lesson.failed(state.lessons, lesson, now, options) },
    action: {
      ...blank,
      kind: "declined",
      atMillis: now,
      rule: rule.name,
      bottleneck: bottleneck?.actor ?? "",
      reason: `${capital(said(state.window, rule))}: ${cause}. No knob that is left relieves that, so nothing is changed.`,
    },
  }
}

const isAffordable = (
  { turns }: TunerState,
  from: number,
  to: number,
  { doublingsPerHourMax }: TunerOptions,
): boolean =>
  turns.reduce((sum, turned) => sum + turned.doublings, doublings(from, to)) <= doublingsPerHourMax

const goingBack = (
  state: TunerState,
  values: ReadonlyMap<string, number>,
  now: number,
  options: TunerOptions,
): TunerStep => {
  // The dearest first: what costs the most should be given back the soonest.
  for (const knob of options.knobs.toReversed()) {
    const from = values.get(knob.path)
    const home = state.homes.get(knob.path)
    if (from === undefined || home === undefined || from === home) continue
    const to = returned(knob, from, home)
    const lesson = backLesson(knob)
    if (Lesson.isCooling(state.lessons, lesson, now) || !isAffordable(state, from, to, options)) {
      continue
    }
    const minutes = Math.round(options.calmMillis / 60_000)
    const reason = `Nothing has pressed for ${minutes} minutes: ${knob.path} goes from ${shown(from)} back to ${shown(to)}; ${shown(home)} was configured.`
    return turn(
      state,
      { knob, from, to, rule: undefined, bottleneck: "", lesson },
      now,
      reason,
      options,
    )
  }
  return nothing(state)
}

const backLesson = (knob: Knob): string => `${knob.path} back`

/** Begins a trial, or proposes it. */
const turn = (
  state: TunerState,
  trial: Omit<Trial, "before" | "ticks">,
  now: number,
  reason: string,
  options: TunerOptions,
): TunerStep => {
  const { bottleneck, from, knob, lesson, rule, to } = trial
  const said = {
    atMillis: now,
    rule: rule?.name ?? blank.rule,
    bottleneck,
    knob: knob.path,
    from,
    to,
    reason,
  }
  if (options.mode === "propose") {
    const lessons = Lesson.failed(state.lessons, lesson, now, options)
    return { state: { ...state, lessons }, action: { kind: "proposed", ...said } }
  }
  const returnedAt = state.returns.get(knob.path) ?? -Infinity
  const isBackTooSoon = rule !== undefined && now - returnedAt < hourMillis
  return {
    state: {
      ...anew(state),
      lessons: isBackTooSoon
        ? Lesson.failed(state.lessons, backLesson(knob), now, options)
        : state.lessons,
      expected: put(state.expected, knob.path, to),
      turns: [...state.turns, { atMillis: now, doublings: doublings(from, to) }],
      trial: { ...trial, before: state.window, ticks: 0 },
    },
    action: { kind: "changed", ...said },
  }
}
