/**
 * A load as data: how many starts a second, for how long, part after part.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { LoadProfileInvalid } from "./LoadFault.ts"

/** Beyond these nobody means it: a million starts a second, a week. */
const perSecondMax = 1_000_000
const secondsMax = 604_800

const PerSecond = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: perSecondMax }))
const Seconds = Schema.Finite.check(Schema.isBetween({ minimum: 0.001, maximum: secondsMax }))

/**
 * One part of a load.
 *
 * - `constant`: one rate.
 * - `ramp`: from one rate to another, in a straight line.
 * - `step`: from one rate to another in so many stairs of the same length, both ends included.
 * - `burst`: one rate, and at the beginning of each period another for a while.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadSegment = Schema.Union([
  Schema.Struct({
    kind: Schema.tag("constant"),
    perSecond: PerSecond,
    seconds: Seconds,
  }),
  Schema.Struct({
    kind: Schema.tag("ramp"),
    from: PerSecond,
    to: PerSecond,
    seconds: Seconds,
  }),
  Schema.Struct({
    kind: Schema.tag("step"),
    from: PerSecond,
    to: PerSecond,
    steps: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
    seconds: Seconds,
  }),
  Schema.Struct({
    kind: Schema.tag("burst"),
    base: PerSecond,
    peak: PerSecond,
    /** From the beginning of one burst to the next. */
    everySeconds: Seconds,
    /** How long one lasts. */
    burstSeconds: Seconds,
    seconds: Seconds,
  }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type LoadSegment = typeof LoadSegment.Type

/**
 * A whole load. What warms up is put on the target and drawn, and counts in no figure.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LoadProfile = Schema.Struct({
  warmup: Schema.Array(LoadSegment),
  segments: Schema.NonEmptyArray(LoadSegment),
})

/**
 * @category models
 * @since 0.1.0
 */
export type LoadProfile = typeof LoadProfile.Type

/**
 * A stretch in which the rate is a straight line: what every part is made of.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stretch {
  readonly seconds: number
  /** Starts a second at its beginning and at its end. */
  readonly from: number
  readonly to: number
}

const burstsMax = 5000

/** The stretches of one part, in their order. */
const stretchesOf = (segment: LoadSegment): ReadonlyArray<Stretch> => {
  switch (segment.kind) {
    case "constant":
      return [{ seconds: segment.seconds, from: segment.perSecond, to: segment.perSecond }]
    case "ramp":
      return [{ seconds: segment.seconds, from: segment.from, to: segment.to }]
    case "step": {
      const { from, seconds, steps, to } = segment
      return Array.from({ length: steps }, (_, step) => {
        const rate = from + ((to - from) * step) / (steps - 1)
        return { seconds: seconds / steps, from: rate, to: rate }
      })
    }
    case "burst": {
      const { base, burstSeconds, everySeconds, peak, seconds } = segment
      const stretches: Array<Stretch> = []
      for (let period = 0; period * everySeconds < seconds; period++) {
        const left = seconds - period * everySeconds
        const high = Math.min(burstSeconds, left)
        const low = Math.min(everySeconds, left) - high
        stretches.push({ seconds: high, from: peak, to: peak })
        if (low > 0) stretches.push({ seconds: low, from: base, to: base })
      }
      return stretches
    }
  }
}

/**
 * All stretches of a load, those that warm up first.
 *
 * @category conversions
 * @since 0.1.0
 */
export const stretches = ({ segments, warmup }: LoadProfile): ReadonlyArray<Stretch> =>
  [...warmup, ...segments].flatMap(stretchesOf)

/**
 * How long parts take together. Units: seconds.
 *
 * @category getters
 * @since 0.1.0
 */
export const secondsOf = (segments: ReadonlyArray<LoadSegment>): number =>
  segments.reduce((sum, { seconds }) => sum + seconds, 0)

/**
 * How many starts parts have together; a real number, since parts may end in the middle of one.
 *
 * @category getters
 * @since 0.1.0
 */
export const startsOf = (segments: ReadonlyArray<LoadSegment>): number =>
  segments
    .flatMap(stretchesOf)
    .reduce((sum, { from, seconds, to }) => sum + ((from + to) / 2) * seconds, 0)

/**
 * One rate for a while, reached in a straight line.
 *
 * @param perSecond starts a second
 * @param rampSeconds 0 for none; the ramp warms up
 * @param seconds after the ramp
 * @category constructors
 * @since 0.1.0
 */
