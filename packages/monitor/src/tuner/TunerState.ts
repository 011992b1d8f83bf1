/**
 * What the tuner knows, sees and is told to do, as plain values.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import { median } from "../baseline/OrderStatistics.ts"
import type { Reading } from "../metric/Reading.ts"
import type { Knob } from "./Knob.ts"
import type { TunerAction } from "./TunerAction.ts"
import type * as Lesson from "./TunerLesson.ts"
import type { TunerRule } from "./TunerRule.ts"
import * as Window from "./TunerWindow.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TunerOptions extends Lesson.CoolDown {
  /** `propose` says what it would do; `apply` does it. */
  readonly mode: "propose" | "apply"
  readonly rules: ReadonlyArray<TunerRule>
  /** The cheapest first. */
  readonly knobs: ReadonlyArray<Knob>
  /** Moments in a window: 2 or more. */
  readonly windowTicks: number
  /** Moments after a change that say nothing yet. */
  readonly settleTicks: number
  /** Between two moments. Units: milliseconds. */
  readonly everyMillis: number
  /** How much lower a rule must be for a change to be kept: a ratio. */
  readonly gainMin: number
  /** How far all knobs together may be turned within an hour: 1 is twice or half. */
  readonly doublingsPerHourMax: number
  /** How long all is calm before a knob goes back a step. Units: milliseconds. */
  readonly calmMillis: number
}

/**
 * What is seen at a moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface Observation {
  readonly readings: ReadonlyArray<Reading>
  readonly actors: ReadonlyArray<ActorSnapshot>
  /** The knobs as they are; one that is missing can't be turned now. */
  readonly values: ReadonlyMap<string, number>
  /** Whether a person has been called: then nothing is tried. */
  readonly isAlerting: boolean
}

/**
 * A change whose effect is not known yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface Trial {
  readonly knob: Knob
  readonly from: number
  readonly to: number
  /** `undefined`: a step back to what was configured. */
  readonly rule: TunerRule | undefined
  readonly bottleneck: string
  readonly lesson: string
  readonly before: Window.TunerWindow
  readonly ticks: number
}

/**
 * What the tuner knows. It is a plain value.
 *
 * @category models
 * @since 0.1.0
 */
export interface TunerState {
  readonly window: Window.TunerWindow
  readonly lastMillis: number | undefined
  readonly accepted: number | undefined
  /** What was configured, by path. */
  readonly homes: ReadonlyMap<string, number>
  /** As the tuner left them. */
  readonly expected: ReadonlyMap<string, number>
  readonly trial: Trial | undefined
  readonly lessons: Lesson.Lessons
  readonly turns: ReadonlyArray<{ readonly atMillis: number; readonly doublings: number }>
  /** When a knob last went back for good, by path. */
  readonly returns: ReadonlyMap<string, number>
  readonly calmSinceMillis: number | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface TunerStep {
  readonly state: TunerState
  readonly action: TunerAction | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const start: TunerState = {
  window: Window.empty,
  lastMillis: undefined,
  accepted: undefined,
  homes: new Map(),
  expected: new Map(),
  trial: undefined,
  lessons: new Map(),
  turns: [],
  returns: new Map(),
  calmSinceMillis: undefined,
}

/**
 * One more entry, or another.
 *
 * @category numbers
 * @since 0.1.0
 */
export const put = (
  map: ReadonlyMap<string, number>,
  key: string,
  value: number,
): ReadonlyMap<string, number> => new Map(map).set(key, value)

/**
 * The same without an action.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nothing = (state: TunerState): TunerStep => ({ state, action: undefined })

/**
 * Begins to watch anew: nothing from before may explain what comes.
 *
 * @category running
 * @since 0.1.0
 */
export const anew = (state: TunerState): TunerState => ({
  ...state,
  window: Window.empty,
  trial: undefined,
  calmSinceMillis: undefined,
})

/**
 * Where an action is about no knob.
 *
 * @category constants
 * @since 0.1.0
 */
export const blank = { rule: "calm", bottleneck: "", knob: "", from: 0, to: 0 } as const

/**
 * Three digits are enough for a person.
 *
 * @category encoding
 * @since 0.1.0
 */
export const shown = (value: number): string => String(Number(value.toPrecision(3)))

/**
 * What a rule sees, in words.
 *
 * @category encoding
 * @since 0.1.0
 */
export const said = (window: Window.TunerWindow, { name, over, says, unit }: TunerRule): string => {
  const values = window.sights.get(name)?.map(({ value }) => value) ?? []
  return `${says} is ${shown(median(values))} ${unit}, over ${shown(over)}`
}
