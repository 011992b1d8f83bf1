/**
 * What a metric says at a moment: the one form in which rules, the tuner and viewers get figures.
 *
 * @since 0.1.0
 */

/**
 * Attributes that tell the series of one metric apart, such as `{ sink: "postgres" }`.
 *
 * @category models
 * @since 0.1.0
 */
export type Labels = Readonly<Record<string, string>>

/**
 * One number of one series. A histogram gives several: its count, its sum, and its quantiles under
 * the label `quantile` (`0.5`, `0.95`, `0.99`, `0.999`).
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading {
  /** As in Prometheus: `countersign_sink_lag_records`; units are part of it. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/**
 * All that was read at one moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface Readings {
  /** Units: milliseconds since 1970. */
  readonly atMillis: number
  readonly readings: ReadonlyArray<Reading>
}

/**
 * Names a series: `countersign_sink_lag_records{sink="postgres"}`, labels in the order of their names.
 *
 * @category conversions
 * @since 0.1.0
 */
export const seriesOf = ({ labels, name }: Pick<Reading, "labels" | "name">): string => {
  const pairs = Object.entries(labels)
  if (pairs.length === 0) return name
  const shown = pairs
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${name}{${shown.join(",")}}`
}
