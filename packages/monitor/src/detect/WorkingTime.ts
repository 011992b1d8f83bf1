/**
 * Whether a moment lies within working hours, in the hours' own time zone.
 *
 * @since 0.1.0
 */
import type { OpenHours } from "./DetectionRule.ts"

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const
const minuteMillis = 60_000
const dayMinutes = 1440
// Zones change their offset at whole quarters of an hour.
const quarterMillis = 15 * minuteMillis

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/**
 * @category models
 * @since 0.1.0
 */
export class WorkingTime {
  private readonly days: ReadonlySet<string>
  private readonly from: number
  private readonly to: number
  private readonly format: Intl.DateTimeFormat
  private quarter = Number.NaN
  private offsetMillis = 0

  constructor(open: OpenHours) {
    this.days = new Set(open.days)
    this.from = minutesOf(open.from)
    this.to = minutesOf(open.to)
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone: open.zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    })
  }

  isOpen(atMillis: number): boolean {
    const local = atMillis + this.offset(atMillis)
    const minutes = Math.floor(local / minuteMillis)
    const minute = minutes % dayMinutes
    const day = Math.floor(minutes / dayMinutes)
    if (this.from <= this.to) {
      return this.isWorkday(day) && minute >= this.from && minute < this.to
    }
    // Through midnight: the early hours belong to the day before.
    return (
      (this.isWorkday(day) && minute >= this.from) || (this.isWorkday(day - 1) && minute < this.to)
    )
  }

  /** 1970 began on a Thursday. */
  private isWorkday(day: number): boolean {
    return this.days.has(dayNames[(day + 4) % 7] ?? "")
  }

  /** Asked of the calendar once a quarter of an hour of events: it is slow. */
  private offset(atMillis: number): number {
    const quarter = Math.floor(atMillis / quarterMillis)
    if (quarter === this.quarter) return this.offsetMillis
    const start = quarter * quarterMillis
    const parts = new Map(this.format.formatToParts(start).map(({ type, value }) => [type, value]))
    const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name))
    const local = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
    )
    this.quarter = quarter
    this.offsetMillis = local - start
    return this.offsetMillis
  }
}
