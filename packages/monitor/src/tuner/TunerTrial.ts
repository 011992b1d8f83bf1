/**
 * How a trial ends: with a gain it is kept, otherwise everything is as it was.
 *
 * @since 0.1.0
 */
import type { TunerAction } from "./TunerAction.ts"
import * as Lesson from "./TunerLesson.ts"
import type { TunerRule } from "./TunerRule.ts"
import {
  anew,
  blank,
  nothing,
  put,
  said,
  shown,
  type Trial,
  type TunerOptions,
  type TunerState,
  type TunerStep,
} from "./TunerState.ts"
import * as Window from "./TunerWindow.ts"

/** Load that differs by more explains the difference by itself. */
const loadChangeMax = 1.25

const measuredOf = (
  { window }: TunerState,
  { before, rule }: Trial,
): Pick<TunerAction, "measured"> =>
  rule === undefined || !window.sights.has(rule.name)
    ? {}
    : { measured: { before: Window.middle(before, rule), after: Window.middle(window, rule) } }

const ending = (
  kind: "kept" | "reverted",
  state: TunerState,
  trial: Trial,
  now: number,
  reason: string,
): TunerAction => ({
  kind,
  atMillis: now,
  rule: trial.rule?.name ?? blank.rule,
  bottleneck: trial.bottleneck,
  knob: trial.knob.path,
  from: kind === "kept" ? trial.from : trial.to,
  to: kind === "kept" ? trial.to : trial.from,
  reason,
  ...measuredOf(state, trial),
})

const putBack = (
  state: TunerState,
  trial: Trial,
  now: number,
  why: string,
  lessons: Lesson.Lessons,
): TunerStep => {
  const { from, knob } = trial
  const reason = `${why} ${knob.path} is put back to ${shown(from)}.`
  return {
    state: { ...anew(state), lessons, expected: put(state.expected, knob.path, from) },
    action: ending("reverted", state, trial, now, reason),
  }
}

/**
 * Ends a trial of which nothing was learned.
 *
 * @category running
 * @since 0.1.0
 */
export const cutShort = (
  state: TunerState,
  trial: Trial,
  now: number,
  why: string,
  options: TunerOptions,
): TunerStep =>
  putBack(state, trial, now, why, Lesson.postponed(state.lessons, trial.lesson, now, options))

/** Ends a trial that has failed. */
const fail = (
  state: TunerState,
  trial: Trial,
  now: number,
  why: string,
  options: TunerOptions,
): TunerStep =>
  putBack(state, trial, now, why, Lesson.failed(state.lessons, trial.lesson, now, options))

const keep = (state: TunerState, trial: Trial, now: number, why: string): TunerStep => {
  const { knob, rule, to } = trial
  const isReturn = rule === undefined
  return {
    state: {
      ...anew(state),
      // That it held now is no proof that it holds: what was learned of going back stays.
      lessons: isReturn ? state.lessons : Lesson.helped(state.lessons, trial.lesson),
      returns: isReturn ? put(state.returns, knob.path, now) : state.returns,
    },
    action: ending("kept", state, trial, now, `${why} ${knob.path} stays at ${shown(to)}.`),
  }
}

/**
 * One more moment of a trial: its end, where both windows are full.
 *
 * @category running
 * @since 0.1.0
 */
export const trying = (
  state: TunerState,
  trial: Trial,
  now: number,
  options: TunerOptions,
): TunerStep => {
  const { rules, settleTicks, windowTicks } = options
  const { before, rule, ticks } = trial
  const judged = rule === undefined ? rules.filter(({ name }) => before.sights.has(name)) : [rule]
  if (!judged.every((one) => Window.isFull(state.window, one, windowTicks))) {
    return ticks > settleTicks + 2 * windowTicks
      ? cutShort(state, trial, now, "What it does could not be measured.", options)
      : nothing(state)
  }
  return rule === undefined
    ? judgedReturn(state, trial, now, options)
    : judgedRelief(state, trial, rule, now, options)
}

const judgedReturn = (
  state: TunerState,
  trial: Trial,
  now: number,
  options: TunerOptions,
): TunerStep => {
  const pressing = options.rules.find((rule) => Window.middle(state.window, rule) > rule.over)
  return pressing === undefined
    ? keep(state, trial, now, "Nothing presses since.")
    : fail(state, trial, now, `Since then ${said(state.window, pressing)}.`, options)
}

const judgedRelief = (
  state: TunerState,
  trial: Trial,
  rule: TunerRule,
  now: number,
  options: TunerOptions,
): TunerStep => {
  const { window } = state
  const { before } = trial
  const compared = `${rule.says} was ${shown(Window.middle(before, rule))} ${rule.unit} before and is ${shown(Window.middle(window, rule))} after`
  const load = Window.loadRatio(before, window)
  if (load !== undefined && (load > loadChangeMax || load < 1 / loadChangeMax)) {
    const why = `The load is ${shown(load)} times what it was, which explains more than the knob: ${compared}.`
    return cutShort(state, trial, now, why, options)
  }
  const harmed = options.rules.find((other) => Window.hasRisen(before, window, other))
  if (harmed !== undefined) {
    return fail(state, trial, now, `Since then ${said(window, harmed)}.`, options)
  }
  return Window.hasFallen(before, window, rule, options.gainMin)
    ? keep(state, trial, now, `It helped: ${compared}.`)
    : fail(state, trial, now, `It did not help: ${compared}.`, options)
}
