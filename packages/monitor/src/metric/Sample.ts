/**
 * A series as it stands: its instrument, its labels, and a number or a summary of many.
 *
 * @since 0.1.0
 */
import { type Instrument, instruments } from "./Instruments.ts"
import { type Labels, type Reading, seriesOf } from "./Reading.ts"

/**
 * How large many values were.
 *
 * @category models
 * @since 0.1.0
 */
export interface Summary {
  /** Since the start. */
  readonly count: number
  /** Since the start, in the unit of the instrument. */
  readonly sum: number
  /** Of the last minute; empty where nothing came in it. */
  readonly quantiles: ReadonlyArray<readonly [quantile: number, value: number]>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Sample {
  readonly instrument: Instrument
  readonly labels: Labels
  readonly value: number | Summary
}

const noLabels: Labels = {}

/**
 * @category constructors
 * @since 0.1.0
 */
export const sampleOf = (
  instrument: Instrument,
  value: number | Summary,
  labels: Labels = noLabels,
): Sample => ({ instrument, labels, value })

/**
 * The numbers of a sample. A summary gives its count and its sum under names of their own, and each
 * quantile under the label `quantile`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const readingsOf = ({
  instrument: { name },
  labels,
  value,
}: Sample): ReadonlyArray<Reading> =>
  typeof value === "number"
    ? [{ name, labels, value }]
    : [
        { name: `${name}_count`, labels, value: value.count },
        { name: `${name}_sum`, labels, value: value.sum },
        ...value.quantiles.map(([quantile, at]) => ({
          name,
          labels: { ...labels, quantile: String(quantile) },
          value: at,
        })),
      ]

/**
 * Samples and what others add to them, each series once: the first, and how many were left out.
 *
 * @category conversions
 * @since 0.1.0
 */
export const withoutRepeats = (
  own: ReadonlyArray<Sample>,
  added: ReadonlyArray<Sample>,
): { readonly samples: ReadonlyArray<Sample>; readonly left: number } => {
  if (added.length === 0) return { samples: own, left: 0 }
  // To name a series costs more than to look for its name: only what could be meant is named.
  const names = new Set(added.map(({ instrument: { name } }) => name))
  const taken = new Set(
    own.filter(({ instrument: { name } }) => names.has(name)).map((sample) => keyOf(sample)),
  )
  const fresh = added.filter((sample) => {
    const key = keyOf(sample)
    if (taken.has(key)) return false
    taken.add(key)
    return true
  })
  return { samples: [...own, ...fresh], left: added.length - fresh.length }
}

const keyOf = ({ instrument: { name }, labels }: Sample): string => seriesOf({ name, labels })

/**
 * Samples of readings whose names are in the table, for `Metrics.source`:
 * `metrics.source(() => samplesOf(detection.readings()))`.
 *
 * A name that the table does not have is left out, and so is a part of a summary: nobody could say
 * what they are.
 *
 * @category conversions
 * @since 0.1.0
 */
export const samplesOf = (readings: ReadonlyArray<Reading>): ReadonlyArray<Sample> =>
  readings.flatMap(({ labels, name, value }) => {
    const known = instruments.get(name)
    return known === undefined || known.kind === "summary" ? [] : [sampleOf(known, value, labels)]
  })
