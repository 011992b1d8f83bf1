/**
 * Looks through a whole trail for what a filter lets through, and on as it grows.
 *
 * It goes in parts, reads a bundle at a time, and beside an engine rests as long as it works. A
 * viewer that asks for no more parts costs nothing.
 *
 * @since 0.1.0
 */
import type { Disk } from "@countersign/core/platform/Disk"
import type * as Filter from "@countersign/core/query/Filter"
import type { TrailEntry, TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Damage } from "../protocol/Damage.ts"
import type { Entries, FoundPart, Search } from "../protocol/FoundEvents.ts"
import type { MonitorRefused } from "../protocol/MonitorError.ts"
import * as Runs from "../protocol/Runs.ts"
import type { TrailEvent } from "../protocol/TrailEvent.ts"
import { isWorthReading, type Needle, needlesOf } from "./FilterNeedles.ts"
import { filterOf, pageBytesMax, passing, readRun, sizeOf, unreadable } from "./TrailQuestions.ts"
import { Turn } from "./Turn.ts"

const bundleWidth = 256
/** Most entries of one part. */
const partEntriesMax = 65_536
/** A part ends after so long, so that a viewer sees how far it is. Units: milliseconds. */
const partMillisMax = 150
// A checkpoint comes once a second by default; looking costs one small read.
const lookMillis = 200
const damageMax = 100
/** An answer with the events in some places ends after so long. Units: milliseconds. */
const entriesMillisMax = 2000

/**
 * @category models
 * @since 0.1.0
 */
export interface FindOptions {
  /** Parts that are looked for at once, of all viewers. */
  readonly permits: Semaphore.Semaphore
  /** Whether it leaves half of the time to others. */
  readonly isResting: boolean
}

interface Sought {
  readonly directory: string
  readonly filter: Filter.Filter
  readonly needles: ReadonlyArray<Needle>
  readonly nowMillis: number
  readonly isResting: boolean
}

interface Place {
  /** Entries that were looked at. */
  readonly from: number
  readonly to: number
  readonly size: number
}

const isEverything = (filter: Filter.Filter): boolean =>
  filter._tag === "And" && filter.all.length === 0

const passingOf = Effect.fnUntraced(function* (sought: Sought, bundle: ReadonlyArray<TrailEntry>) {
  const turn = new Turn()
  const passed: Array<number> = []
  for (const entry of bundle) {
    if (!isWorthReading(sought.needles, entry.bytes)) continue
    if (passing(sought.filter, entry, sought.nowMillis) !== undefined) passed.push(entry.sequence)
    if (turn.isOver(entry.bytes)) yield* Effect.yieldNow
  }
  return passed
})

/** Bundles of a range one by one, from its end where the newest come first. */
const bundlesOf = (from: number, to: number, isBackward: boolean) => {
  const first = Math.floor(from / bundleWidth)
  const last = Math.floor((to - 1) / bundleWidth)
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const bundle = isBackward ? last - index : first + index
    return {
      from: Math.max(from, bundle * bundleWidth),
      to: Math.min(to, (bundle + 1) * bundleWidth),
    }
  })
}

const searched = Effect.fnUntraced(function* (
  sought: Sought,
  whole: Runs.Run,
  isBackward: boolean,
) {
  const found: Array<ReadonlyArray<number>> = []
  const damage: Array<Damage> = []
  const begunMillis = yield* Clock.currentTimeMillis
  let workedMillis = 0
  let { from, to } = isBackward
    ? { from: whole.to, to: whole.to }
    : { from: whole.from, to: whole.from }
  for (const run of bundlesOf(whole.from, whole.to, isBackward)) {
    const beforeMillis = yield* Clock.currentTimeMillis
    const read = yield* readRun(sought.directory, run.from, run.to)
    found.push(yield* passingOf(sought, read.bundle))
    if (damage.length < damageMax) damage.push(...read.damage)
    from = Math.min(from, run.from)
    to = Math.max(to, run.to)
    const atMillis = yield* Clock.currentTimeMillis
    workedMillis += atMillis - beforeMillis
    if (sought.isResting && workedMillis > 4) {
      yield* Effect.sleep(workedMillis)
      workedMillis = 0
    }
    if (atMillis - begunMillis >= partMillisMax) break
  }
  const inOrder = (isBackward ? found.toReversed() : found).flat()
  return { from, to, runs: Runs.encode(from, Runs.runsOf(inOrder)), damage }
})

/** What to look at next; `undefined`: all there is was looked at. */
const nextRange = ({ from, to, size }: Place): (Runs.Run & { isBackward: boolean }) | undefined => {
  // What is new comes first: it is what somebody who follows waits for.
  if (to < size) return { from: to, to: Math.min(size, to + partEntriesMax), isBackward: false }
  if (from > 0) return { from: Math.max(0, from - partEntriesMax), to: from, isBackward: true }
  return undefined
}

