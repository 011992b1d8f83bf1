/**
 * The newest events of a trail, and those to come.
 *
 * A viewer is handed what it asks for when it asks. One that is so slow that more than
 * {@link behindMax} entries have come meanwhile is told how many it was not shown: the writer never
 * waits for it, and nothing is kept for it. What it is handed at once is bounded in events and bytes.
 *
 * @since 0.1.0
 */
import type { Disk } from "@countersign/core/platform/Disk"
import type * as Filter from "@countersign/core/query/Filter"
import type { TrailEntry, TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { MonitorRefused } from "../protocol/MonitorError.ts"
import type { TailChunk, TrailEvent } from "../protocol/TrailEvent.ts"
import { bundleOf, filterOf, pageBytesMax, passing, sizeOf, unreadable } from "./TrailQuestions.ts"
import { Turn } from "./Turn.ts"

/**
 * How many entries a viewer may be behind before some are passed over.
 *
 * @category constants
 * @since 0.1.0
 */
export const behindMax = 10_000

/** Where a viewer that was too slow goes on: so many before the end. */
const resumeBehind = 1000
/** How far back the newest events that pass are looked for. */
const backlogEntriesMax = 65_536
// A checkpoint comes once a second by default; looking costs one small read.
const lookMillis = 200
const bundleWidth = 256

/**
 * @category models
 * @since 0.1.0
 */
export interface TailOptions {
  readonly filter: string
  /** How many of the newest that pass to begin with. */
  readonly backlog: number
}

const backlogOf = Effect.fnUntraced(function* (
  directory: string,
  size: number,
  most: number,
  filter: Filter.Filter,
) {
  const nowMillis = yield* Clock.currentTimeMillis
  const found: Array<TrailEvent> = []
  let bytes = 0
  let leftOut = 0
  const turn = new Turn()
  const floor = Math.max(0, size - backlogEntriesMax)
  for (let to = size; to > floor && found.length + leftOut < most;) {
    const from = Math.floor((to - 1) / bundleWidth) * bundleWidth
    for (const entry of (yield* bundleOf(directory, from, to)).toReversed()) {
      if (found.length + leftOut >= most) break
      const event = passing(filter, entry, nowMillis)
      if (turn.isOver(entry.bytes)) yield* Effect.yieldNow
      if (event === undefined) continue
      // Once it is full it takes no older ones, small as they may be: a gap would look like none.
      if (bytes < pageBytesMax) found.push(event)
      else leftOut += 1
      bytes += entry.bytes.length
    }
    to = from
  }
  return { events: found.toReversed(), leftOut }
})

/** What passes of a run of entries, as much as one chunk takes, and where to go on. */
const taken = Effect.fnUntraced(function* (
  run: ReadonlyArray<TrailEntry>,
  filter: Filter.Filter,
  nowMillis: number,
  to: number,
) {
  const turn = new Turn()
  const events: Array<TrailEvent> = []
  let bytes = 0
  for (const entry of run) {
    if (bytes >= pageBytesMax) return { events, to: entry.sequence }
    const event = passing(filter, entry, nowMillis)
    if (turn.isOver(entry.bytes)) yield* Effect.yieldNow
    if (event === undefined) continue
    events.push(event)
    bytes += entry.bytes.length
  }
  return { events, to }
})

interface Place {
  readonly at: number
  readonly passedOver: number
}

/** The next chunk that says something, once there is one. */
const nextChunk = Effect.fnUntraced(function* (
  directory: string,
  { at: begin, passedOver: before }: Place,
  filter: Filter.Filter,
) {
  let at = begin
  let passedOver = before
  for (;;) {
    const size = yield* sizeOf(directory)
    // Put back or replaced: what is there now is what there is to show.
    if (size < at) at = size
    if (size - at > behindMax) {
      passedOver += size - resumeBehind - at
      at = size - resumeBehind
    }
    const nowMillis = yield* Clock.currentTimeMillis
    while (at < size) {
      const end = Math.min(size, (Math.floor(at / bundleWidth) + 1) * bundleWidth)
      const run = yield* bundleOf(directory, at, end)
      const { events, to } = yield* taken(run, filter, nowMillis, end)
      at = to
      if (events.length > 0 || passedOver > before) {
        const chunk: TailChunk = { events, to, passedOver, leftOut: 0 }
        return [chunk, { at, passedOver }] as const
      }
    }
    yield* Effect.sleep(lookMillis)
  }
})

/**
 * Chunks of at most 256 events and 1 MiB and one event more, for as long as somebody asks for more; the first is the backlog.
 *
 * @category running
 * @since 0.1.0
 */
export const tail = (
  directory: string,
  { backlog, filter: text }: TailOptions,
): Stream.Stream<TailChunk, MonitorRefused, Disk> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const filter = yield* filterOf(text)
      const size = yield* sizeOf(directory)
      const newest = yield* backlogOf(directory, size, backlog, filter)
      const first: TailChunk = { ...newest, to: size, passedOver: 0 }
      return Stream.concat(
        Stream.succeed(first),
        Stream.unfold({ at: size, passedOver: 0 }, (place: Place) =>
          Effect.mapError(nextChunk(directory, place, filter), unreadable),
        ),
      )
    }).pipe(
      Effect.mapError((error: MonitorRefused | TrailReadError) =>
        error._tag === "MonitorRefused" ? error : unreadable(error),
      ),
    ),
  )
