/** How moments are written, on the whole page alike: in UTC, or as the clock of this machine. */
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"

export type TimeZone = "utc" | "local"

const key = "times"
const chosen = makeStore<TimeZone>("utc")

/** A view that shows moments renders again with it: `useStore(timeZone)`. */
export const timeZone: ReadonlyStore<TimeZone> = chosen

export const chooseTimeZone = (host: Host, zone: TimeZone): void => {
  host.write(key, zone)
  chosen.set(zone)
}

export const startTimeZone = (host: Host): void => {
  chosen.set(host.read(key) === "local" ? "local" : "utc")
}

/** Units: milliseconds. What a `Date` can hold. */
const millisMax = 8_640_000_000_000_000

const two = (value: number): string => String(value).padStart(2, "0")

/** `+02:00`: what the machine's clock is ahead of UTC at that moment. */
const offsetOf = (date: Date): string => {
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** The same moment, moved so that its UTC fields are those of the machine's clock. */
const shifted = (date: Date, zone: TimeZone): Date =>
  zone === "utc" ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000)

const dateOf = (millis: number): Date | undefined =>
  Math.abs(millis) <= millisMax ? new Date(millis) : undefined

/** `2026-11-22 14:03:07.251Z`, or with the machine's own offset. */
export const formatTime = (millis: number, zone: TimeZone = chosen.get()): string => {
  const date = dateOf(millis)
  if (date === undefined) return "no time"
  const end = zone === "utc" ? "Z" : offsetOf(date)
  return `${shifted(date, zone).toISOString().slice(0, -1).replace("T", " ")}${end}`
}

/** `14:03:07`, where the day stands beside it or is today. */
export const formatClock = (millis: number, zone: TimeZone = chosen.get()): string => {
  const date = dateOf(millis)
  return date === undefined ? "no time" : shifted(date, zone).toISOString().slice(-13, -5)
}

/** `4.2 s`, `3 min 10 s`, `2 h 5 min`: how long, for people. */
export const formatSpan = (millis: number): string => {
  const seconds = Math.max(0, millis) / 1000
  if (!Number.isFinite(seconds)) return "unknown"
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
