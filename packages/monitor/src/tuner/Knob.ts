/**
 * What the tuner may turn: fields of the configuration that take effect while an engine runs, each
 * with its direction, its bounds and its price.
 *
 * Deadlines, the heartbeat, witnesses and the drain's limit are live too, and are not here: they
 * are promises, and a promise is not tuned.
 *
 * @since 0.1.0
 */
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import type { Limit } from "./Bottleneck.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Knob {
  /** The field, such as `checkpoint.intervalMillis`. */
  readonly path: string
  /** What turning it one step relieves. */
  readonly relieves: ReadonlyArray<Limit>
  /** One step of relief multiplies by this: above 1, or between 0 and 1. */
  readonly factor: number
  /** Never lower. */
  readonly min: number
  /** Never higher. */
  readonly max: number
  /** Never further than by this factor from what was configured, either way. At least 1. */
  readonly reach: number
  readonly isWhole: boolean
  /** What relief is paid with, in words. */
  readonly price: string
}

/**
 * The fields in force, by path.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = ReadonlyMap<string, string | number | boolean>

/**
 * The same with when it may be turned, and how it is written into a configuration.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConfigKnob extends Knob {
  readonly isFree: (fields: Fields) => boolean
  readonly write: (value: number) => AuditConfigInput
}

const second = 1000

/**
 * The cheapest first.
 *
 * @category constants
 * @since 0.1.0
 */
export const configKnobs: ReadonlyArray<ConfigKnob> = [
  {
    path: "archive.bundlesPerSecondMax",
    relieves: ["processor", "disk"],
    factor: 0.5,
    min: 1,
    max: 100_000,
    reach: 8,
    isWhole: true,
    price: "old bundles are compressed later",
    isFree: (fields) => fields.get("archive.compress") === true,
    write: (bundlesPerSecondMax) => ({ archive: { bundlesPerSecondMax } }),
  },
  {
    path: "checkpoint.intervalMillis",
    relieves: ["disk"],
    factor: 2,
    min: 10,
    max: 10 * second,
    reach: 8,
    isWhole: true,
    price: "events are signed and published later",
    isFree: () => true,
    write: (intervalMillis) => ({ checkpoint: { intervalMillis } }),
  },
  {
    path: "sampling.rate",
    relieves: ["processor", "disk", "memory"],
    factor: 0.5,
    min: 0.01,
    max: 1,
    reach: 8,
    isWhole: false,
    price: "less telemetry is kept, which the trail's signed counts say",
    // An adaptive rate has a controller already: two hands on one knob would fight.
    isFree: (fields) => fields.get("sampling.adaptive") === false,
    write: (rate) => ({ sampling: { rate } }),
  },
]

/**
 * Where one step leads; the same value where the bounds allow none.
 *
 * @param home what was configured
 * @param steps how many at once: 1 or more
 * @category numbers
 * @since 0.1.0
 */
export const relieved = (knob: Knob, value: number, home: number, steps = 1): number => {
  const wanted = value * knob.factor ** steps
  const low = Math.max(knob.min, home / knob.reach)
  const high = Math.min(knob.max, home * knob.reach)
  const isRaise = knob.factor > 1
  const next = knob.isWhole ? (isRaise ? Math.ceil(wanted) : Math.floor(wanted)) : wanted
  // Where somebody has configured less than the bound, the bound is no reason to raise it.
  const bounded = isRaise
    ? Math.min(next, knob.isWhole ? Math.floor(high) : high)
    : Math.max(next, knob.isWhole ? Math.ceil(low) : low)
  return isRaise ? Math.max(value, bounded) : Math.min(value, bounded)
}

/**
 * One step back to what was configured, and not beyond.
 *
 * @category numbers
 * @since 0.1.0
 */
export const returned = (knob: Knob, value: number, home: number): number => {
  const wanted = value / knob.factor
  const next = knob.isWhole ? Math.round(wanted) : wanted
  return knob.factor > 1
    ? Math.max(home, Math.min(value, next))
    : Math.min(home, Math.max(value, next))
}

/**
 * How far apart two values are: 1 is twice or half.
 *
 * @category numbers
 * @since 0.1.0
 */
export const doublings = (from: number, to: number): number => Math.abs(Math.log2(to / from))

/**
 * The knobs that may be turned now, as they are.
 *
 * @category getters
 * @since 0.1.0
 */
export const knobValues = (
  knobs: ReadonlyArray<ConfigKnob>,
  fields: Fields,
): ReadonlyMap<string, number> =>
  new Map(
    knobs.flatMap(({ isFree, path }) => {
      const value = fields.get(path)
      // What is 0 stays 0, however often it is doubled.
      return typeof value === "number" && value > 0 && isFree(fields) ? [[path, value]] : []
    }),
  )
