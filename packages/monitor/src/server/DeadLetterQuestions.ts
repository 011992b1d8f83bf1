/**
 * What viewers ask about refused records, and what they decide.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import type { Audit } from "@countersign/core/Audit"
import { boundedText } from "@countersign/core/engine/CauseText"
import {
  leafOf,
  type LetterNote,
  noteOf,
  type OpenLetter,
} from "@countersign/core/engine/DeadLetter"
import { directoryOf, readOpenLetters } from "@countersign/core/engine/DeadLetters"
import { typeLengthMax } from "@countersign/core/event/AuditEvent"
import { Disk } from "@countersign/core/platform/Disk"
import { everything, matches } from "@countersign/core/query/Filter"
import { entries, type TrailEntry, type TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  type FoundLetter,
  type LetterEntry,
  lettersMax,
  type LettersFound,
  type LettersSettled,
} from "../protocol/Letters.ts"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import type { Intent } from "../protocol/MonitorProtocol.ts"
import { bundleOf, causeBytesMax, filterOf, sizeOf, unreadable } from "./TrailQuestions.ts"
import { Turn } from "./Turn.ts"

const bundleWidth = 256
/** The newest notes about one record that are shown. */
const notesMax = 200

type Reads<A> = Effect.Effect<A, TrailReadError, Disk>

/**
 * What is to be known of the records in some places, of those that can be read: each bundle is read
 * once, and nothing of it is kept. A damaged one hides no other.
 *
 * @param sequences ascending
 */
const judged = Effect.fnUntraced(function* <A>(
  directory: string,
  sequences: ReadonlyArray<number>,
  judge: (record: TrailEntry) => A,
) {
  const size = yield* sizeOf(directory)
  const found = new Map<number, A>()
  const turn = new Turn()
  const bundles = Map.groupBy(
    sequences.filter((sequence) => sequence < size),
    (sequence) => Math.floor(sequence / bundleWidth),
  )
  for (const wanted of bundles.values()) {
    const from = wanted[0] ?? 0
    const to = (wanted.at(-1) ?? from) + 1
    const are = new Set(wanted)
    const bundle = yield* bundleOf(directory, from, to).pipe(
      Effect.catchTag("TrailDamaged", () => Effect.succeed([])),
    )
    for (const entry of bundle) {
      if (!are.has(entry.sequence)) continue
      found.set(entry.sequence, judge(entry))
      if (turn.isOver(entry.bytes)) yield* Effect.yieldNow
    }
    yield* Effect.yieldNow
  }
  return found
})

/** A copy of a text's beginning: a slice would keep the whole. */
const cut = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? Buffer.from(text.slice(0, lengthMax)).toString() : text

const valueOf = (bytes: Uint8Array): unknown => {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  try {
    return JSON.parse(json)
  } catch {
    // Any bytes can be an entry; a filter sees them as one text.
    return json
  }
}

const typeOf = (value: unknown): string => {
  const type =
    typeof value === "object" && value !== null
      ? Object.getOwnPropertyDescriptor(value, "type")?.value
      : undefined
  return typeof type === "string" ? cut(type, typeLengthMax) : ""
}

const sinksOf = (directory: string): Reads<ReadonlyArray<string>> =>
  Effect.flatMap(Disk, (disk) => disk.list(path.join(directory, "dead-letters")))

/** What a list says of a record. */
interface Judgement {
  readonly isPassing: boolean
  readonly bytes: number
  readonly type: string
}

const found = (sink: string, letter: OpenLetter, record: Judgement | undefined): FoundLetter => ({
  sink,
  ...letter,
  cause: boundedText(letter.cause, causeBytesMax),
  bytes: record?.bytes ?? null,
  type: record?.type ?? "",
})

/**
 * The records that sinks refused and nobody has settled, by a filter on the records themselves.
 *
 * - Memory: one bundle, and at most 5000 letters.
 *
 * @category running
 * @since 0.1.0
 */
export const findLetters = Effect.fnUntraced(
  function* (directory: string, text: string) {
    const filter = yield* filterOf(text)
    const nowMillis = yield* Clock.currentTimeMillis
    const letters: Array<FoundLetter> = []
    let [open, looked, unjudged] = [0, 0, 0]
    for (const sink of yield* sinksOf(directory)) {
      const all = (yield* readOpenLetters(directory, sink)).all()
      const some = all.slice(0, lettersMax - looked)
      open += all.length
      looked += some.length
      const records = yield* judged(
        directory,
        some.map(({ sequence }) => sequence),
        ({ bytes }): Judgement => {
          const value = valueOf(bytes)
          const isPassing = matches(filter, value, nowMillis)
          return { isPassing, bytes: bytes.length, type: typeOf(value) }
        },
      )
      for (const letter of some) {
        const record = records.get(letter.sequence)
        if (record === undefined && filter !== everything) unjudged += 1
        else if (record?.isPassing ?? true) letters.push(found(sink, letter, record))
      }
    }
    const answer: LettersFound = { letters, open, leftOut: open - looked, unjudged }
    return answer
  },
  Effect.mapError((error) => (error._tag === "MonitorRefused" ? error : unreadable(error))),
)

