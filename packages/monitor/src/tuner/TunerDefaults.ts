/**
 * How the tuner goes about it unless told otherwise: a look each five seconds, windows of two
 * minutes, and a minute for a change to show, since quantiles are those of the last minute.
 *
 * @since 0.1.0
 */
import type { TunerOptions } from "./TunerState.ts"

const minute = 60_000
const hour = 60 * minute

/**
 * @category constants
 * @since 0.1.0
 */
export const tunerDefaults = {
  windowTicks: 24,
  settleTicks: 13,
  everyMillis: 5000,
  gainMin: 0.1,
  doublingsPerHourMax: 4,
  calmMillis: 10 * minute,
  coolDownMillis: 10 * minute,
  coolDownMaxMillis: 24 * hour,
} as const satisfies Partial<TunerOptions>
