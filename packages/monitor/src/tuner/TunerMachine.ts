/**
 * The tuner as a function: what it knows, what is seen, and when, to what it knows then and at most
 * one action.
 *
 * It turns one knob, waits until that shows, and compares the window after with the window before;
 * what has gained nothing is put back. So there are never two changes whose effects mix. When
 * nothing presses for long, knobs go back to what was configured, one step at a time, each a trial
 * of its own. What fails is tried again after twice the time, which ends every oscillation.
 *
 * @since 0.1.0
 */
import type { Reading } from "../metric/Reading.ts"
import type { TunerAction } from "./TunerAction.ts"
import * as Lesson from "./TunerLesson.ts"
import {
  anew,
  blank,
  nothing,
  type Observation,
  put,
  shown,
  type TunerOptions,
  type TunerState,
  type TunerStep,
} from "./TunerState.ts"
import { cutShort, trying } from "./TunerTrial.ts"
import { watching } from "./TunerWatch.ts"
import * as Window from "./TunerWindow.ts"

/** A reading that is later than so many intervals leaves a hole that no window may span. */
const holeIntervals = 3

/**
 * One moment later.
 *
 * @param now units: milliseconds since 1970
 * @category running
 * @since 0.1.0
 */
export const step = (
  known: TunerState,
  seen: Observation,
  now: number,
  options: TunerOptions,
): TunerStep => {
  const left = settled(known, seen, now)
  if (left.action !== undefined) return left
  const state = looked(left.state, seen, now, options)
  if (seen.isAlerting) return alarmed(state, now, options)
  return state.trial === undefined
    ? watching(state, seen, now, options)
    : trying(state, state.trial, now, options)
}

/** A knob that somebody else has turned is theirs: what they chose is what was configured. */
const settled = (state: TunerState, { values }: Observation, now: number): TunerStep => {
  let { expected, homes } = state
  for (const [path, value] of values) {
    const left = expected.get(path)
    if (left === value) continue
    expected = put(expected, path, value)
    homes = put(homes, path, value)
    if (left === undefined) continue
    return {
      state: { ...anew(state), expected, homes },
      action: {
        ...blank,
        kind: "left",
        atMillis: now,
        knob: path,
        from: left,
        to: value,
        reason: `${path} was set from ${shown(left)} to ${shown(value)} by somebody else, which now counts as configured.`,
      },
    }
  }
  const { trial } = state
  const isGone = trial !== undefined && !values.has(trial.knob.path)
  return nothing({ ...(isGone ? anew(state) : state), expected, homes })
}

const totalAccepted = (readings: ReadonlyArray<Reading>): number | undefined => {
  let total: number | undefined
  for (const { name, value } of readings) {
    if (name === "countersign_events_accepted_total") total = (total ?? 0) + value
  }
  return total
}

const looked = (
  state: TunerState,
  { actors, readings }: Observation,
  now: number,
  { everyMillis, rules, settleTicks, windowTicks }: TunerOptions,
): TunerState => {
  const { accepted: before, lastMillis, trial } = state
  const passed = lastMillis === undefined ? undefined : now - lastMillis
  const isHole = passed !== undefined && !(passed > 0 && passed <= everyMillis * holeIntervals)
  const accepted = totalAccepted(readings)
  const isCounted =
    passed !== undefined && !isHole && before !== undefined && accepted !== undefined
  const load = isCounted ? Math.max(0, accepted - before) / (passed / 1000) : undefined
  const ticks = (trial?.ticks ?? 0) + 1
  const isSettling = trial !== undefined && ticks <= settleTicks
  const window = isHole || isSettling ? Window.empty : state.window
  return {
    ...state,
    lastMillis: now,
    accepted,
    calmSinceMillis: isHole ? undefined : state.calmSinceMillis,
    trial: trial && { ...trial, ticks },
    window: isSettling
      ? window
      : Window.watched(window, rules, { readings, actors, load }, windowTicks),
  }
}

const alarmed = (state: TunerState, now: number, options: TunerOptions): TunerStep => {
  const { trial } = state
  return trial === undefined
    ? nothing(anew(state))
    : cutShort(state, trial, now, "An alert is firing, and nothing is tried then.", options)
}

/**
 * What the tuner knows where an action of its own could not be carried out: the knob is as it was.
 *
 * @category running
 * @since 0.1.0
 */
export const refused = (
  state: TunerState,
  { from, knob, kind }: TunerAction,
  now: number,
  options: TunerOptions,
): TunerState => ({
  ...anew(state),
  expected:
    kind === "changed" || kind === "reverted" ? put(state.expected, knob, from) : state.expected,
  lessons:
    state.trial === undefined
      ? state.lessons
      : Lesson.failed(state.lessons, state.trial.lesson, now, options),
})

/**
 * What is to be done when the tuner ends: what is on trial is put back.
 *
 * @category running
 * @since 0.1.0
 */
export const ended = (state: TunerState, now: number, options: TunerOptions): TunerStep =>
  state.trial === undefined
    ? nothing(state)
    : cutShort(state, state.trial, now, "The tuner ends before the trial does.", options)
