/** A chart's figures in words, by their unit. */
import { bytes, count, rate, seconds, share } from "../engine/Amount.ts"
import type { Unit } from "../engine/Series.ts"

const writers: Readonly<Record<Unit, (value: number) => string>> = {
  perSecond: rate,
  seconds,
  bytes,
  ratio: share,
  count,
}

export const inUnit = (unit: Unit, value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? "–" : writers[unit](value)

/** Where the axis of nothing ends. */
const emptyEnds: Readonly<Record<Unit, number>> = {
  perSecond: 4,
  seconds: 0.001,
  bytes: 4096,
  ratio: 1,
  count: 4,
}

/** Where the axis ends: shares end at one where they stay below it, and nothing ends at nothing. */
export const axisEnd = (unit: Unit, most: number): number => {
  if (!Number.isFinite(most) || most <= 0) return emptyEnds[unit]
  return unit === "ratio" && most > 0.5 && most <= 1 ? 1.02 : most * 1.08
}

/** The rows of a table that says the same: no more than `rowsMax`, evenly over the time, newest first. */
export const tableRows = (length: number, rowsMax: number): ReadonlyArray<number> => {
  const step = Math.max(1, Math.ceil(length / rowsMax))
  const rows: Array<number> = []
  for (let index = length - 1; index >= 0; index -= step) rows.push(index)
  return rows
}

/** The index of the last moment that is not after `at`; -1: all are. */
export const indexAt = (times: ReadonlyArray<number>, at: number): number =>
  times.findLastIndex((time) => time <= at)
