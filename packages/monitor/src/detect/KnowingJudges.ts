/**
 * The kinds of rules that compare an event with what is known of its key: a value that is new for
 * it, a place too far away, a silence, a bad name.
 *
 * @since 0.1.0
 */
import type { RuleOf } from "./DetectionRule.ts"
import { millisOf, textOf } from "./Duration.ts"
import { hashOf, numberAt, textAt, textsAt } from "./EventValue.ts"
import type { Bench, Judge, Place, Sighting } from "./Judge.ts"
import { filterOf, single } from "./Judge.ts"
import { SeenValues } from "./SeenValues.ts"
import { grownFloats, grownWholes } from "./SlotTable.ts"

const valueShown = 64

/**
 * @category constructors
 * @since 0.1.0
 */
export const firstSeenJudge = (rule: RuleOf<"first-seen">, bench: Bench): Judge => {
  const { isQuiet, space, table } = bench
  const { minimum, rareBelow } = rule
  const valueOf = textsAt(rule.of)
  const seen = new SeenValues(table)
  let counts = new Uint32Array(0)
  table.onChange(
    (capacity) => {
      counts = grownWholes(counts, capacity)
    },
    (row) => {
      counts[row] = 0
    },
  )
  const isNew = (row: number, value: string): boolean => {
    const others = seen.add(row, hashOf(value))
    return others !== undefined && (rareBelow === undefined || seen.isRare(others, rareBelow))
  }
  const what = typeof rule.of === "string" ? rule.of : rule.of.join(" and ")
  const judge = single(rule, ({ atMillis, event, id }, slot): Sighting | undefined => {
    const values = valueOf(event)
    if (values === undefined) return undefined
    const row = table.rowOf(slot)
    const count = counts[row] ?? 0
    counts[row] = count + 1
    let value: string | undefined
    // All of several are taken, and the first that is new is named.
    for (const each of typeof values === "string" ? [values] : values) {
      if (isNew(row, each)) value ??= each
    }
    if (value === undefined || count < minimum) return undefined
    const subject = space.nameOf(slot)
    if (isQuiet(subject, atMillis)) return undefined
    const detail = `${value.slice(0, valueShown)} as ${what} for the first time in ${count + 1} events, the bound is ${minimum}`
    return { subject, atMillis, detail, events: [id] }
  })
  return { ...judge, forgottenValues: () => seen.forgotten }
}

const earthKilometres = 6371
const hourMillis = 3_600_000
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/**
 * The way between two places over the ground, by the haversine formula.
 *
 * @returns kilometres
 * @category numbers
 * @since 0.1.0
 */
