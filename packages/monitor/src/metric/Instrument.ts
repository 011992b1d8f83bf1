/**
 * What a metric is: its name, its kind, its unit and its labels.
 *
 * @since 0.1.0
 */

/**
 * `counter`: only grows, from 0 when the process starts. `gauge`: goes up and down. `summary`: how
 * large many values were: their count and sum since the start, and quantiles of the last minute.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentKind = "counter" | "gauge" | "summary"

/**
 * `one`: a plain number. `ratio`: from 0 to 1.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentUnit = "one" | "bytes" | "seconds" | "ratio"

/**
 * @category models
 * @since 0.1.0
 */
export interface Instrument {
  readonly name: string
  readonly kind: InstrumentKind
  readonly unit: InstrumentUnit
  /** Names of the labels, which each of its series has. */
  readonly labels: ReadonlyArray<string>
  /** One sentence. */
  readonly help: string
}

/**
 * An instrument behind its name in the table.
 *
 * @category models
 * @since 0.1.0
 */
export type InstrumentRow = readonly [
  kind: InstrumentKind,
  unit: InstrumentUnit,
  labels: ReadonlyArray<string>,
  help: string,
]
