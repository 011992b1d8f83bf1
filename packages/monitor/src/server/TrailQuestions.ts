/**
 * What viewers ask of a trail, answered from its published files: pages of events, the refused
 * records of sinks. A writer may be at work on it.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { boundedText } from "@countersign/core/engine/CauseText"
import { readOpenLetters } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import * as Filter from "@countersign/core/query/Filter"
import {
  entries,
  readCheckpoint,
  type TrailEntry,
  type TrailReadError,
} from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Damage } from "../protocol/Damage.ts"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import type { DeadLetter } from "../protocol/MonitorProtocol.ts"
import type { Page, Question, TrailEvent } from "../protocol/TrailEvent.ts"
import { Turn } from "./Turn.ts"

/** Entries in a bundle, the least that is read. */
const bundleWidth = 256

/**
 * Most entries that are looked at for one page, so that no question holds the disk for long.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageEntriesMax = 65_536

/**
 * A page, or a part of a tail, is full with this much. Units: bytes of entries.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageBytesMax = 1024 * 1024

/** A bundle that is missing is waited for a moment: so many, and the page says where to go on. */
const pageDamageMax = 20

const lettersMax = 10_000

/**
 * Longest cause in a list of letters, with the … of one that was cut; the history of a letter has
 * all of it. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const causeBytesMax = 200

// A writer replaces partial bundles by full ones while they are read; a moment later all is there.
// Nothing else that is wrong with a trail mends itself.
const again = {
  schedule: Schedule.spaced("50 millis"),
  times: 2,
  while: (error: TrailReadError): boolean =>
    (error._tag === "TrailDamaged" && error.detail.startsWith("is missing")) ||
    (error._tag === "DiskError" && error.errno === "ENOENT"),
}

/**
 * A fault of reading, as a viewer is told.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unreadable = (error: TrailReadError): MonitorRefused =>
  new MonitorRefused({ reason: "unreadable", detail: error.message })

/**
 * The filter that a text says.
 *
 * @category decoding
 * @since 0.1.0
 */
export const filterOf = (text: string): Effect.Effect<Filter.Filter, MonitorRefused> => {
  if (text.trim() === "") return Effect.succeed(Filter.everything)
  const parsed = Filter.parse(text)
  return Result.isSuccess(parsed)
    ? Effect.succeed(parsed.success)
    : Effect.fail(new MonitorRefused({ reason: "invalid", detail: parsed.failure.message }))
}

/**
 * How many entries are published.
 *
 * @category running
 * @since 0.1.0
 */
export const sizeOf = (directory: string): Effect.Effect<number, TrailReadError, Disk> =>
  Effect.map(readCheckpoint(directory), (signed) => signed?.checkpoint.size ?? 0).pipe(
    Effect.retry(again),
  )

/**
 * Entries of a range, which lies within one bundle.
 *
 * @category running
 * @since 0.1.0
 */
export const bundleOf = (
  directory: string,
  from: number,
  to: number,
): Effect.Effect<ReadonlyArray<TrailEntry>, TrailReadError, Disk> =>
  entries(directory, { from, to }).pipe(Stream.runCollect, Effect.retry(again))

/**
 * A run of entries within one bundle; what can't be read is said, and passed over.
 *
 * @category running
 * @since 0.1.0
 */
export const readRun = (
  directory: string,
  from: number,
  to: number,
): Effect.Effect<
  { readonly bundle: ReadonlyArray<TrailEntry>; readonly damage: ReadonlyArray<Damage> },
  never,
  Disk
> =>
  Effect.map(Effect.result(bundleOf(directory, from, to)), (read) =>
    Result.isSuccess(read)
      ? { bundle: read.success, damage: [] }
      : { bundle: [], damage: [{ from, to, detail: read.failure.message }] },
  )

/**
 * The event that an entry holds, where it passes. What is no JSON passes only where all does.
 *
 * @category decoding
 * @since 0.1.0
 */
export const passing = (
  filter: Filter.Filter,
  { bytes, sequence }: TrailEntry,
  nowMillis: number,
): TrailEvent | undefined => {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  // A tail without a filter is what most look at, and parsing what nobody compares took most of it.
  if (filter === Filter.everything) return { sequence, json }
  let value: unknown = json
  try {
    value = JSON.parse(json)
  } catch {
    // Any bytes can be an entry; the filter sees them as one text.
  }
  return Filter.matches(filter, value, nowMillis) ? { sequence, json } : undefined
}

/** The next run of entries within one bundle, in the order that is asked for. */
const runAfter = (
  order: Question["order"],
  at: number,
  size: number,
): readonly [from: number, to: number] =>
  order === "oldest"
    ? [at, Math.min(size, (Math.floor(at / bundleWidth) + 1) * bundleWidth)]
    : [Math.floor((at - 1) / bundleWidth) * bundleWidth, at]

/**
 * A page of the events that a filter lets through. A bundle that can't be read is passed over, and
 * said.
 *
 * - Memory: one bundle, and the page, at most 1 MiB of entries and one entry more.
 *
 * @category running
 * @since 0.1.0
 */
export const query = Effect.fnUntraced(
  function* (directory: string, question: Question) {
    const { limit, order } = question
    const filter = yield* filterOf(question.filter)
    const nowMillis = yield* Clock.currentTimeMillis
    const size = yield* sizeOf(directory)
    const isNewest = order === "newest"
    const events: Array<TrailEvent> = []
    const damage: Array<Damage> = []
    // Oldest first: the next entry. Newest first: the entry after the next.
    let at = Math.min(size, question.from ?? (isNewest ? size : 0))
    let read = 0
    let bytes = 0
    const turn = new Turn()
    const isDone = (): boolean => (isNewest ? at <= 0 : at >= size)
    const isFull = (): boolean =>
      events.length >= limit ||
      read >= pageEntriesMax ||
      bytes >= pageBytesMax ||
      damage.length >= pageDamageMax
    while (!isDone() && !isFull()) {
      const [from, to] = runAfter(order, at, size)
      const run = yield* readRun(directory, from, to)
      if (run.damage.length > 0) {
        damage.push(...run.damage)
        at = isNewest ? from : to
      }
      for (const entry of isNewest ? run.bundle.toReversed() : run.bundle) {
        if (events.length >= limit || bytes >= pageBytesMax) break
        const event = passing(filter, entry, nowMillis)
        if (turn.isOver(entry.bytes)) yield* Effect.yieldNow
        read += 1
        at = isNewest ? entry.sequence : entry.sequence + 1
        if (event === undefined) continue
        events.push(event)
        bytes += entry.bytes.length
      }
    }
    const page: Page = { events, next: isDone() ? null : at, read, size, damage }
    return page
  },
  Effect.mapError((error) => (error._tag === "MonitorRefused" ? error : unreadable(error))),
)

/**
 * The records that sinks refused and nobody has settled.
 *
 * @category running
 * @since 0.1.0
 */
export const deadLetters = (
  directory: string,
): Effect.Effect<ReadonlyArray<DeadLetter>, MonitorRefused, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const found: Array<DeadLetter> = []
    for (const sink of yield* disk.list(path.join(directory, "dead-letters"))) {
      const letters = (yield* readOpenLetters(directory, sink)).all()
      for (const letter of letters.slice(0, lettersMax - found.length)) {
        found.push({ sink, ...letter, cause: boundedText(letter.cause, causeBytesMax) })
      }
    }
    return found
  }).pipe(Effect.mapError(unreadable))
