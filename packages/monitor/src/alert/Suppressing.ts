/**
 * When nobody is told of some alerts.
 *
 * @since 0.1.0
 */
import * as Glob from "@countersign/core/query/Glob"
import type { Labels } from "../metric/Reading.ts"
import type { AlertSeverity } from "./Alert.ts"
import { type AlertSelector, type Suppression, weekdays } from "./AlertRule.ts"
import { labelMatch } from "./LabelMatch.ts"

/**
 * What selectors of alerts look at.
 *
 * @category models
 * @since 0.1.0
 */
export interface AlertTraits {
  readonly rule: string
  readonly severity: AlertSeverity
  readonly labels: Labels
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const alertMatch = (
  selector: AlertSelector | undefined,
): ((alert: AlertTraits) => boolean) => {
  const rules = selector?.rules?.map(Glob.make)
  const severities = selector?.severities
  const matchesLabels = labelMatch(selector?.labels, undefined)
  return ({ labels, rule, severity }) =>
    (rules === undefined || rules.some((glob) => Glob.matches(glob, rule))) &&
    (severities === undefined || severities.includes(severity)) &&
    matchesLabels(labels)
}

const minuteMillis = 60_000
const minutesOfDay = 1440

/** What a clock on the wall shows. */
interface WallTime {
  /** 0 is Sunday. */
  readonly weekday: number
  readonly minute: number
}

const wallClock = (timeZone: string): ((nowMillis: number) => WallTime) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
  return (nowMillis) => {
    const parts = new Map(format.formatToParts(nowMillis).map(({ type, value }) => [type, value]))
    const day = (parts.get("weekday") ?? "").toLowerCase()
    return {
      weekday: weekdays.findIndex((name) => name === day),
      minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    }
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/**
 * Whether there is such a time zone.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isTimeZone = (name: string): boolean => {
  try {
    wallClock(name)
    return true
  } catch {
    return false
  }
}

/**
 * Whether a time is within a suppression.
 *
 * A day has the hours that its clocks show: of one that is shown twice both count, and one that is
 * left out never comes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const timeMatch = (suppression: Suppression): ((nowMillis: number) => boolean) => {
  if ("start" in suppression) {
    const start = Date.parse(suppression.start)
    const end = Date.parse(suppression.end)
    return (now) => now >= start && now < end
  }
  const { days = weekdays, timeZone = "UTC" } = suppression
  const from = minuteOf(suppression.from)
  const to = minuteOf(suppression.to)
  const isOn = weekdays.map((day) => days.includes(day))
  const wall = wallClock(timeZone)
  const within = (now: number): boolean => {
    const { minute, weekday } = wall(now)
    const yesterday = (weekday + weekdays.length - 1) % weekdays.length
    if (from < to) return (isOn[weekday] ?? false) && minute >= from && minute < to
    const tonight = (isOn[weekday] ?? false) && minute >= from && minute < minutesOfDay
    return tonight || ((isOn[yesterday] ?? false) && minute < to)
  }
  // The answer is the same for a whole minute, and asking a time zone takes some microseconds.
  let minuteAsked = Number.NaN
  let answer = false
  return (now) => {
    const minute = Math.floor(now / minuteMillis)
    if (minute !== minuteAsked) answer = within(minute * minuteMillis)
    minuteAsked = minute
    return answer
  }
}