export const kilometresBetween = (one: Place, other: Place): number => {
  const up = Math.sin(radians(other.latitude - one.latitude) / 2)
  const along = Math.sin(radians(other.longitude - one.longitude) / 2)
  const chord =
    up * up + Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * along * along
  return 2 * earthKilometres * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const travelJudge = (rule: RuleOf<"travel">, bench: Bench): Judge => {
  const { isQuiet, outside, space, table } = bench
  const latitudeOf = numberAt(rule.latitude ?? "data.geo.latitude")
  const longitudeOf = numberAt(rule.longitude ?? "data.geo.longitude")
  const addressOf = textAt(rule.address ?? "source.ip")
  const located = (event: unknown): Place | undefined => {
    const address = outside.locate === undefined ? undefined : addressOf(event)
    return address === undefined ? undefined : outside.locate?.(address)
  }
  /** Of each row the latitude, the longitude and the time; a time of 0 is none. */
  let last = new Float64Array(0)
  const ids: Array<string> = []
  table.onChange(
    (capacity) => {
      last = grownFloats(last, capacity * 3)
    },
    (row) => {
      last[row * 3 + 2] = 0
    },
  )
  return single(rule, ({ atMillis, event, id }, slot): Sighting | undefined => {
    let latitude = latitudeOf(event)
    let longitude = latitude === undefined ? undefined : longitudeOf(event)
    if (latitude === undefined || longitude === undefined) {
      const place = located(event)
      latitude = place?.latitude
      longitude = place?.longitude
    }
    if (latitude === undefined || longitude === undefined) return undefined
    const row = table.rowOf(slot)
    const from = row * 3
    const before = { latitude: last[from] ?? 0, longitude: last[from + 1] ?? 0 }
    const [beforeMillis, beforeId] = [last[from + 2] ?? 0, ids[row] ?? ""]
    if (beforeMillis <= atMillis) {
      last[from] = latitude
      last[from + 1] = longitude
      last[from + 2] = atMillis
      ids[row] = id
    }
    const isSame = before.latitude === latitude && before.longitude === longitude
    if (beforeMillis === 0 || isSame) return undefined
    const kilometres = kilometresBetween(before, { latitude, longitude })
    if (kilometres < rule.kilometresAtLeast) return undefined
    const passed = Math.abs(atMillis - beforeMillis)
    if (kilometres <= (rule.kilometresPerHour * passed) / hourMillis) return undefined
    const subject = space.nameOf(slot)
    if (isQuiet(subject, atMillis)) return undefined
    const detail = `${Math.round(kilometres)} km within ${textOf(passed)}, the bound is ${rule.kilometresPerHour} km/h`
    return { subject, atMillis, detail, events: [beforeId, id] }
  })
}

interface Speaker {
  readonly slot: number
  atMillis: number
  id: string
}

/**
 * Silence is noticed as time passes, so by other events, or by a clock where the stream is live.
 *
 * @category constructors
 * @since 0.1.0
 */
export const absenceJudge = (rule: RuleOf<"absence">, bench: Bench): Judge => {
  const { isQuiet, space, table } = bench
  const withinMillis = millisOf(rule.within)
  /** The keys that speak, with what they said last. */
  const speaking = new Map<number, Speaker>()
  let counts = new Uint32Array(0)
  table.onChange(
    (capacity) => {
      counts = grownWholes(counts, capacity)
    },
    (row) => {
      counts[row] = 0
      speaking.delete(row)
    },
  )
  /** What is to be said where nothing came after `last` until now. */
  const silence = (row: number, last: Speaker, nowMillis: number): Sighting | undefined => {
    if (nowMillis - last.atMillis <= withinMillis) return undefined
    const subject = space.nameOf(last.slot)
    const atMillis = last.atMillis + withinMillis
    const count = counts[row] ?? 0
    if (count < rule.minimum || isQuiet(subject, atMillis)) return undefined
    const detail = `nothing for more than ${textOf(withinMillis)} after ${count} events`
    return { subject, atMillis, detail, events: [last.id] }
  }
  const overdue = (nowMillis: number): ReadonlyArray<Sighting> => {
    const found: Array<Sighting> = []
    for (const [row, last] of speaking) {
      if (nowMillis - last.atMillis <= withinMillis) continue
      const sighting = silence(row, last, nowMillis)
      if (sighting !== undefined) found.push(sighting)
      speaking.delete(row)
    }
    return found
  }
  return {
    watches: [
      {
        filter: filterOf(rule.when),
        by: rule.by,
        look: ({ atMillis, id }, slot) => {
          const row = table.rowOf(slot)
          const known = speaking.get(row)
          // It may have been silent and come back between two looks at the clock.
          const sighting = known === undefined ? undefined : silence(row, known, atMillis)
          counts[row] = (counts[row] ?? 0) + 1
          if (known === undefined) speaking.set(row, { slot, atMillis, id })
          else if (known.atMillis <= atMillis) {
            known.atMillis = atMillis
            known.id = id
          }
          return sighting
        },
      },
    ],
    overdue,
    restart: (nowMillis) => {
      for (const each of speaking.values()) each.atMillis = Math.max(each.atMillis, nowMillis)
    },
  }
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const reputationJudge = (rule: RuleOf<"reputation">, bench: Bench): Judge => {
  const { isQuiet, outside, space } = bench
  return single(rule, ({ atMillis, id }, slot) => {
    const subject = space.nameOf(slot)
    if (outside.standingOf?.(subject) !== "bad" || isQuiet(subject, atMillis)) return undefined
    return { subject, atMillis, detail: "it is known as bad", events: [id] }
  })
}
