/**
 * The contract of a sink as checks, for any test runner.
 *
 * The laws in words are at the head of `engine/Sink.ts`. A sink passes when every check
 * succeeds; a check that fails says what it expected and what it found.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { DeliveredBatch, Sink, SinkError } from "../engine/Sink.ts"
import type { StoredRecord } from "./MemorySink.ts"

/**
 * A law that a sink has broken.
 *
 * @category errors
 * @since 0.1.0
 */
export class LawBroken extends Schema.TaggedError<LawBroken>("@countersign/core/LawBroken")(
  "LawBroken",
  {
    code: Schema.tag("AUD-4111"),
    isRetryable: Schema.tag(false),
    law: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the sink breaks the law "${this.law}": ${this.detail}`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Law {
  readonly name: string
  readonly check: Effect.Effect<void, LawBroken>
}

/**
 * What a sink promises, beyond what all must.
 *
 * @category models
 * @since 0.1.0
 */
export interface SinkPromise {
  /** What a redelivery leaves behind. */
  readonly delivery: "exactly-once" | "at-least-once"
}

/** Opens the sink over the store of this name, which is empty when the name is new. */
type MakeSink = (store: string) => Effect.Effect<Sink, SinkError>

/** Everything in the store, in the order a reader of it gets. */
type ReadBack = (store: string) => Effect.Effect<ReadonlyArray<StoredRecord>, SinkError>

interface Bench {
  readonly open: Effect.Effect<Sink, SinkError>
  readonly readBack: Effect.Effect<ReadonlyArray<StoredRecord>, SinkError>
  readonly promise: SinkPromise
  readonly expect: (isTrue: boolean, detail: string) => Effect.Effect<void, LawBroken>
  /** Opens, uses and closes a sink. */
  readonly using: <A>(
    use: (sink: Sink) => Effect.Effect<A, SinkError | LawBroken>,
  ) => Effect.Effect<A, SinkError | LawBroken>
}

type Check = (bench: Bench) => Effect.Effect<void, SinkError | LawBroken>

const trail = "example.org/audit/laws"

const recordOf = (sequence: number): Uint8Array =>
  Buffer.from(`{"id":"record-${sequence}","text":"é漢🙂 \\u0000 \\"quoted\\" ${sequence}"}`)

const batchOf = (firstSequence: number, count: number, origin = trail): DeliveredBatch => {
  const entries = Array.from({ length: count }, (_, index) => recordOf(firstSequence + index))
  const bytes = entries.reduce((sum, entry) => sum + entry.byteLength, 0)
  return { trail: origin, firstSequence, entries, bytes }
}

const sequencesOf = (records: ReadonlyArray<StoredRecord>): ReadonlyArray<number> =>
  records.filter((record) => record.trail === trail).map(({ sequence }) => sequence)

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from }, (_, index) => from + index)

/** Each sequence where it came first. */
const firstCopies = (sequences: ReadonlyArray<number>): ReadonlyArray<number> => [
  ...new Set(sequences),
]

const shown = (sequences: ReadonlyArray<number>): string =>
  sequences.length <= 40 ? `[${sequences.join(", ")}]` : `${sequences.length} records`

const expectStored = Effect.fnUntraced(function* (
  { expect, promise, readBack }: Bench,
  expected: ReadonlyArray<number>,
  isRedelivered = false,
) {
  const found = sequencesOf(yield* readBack)
  const mayRepeat = isRedelivered && promise.delivery === "at-least-once"
  const counted = mayRepeat ? firstCopies(found) : found
  yield* expect(
    counted.join() === expected.join(),
    `expected ${shown(expected)}, found ${shown(found)}`,
  )
})

const keepsOrder: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      let next = 0
      for (const count of [1, 7, 256, 1, 64]) {
        yield* sink.deliver(batchOf(next, count))
        next += count
      }
      yield* sink.close
      yield* expectStored(bench, range(0, next))
    }),
  )

const keepsBytes: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      const largest = Buffer.from(JSON.stringify({ text: "x".repeat(65_535 - 11) }))
      const entries = [recordOf(0), largest, recordOf(2)]
      const bytes = entries.reduce((sum, entry) => sum + entry.byteLength, 0)
      yield* sink.deliver({ trail, firstSequence: 0, entries, bytes })
      yield* sink.close
      const found = yield* bench.readBack
      yield* bench.expect(found.length === 3, `expected 3 records, found ${found.length}`)
      for (const [index, entry] of entries.entries()) {
        const stored = found[index]?.bytes ?? new Uint8Array()
        yield* bench.expect(
          Buffer.compare(stored, entry) === 0,
          `the bytes of record ${index} differ: ${stored.byteLength} of ${entry.byteLength} bytes`,
        )
      }
    }),
  )

const bearsRedelivery: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      yield* sink.deliver(batchOf(0, 8))
      yield* sink.deliver(batchOf(0, 8))
      yield* sink.deliver(batchOf(4, 8))
      yield* sink.deliver(batchOf(2, 3))
      yield* sink.deliver(batchOf(12, 1))
      yield* sink.close
      yield* expectStored(bench, range(0, 13), true)
    }),
  )

const bearsReopening: Check = (bench) =>
  Effect.gen(function* () {
    yield* bench.using((sink) => Effect.andThen(sink.deliver(batchOf(0, 5)), sink.close))
    yield* bench.using((sink) => Effect.andThen(sink.deliver(batchOf(3, 5)), sink.close))
    yield* expectStored(bench, range(0, 8), true)
  })

const bearsGaps: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      yield* sink.deliver(batchOf(0, 3))
      yield* sink.deliver(batchOf(5, 2))
      yield* sink.close
      yield* expectStored(bench, [0, 1, 2, 5, 6])
    }),
  )

const ignoresNothing: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      yield* sink.deliver(batchOf(0, 2))
      const before = yield* sink.position(trail)
      yield* sink.deliver(batchOf(2, 0))
      const after = yield* sink.position(trail)
      yield* bench.expect(before === after, `the position moved from ${before} to ${after}`)
      yield* sink.close
      yield* expectStored(bench, [0, 1])
    }),
  )

const tellsPosition: Check = (bench) =>
  Effect.gen(function* () {
    const { expect } = bench
    const expected = yield* bench.using((sink) =>
      Effect.gen(function* () {
        const first = yield* sink.position(trail)
        if (first === undefined) return undefined
        yield* expect(first === 0, `a new sink wants ${first}, not 0`)
        for (const [from, count, wanted] of [
          [0, 4, 4],
          [4, 1, 5],
          [1, 2, 5],
          [9, 2, 11],
        ] as const) {
          yield* sink.deliver(batchOf(from, count))
          const found = yield* sink.position(trail)
          yield* expect(
            found === wanted,
            `after records ${from} to ${from + count - 1} it wants ${found}, not ${wanted}`,
          )
        }
        yield* sink.close
        return 11
      }),
    )
    if (expected === undefined) return
    const reopened = yield* bench.using((sink) => sink.position(trail))
    yield* expect(reopened === expected, `reopened it wants ${reopened}, not ${expected}`)
  })

const takesReplays: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      const { redeliver } = sink
      if (redeliver === undefined) return
      const again = (batch: DeliveredBatch) => redeliver.call(sink, batch)
      yield* sink.deliver(batchOf(0, 3))
      yield* sink.deliver(batchOf(5, 2))
      const before = yield* sink.position(trail)
      yield* again(batchOf(3, 1))
      yield* again(batchOf(3, 2))
      const after = yield* sink.position(trail)
      yield* bench.expect(
        before === after,
        `a replay moved the position from ${before} to ${after}`,
      )
      yield* sink.close
      const found = sequencesOf(yield* bench.readBack)
      const stored = found.toSorted((a, b) => a - b)
      yield* bench.expect(
        stored.join() === range(0, 7).join(),
        `expected each of 0 to 6 once after replays of 3 and 4, found ${shown(stored)}`,
      )
    }),
  )

/** A sink that has a position lacks the record there; after a replay it is wanted all the same. */
const bearsReplayed: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      const { redeliver } = sink
      if (redeliver === undefined) return
      yield* sink.deliver(batchOf(0, 3))
      const before = yield* sink.position(trail)
      yield* redeliver.call(sink, batchOf(3, 1))
      const after = yield* sink.position(trail)
      yield* bench.expect(
        before === after,
        `a replay moved the position from ${before} to ${after}`,
      )
      yield* sink.deliver(batchOf(3, 2))
      yield* sink.deliver(batchOf(5, 1))
      yield* sink.close
      yield* expectStored(bench, range(0, 6), true)
    }),
  )

const keepsTrailsApart: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      const other = "example.org/audit/other"
      yield* sink.deliver(batchOf(0, 3))
      yield* sink.deliver(batchOf(0, 2, other))
      yield* sink.close
      const found = yield* bench.readBack
      const others = found.filter((record) => record.trail === other)
      yield* bench.expect(others.length === 2, `expected 2 of ${other}, found ${others.length}`)
      yield* expectStored(bench, [0, 1, 2])
    }),
  )

const borrowsNothing: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      const batch = batchOf(0, 3)
      yield* sink.deliver(batch)
      // What a pool of slabs does with memory that was given back.
      for (const entry of batch.entries) entry.fill(0xdb)
      yield* sink.close
      const found = yield* bench.readBack
      for (const sequence of range(0, 3)) {
        const stored = found.find((record) => record.sequence === sequence)?.bytes
        yield* bench.expect(
          stored !== undefined && Buffer.compare(stored, recordOf(sequence)) === 0,
          `record ${sequence} changed with the memory it was delivered in`,
        )
      }
    }),
  )

const closesOnce: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      yield* sink.deliver(batchOf(0, 4))
      yield* sink.close
      yield* sink.close
      yield* expectStored(bench, range(0, 4))
    }),
  )

const refusesAfterClose: Check = (bench) =>
  bench.using((sink) =>
    Effect.gen(function* () {
      yield* sink.close
      const said = yield* sink.deliver(batchOf(0, 1)).pipe(
        Effect.as("that it took the batch"),
        Effect.catch((error) => Effect.succeed(error.reason)),
      )
      yield* bench.expect(said === "unavailable", `after close it says ${said}`)
      yield* expectStored(bench, [])
    }),
  )

const table: ReadonlyArray<readonly [name: string, check: Check]> = [
  ["what is delivered is stored, whole and in order", keepsOrder],
  ["every byte of a record is kept", keepsBytes],
  ["a redelivery is harmless", bearsRedelivery],
  ["a redelivery to a reopened sink is harmless", bearsReopening],
  ["a gap in the sequences is taken", bearsGaps],
  ["an empty batch changes nothing", ignoresNothing],
  ["the position is true and survives reopening", tellsPosition],
  ["what was refused can be redelivered, once, and moves nothing", takesReplays],
  ["what was replayed before the position passed it can be delivered", bearsReplayed],
  ["two trails are kept apart", keepsTrailsApart],
  ["nothing of a batch is used after its delivery", borrowsNothing],
  ["close keeps what was delivered, and may be repeated", closesOnce],
  ["a closed sink refuses", refusesAfterClose],
]

/**
 * The laws of the contract for one kind of sink.
 *
 * @param makeSink opens the sink over the store of a name; each law uses a name of its own
 * @param readBack reads everything in that store, in the order a reader of it gets
 *
 * @category constructors
 * @since 0.1.0
 */
export const laws = (
  makeSink: MakeSink,
  readBack: ReadBack,
  promise: SinkPromise = { delivery: "at-least-once" },
): ReadonlyArray<Law> =>
  table.map(([name, check], index) => {
    const store = `law_${index + 1}`
    const broken = (detail: string): LawBroken => new LawBroken({ law: name, detail })
    const open = Effect.suspend(() => makeSink(store))
    const bench: Bench = {
      open,
      readBack: Effect.suspend(() => readBack(store)),
      promise,
      expect: (isTrue, detail) => (isTrue ? Effect.void : Effect.fail(broken(detail))),
      using: (use) => Effect.acquireUseRelease(open, use, (sink) => sink.close),
    }
    return {
      name,
      check: Effect.catchTag(check(bench), "SinkError", (error) =>
        Effect.fail(broken(`it failed: ${error.message}`)),
      ),
    }
  })