export const steady = (
  perSecond: number,
  rampSeconds: number,
  seconds: number,
): Result.Result<LoadProfile, LoadProfileInvalid> =>
  checked(
    {
      warmup:
        rampSeconds === 0 ? [] : [{ kind: "ramp", from: 0, to: perSecond, seconds: rampSeconds }],
      segments: [{ kind: "constant", perSecond, seconds }],
    },
    `${perSecond}/s`,
  )

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/**
 * A length of time as people write it: `500ms`, `10s`, `2m`, `1h`; a number alone is seconds.
 * `undefined` where the text is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseSeconds = (text: string): number | undefined => {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  const unit = unitSeconds[parts?.[2] ?? "s"]
  return parts === null || unit === undefined ? undefined : Number(parts[1]) * unit
}

const forms =
  "is none of constant:RATE@TIME, ramp:FROM..TO@TIME, step:FROM..TO/STEPS@TIME, burst:BASE..PEAK/EVERY/LENGTH@TIME"

const number = String.raw`(\d+(?:\.\d+)?)`
const time = String.raw`(\d+(?:\.\d+)?(?:ms|s|m|h)?)`
const patterns = {
  constant: new RegExp(`^constant:${number}@${time}$`),
  ramp: new RegExp(`^ramp:${number}\\.\\.${number}@${time}$`),
  step: new RegExp(`^step:${number}\\.\\.${number}/(\\d{1,4})@${time}$`),
  burst: new RegExp(`^burst:${number}\\.\\.${number}/${time}/${time}@${time}$`),
}

/** What stands in the brackets of a pattern, as numbers; times as seconds. */
const numbersIn = (pattern: RegExp, text: string): ReadonlyArray<number> | undefined =>
  pattern
    .exec(text)
    ?.slice(1)
    .map((part) => parseSeconds(part) ?? Number.NaN)

const parseSegment = (text: string): LoadSegment | undefined => {
  const constant = numbersIn(patterns.constant, text)
  if (constant !== undefined) {
    const [perSecond = 0, seconds = 0] = constant
    return { kind: "constant", perSecond, seconds }
  }
  const ramp = numbersIn(patterns.ramp, text)
  if (ramp !== undefined) {
    const [from = 0, to = 0, seconds = 0] = ramp
    return { kind: "ramp", from, to, seconds }
  }
  const step = numbersIn(patterns.step, text)
  if (step !== undefined) {
    const [from = 0, to = 0, steps = 0, seconds = 0] = step
    return { kind: "step", from, to, steps, seconds }
  }
  const burst = numbersIn(patterns.burst, text)
  if (burst === undefined) return undefined
  const [base = 0, peak = 0, everySeconds = 0, burstSeconds = 0, seconds = 0] = burst
  return { kind: "burst", base, peak, everySeconds, burstSeconds, seconds }
}

const isSegment = Schema.is(LoadSegment)

/** What the schema alone doesn't say. */
const checked = (
  profile: LoadProfile,
  name: string,
): Result.Result<LoadProfile, LoadProfileInvalid> => {
  const refuse = (detail: string) =>
    Result.fail(new LoadProfileInvalid({ segment: name, isRetryable: false, detail }))
  const all = [...profile.warmup, ...profile.segments]
  if (!all.every((segment) => isSegment(segment))) {
    return refuse(`needs rates up to ${perSecondMax}/s and times from 1 ms to ${secondsMax} s`)
  }
  for (const segment of all) {
    if (segment.kind !== "burst") continue
    if (segment.burstSeconds > segment.everySeconds) {
      return refuse("has bursts that last longer than it is from one to the next")
    }
    if (segment.seconds / segment.everySeconds > burstsMax) return refuse("has too many bursts")
  }
  return startsOf(profile.segments) < 1
    ? refuse("starts nothing in all of its time")
    : Result.succeed(profile)
}

/**
 * Reads parts as people write them, with commas between: `ramp:0..5000@10s,constant:5000@1m`.
 *
 * - Errors: `LoadProfileInvalid` names the first part that is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<LoadProfile, LoadProfileInvalid> => {
  const segments: Array<LoadSegment> = []
  for (const part of text.split(",")) {
    const segment = parseSegment(part.trim())
    if (segment === undefined) {
      return Result.fail(
        new LoadProfileInvalid({ segment: part.trim(), isRetryable: false, detail: forms }),
      )
    }
    segments.push(segment)
  }
  const [first, ...others] = segments
  // `split` gives one part at least.
  if (first === undefined) return Result.fail(nothing(text))
  return checked({ warmup: [], segments: [first, ...others] }, text)
}

const nothing = (text: string) =>
  new LoadProfileInvalid({ segment: text, isRetryable: false, detail: forms })

const timeText = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toFixed(3))}ms` : `${Number(seconds.toFixed(6))}s`

/**
 * A part as {@link parse} reads it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const segmentText = (segment: LoadSegment): string => {
  const at = timeText(segment.seconds)
  switch (segment.kind) {
    case "constant":
      return `constant:${segment.perSecond}@${at}`
    case "ramp":
      return `ramp:${segment.from}..${segment.to}@${at}`
    case "step":
      return `step:${segment.from}..${segment.to}/${segment.steps}@${at}`
    case "burst":
      return `burst:${segment.base}..${segment.peak}/${timeText(segment.everySeconds)}/${timeText(segment.burstSeconds)}@${at}`
  }
}

/**
 * A load in words: `ramp:0..1000@10s to warm up, then constant:1000@60s`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const profileText = ({ segments, warmup }: LoadProfile): string => {
  const measured = segments.map(segmentText).join(",")
  return warmup.length === 0
    ? measured
    : `${warmup.map(segmentText).join(",")} to warm up, then ${measured}`
}
