/**
 * The sampler's feedback loop on simulated applications: what auditing truly costs is known, and
 * the probe sees it through the noise of a machine.
 *
 * @since 0.1.0
 */
import * as AdaptiveRate from "@countersign/core/engine/AdaptiveRate"
import { noiseModels, type Random } from "../baseline/NoiseModel.ts"
import { isBeforeFirst } from "../baseline/PairedComparison.ts"
import { measurementOf, type SlicePair } from "./OverheadMeasurement.ts"

/**
 * What auditing truly costs at a window and a rate: a share of the application's time, below 1.
 *
 * @category models
 * @since 0.1.0
 */
export type Plant = (window: number, rate: number) => number

/**
 * @category models
 * @since 0.1.0
 */
export interface FeedbackOptions {
  readonly plant: Plant
  readonly windows: number
  readonly random: Random
  /** One of the noise models. */
  readonly noise: string
  readonly rate: number
  readonly bounds: AdaptiveRate.AdaptiveRateOptions
  /** Pairs of slices of each measurement. Default 30. */
  readonly pairs?: number
}

/**
 * One window of a simulation.
 *
 * @category models
 * @since 0.1.0
 */
export interface FeedbackWindow {
  /** The rate that held in it. */
  readonly rate: number
  /** What auditing truly cost in it. */
  readonly overhead: number
}

/**
 * Runs the loop: measure, step, next window.
 *
 * @category running
 * @since 0.1.0
 */
export const simulate = (options: FeedbackOptions): ReadonlyArray<FeedbackWindow> => {
  const { bounds, noise, pairs = 30, plant, random } = options
  const machine = noiseModels[noise]?.(random) ?? (() => 1)
  let state = AdaptiveRate.start(options.rate, bounds)
  return Array.from({ length: options.windows }, (_, window): FeedbackWindow => {
    const { rate } = state
    const overhead = plant(window, rate)
    const seen = Array.from({ length: pairs }, (): SlicePair => {
      const isBareFirst = isBeforeFirst(random)
      const first = machine()
      const second = machine()
      const [bare, audited] = isBareFirst ? [first, second] : [second, first]
      return { bare, audited: audited / (1 - overhead) }
    })
    const measured = measurementOf(seen)
    const counted = { ...measured, overhead: Math.max(0, measured.overhead) }
    state = AdaptiveRate.step(state, AdaptiveRate.certain(counted, bounds), bounds)
    return { rate, overhead }
  })
}

/**
 * How often a rate turned: rose after it had fallen, or fell after it had risen.
 *
 * @category numbers
 * @since 0.1.0
 */
export const turnsOf = (windows: ReadonlyArray<FeedbackWindow>): number => {
  const moves = windows
    .slice(1)
    .map(({ rate }, index) => Math.sign(rate - (windows[index]?.rate ?? rate)))
    .filter((move) => move !== 0)
  return moves.filter((move, index) => index > 0 && move !== moves[index - 1]).length
}