const entryOf = ({ act, actor, reason, time }: LetterNote): LetterEntry => ({
  act,
  reason,
  actor: actor.id,
  time: time ?? "",
})

/**
 * All that was noted about one record of one sink, oldest first; the newest of them where there
 * are many.
 *
 * @category running
 * @since 0.1.0
 */
export const letterHistory = Effect.fnUntraced(function* (
  directory: string,
  { sequence, sink }: { sink: string; sequence: number },
) {
  const notes: Array<LetterNote> = []
  // A name from a viewer is one of a list before it is part of a path.
  if (!(yield* sinksOf(directory)).includes(sink)) return []
  const place = directoryOf(directory, sink)
  const disk = yield* Disk
  for (const key of (yield* disk.list(place)).filter((name) => /^[0-9a-f]{8}$/.test(name))) {
    yield* Stream.runForEach(entries(path.join(place, key)), ({ bytes }) =>
      Effect.sync(() => {
        const note = noteOf(bytes)
        if (note?.sequence === sequence) notes.push(note)
      }),
    )
  }
  return notes
    .toSorted((one, other) => ((one.time ?? "") < (other.time ?? "") ? -1 : 1))
    .slice(-notesMax)
    .map(entryOf)
}, Effect.mapError(unreadable))

/** What a decision about these letters would be about. */
const weigh = Effect.fnUntraced(function* (
  directory: string,
  sink: string,
  sequences: ReadonlyArray<number>,
) {
  const isThere = (yield* sinksOf(directory)).includes(sink)
  const open = isThere ? yield* readOpenLetters(directory, sink) : undefined
  const wanted = [...new Set(sequences)].toSorted((one, other) => one - other)
  const records = yield* judged(
    directory,
    wanted.filter((sequence) => open?.get(sequence) !== undefined),
    ({ bytes }) => ({ leaf: leafOf(bytes), bytes: bytes.length }),
  )
  const plan = {
    sequences: new Array<number>(),
    bytes: 0,
    gone: new Array<number>(),
    changed: new Array<number>(),
  }
  for (const sequence of wanted) {
    const letter = open?.get(sequence)
    const record = records.get(sequence)
    if (letter === undefined) plan.gone.push(sequence)
    else if (record === undefined || record.leaf !== letter.leaf) {
      plan.changed.push(sequence)
    } else {
      plan.sequences.push(sequence)
      plan.bytes += record.bytes
    }
  }
  return plan
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Settling {
  readonly sink: string
  readonly sequences: ReadonlyArray<number>
  readonly act: "replay" | "drop"
  readonly isDryRun: boolean
  readonly intent: Intent
}

/**
 * Decides about letters of one sink; the engine's delivery does it at once, and notes what
 * has become of each. What is settled already, or is not the record that was refused, is left out.
 *
 * @param recorded records the decision around it
 * @category running
 * @since 0.1.0
 */
export const settleLetters = (
  audit: Pick<Audit["Service"], "decideLetters">,
  directory: string,
  { act, intent, isDryRun, sequences, sink }: Settling,
  recorded: <E extends { readonly message: string }>(
    decided: Effect.Effect<void, E>,
    places: ReadonlyArray<number>,
  ) => Effect.Effect<void, MonitorRefused>,
): Effect.Effect<LettersSettled, MonitorRefused, Disk> =>
  Effect.gen(function* () {
    const plan = yield* Effect.mapError(weigh(directory, sink, sequences), unreadable)
    if (isDryRun) return { isDone: false, ...plan }
    if (plan.sequences.length === 0) {
      return yield* new MonitorRefused({
        reason: "not-found",
        detail: `none of these is an open letter of ${sink}`,
      })
    }
    const decided = audit.decideLetters({
      sink,
      act: act === "replay" ? "requested" : "dropped",
      sequences: plan.sequences,
      reason: intent.reason,
      actor: { id: intent.actor, type: "user" },
    })
    yield* recorded(decided, plan.sequences)
    return { isDone: true, ...plan }
  })