const allOf = (from: number, to: number) => ({
  from,
  to,
  runs: Runs.encode(from, from < to ? [{ from, to }] : []),
  damage: [],
})

const startOf = (search: Search, size: number): Place => {
  const { from, to } = search.seen ?? { from: 0, to: 0 }
  if (search.seen !== undefined && from <= to && to <= size) return { from, to, size }
  return search.order === "newest" ? { from: size, to: size, size } : { from: 0, to: 0, size }
}

const nextPart = Effect.fnUntraced(function* (
  sought: Sought,
  { permits }: FindOptions,
  search: Search,
  before: Place & { readonly isFirst: boolean },
) {
  const partOf = (place: Place, found: Omit<FoundPart, "size" | "isAnew">, isAnew: boolean) => {
    const part: FoundPart = { ...found, size: place.size, isAnew }
    const from = Math.min(place.from, found.from)
    const to = Math.max(place.to, found.to)
    return [part, { from, to, size: place.size, isFirst: false }] as const
  }
  for (;;) {
    const size = yield* sizeOf(sought.directory)
    const isAnew = size < before.to
    const place = isAnew
      ? startOf({ ...search, seen: { from: 1, to: 0 } }, size)
      : { ...before, size }
    const range = nextRange(place)
    if (range === undefined) {
      // A trail of no entries is an answer too.
      if (before.isFirst || isAnew) return partOf(place, allOf(place.to, place.to), isAnew)
      yield* Effect.sleep(lookMillis)
      continue
    }
    if (isEverything(sought.filter)) {
      const [from, to] = range.isBackward ? [0, range.to] : [range.from, size]
      return partOf(place, allOf(from, to), isAnew)
    }
    const found = yield* permits.withPermit(searched(sought, range, range.isBackward))
    return partOf(place, found, isAnew)
  }
})

/**
 * Parts of the trail with what passes of each, until nobody asks for more. Relative times count from
 * when the search began.
 *
 * @category running
 * @since 0.1.0
 */
export const find = (
  directory: string,
  search: Search,
  options: FindOptions,
): Stream.Stream<FoundPart, MonitorRefused, Disk> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const filter = yield* filterOf(search.filter)
      const nowMillis = yield* Clock.currentTimeMillis
      const { isResting } = options
      const sought = { directory, filter, needles: needlesOf(filter), nowMillis, isResting }
      const start = startOf(search, yield* Effect.mapError(sizeOf(directory), unreadable))
      return Stream.unfold({ ...start, isFirst: true }, (place) =>
        Effect.mapError(nextPart(sought, options, search, place), unreadable),
      )
    }),
  )

/**
 * The events in some places; those of a bundle that can't be read are said to be damaged. It ends
 * where it has become large or took long, and says from where to go on.
 *
 * @param sequences in any order; what lies beyond the published entries is left out
 * @category running
 * @since 0.1.0
 */
export const entriesAt = (
  directory: string,
  sequences: ReadonlyArray<number>,
): Effect.Effect<Entries, MonitorRefused, Disk> =>
  Effect.gen(function* () {
    const size = yield* sizeOf(directory)
    const wanted = [...new Set(sequences)].filter((one) => one < size).toSorted((a, b) => a - b)
    const events: Array<TrailEvent> = []
    const damage: Array<Damage> = []
    let bytes = 0
    const begunMillis = yield* Clock.currentTimeMillis
    for (let at = 0; at < wanted.length;) {
      const first = wanted[at] ?? 0
      // At least one bundle was looked at: whoever asks on gets on.
      if (at > 0 && (yield* Clock.currentTimeMillis) - begunMillis >= entriesMillisMax) {
        return { events, damage, next: first }
      }
      const end = (Math.floor(first / bundleWidth) + 1) * bundleWidth
      let last = at
      while ((wanted[last + 1] ?? end) < end) last += 1
      const read = yield* readRun(directory, first, (wanted[last] ?? first) + 1)
      damage.push(...read.damage)
      const asked = new Set(wanted.slice(at, last + 1))
      for (const entry of read.bundle) {
        if (!asked.has(entry.sequence)) continue
        if (bytes >= pageBytesMax) return { events, damage, next: entry.sequence }
        const json = Buffer.from(entry.bytes).toString("utf8")
        events.push({ sequence: entry.sequence, json })
        bytes += entry.bytes.length
      }
      at = last + 1
    }
    return { events, damage, next: null }
  }).pipe(Effect.mapError((error: TrailReadError) => unreadable(error)))
