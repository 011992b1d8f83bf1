import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  ask,
  batchFrom,
  batchOf,
  databaseOf,
  entryOf,
  range,
  SharedPostgres,
  sinkAt,
  storedRecords,
  storedSequences,
  trail,
} from "../testing/PostgresRows.ts"

/** `count` records of another trail that has the same origin. */
const otherOf = (firstSequence: number, count: number): DeliveredBatch =>
  batchFrom(
    firstSequence,
    range(firstSequence, firstSequence + count).map((sequence) =>
      entryOf(sequence, { session: "other" }),
    ),
  )

const textsIn = (url: string) =>
  Effect.map(storedRecords(url), (records) =>
    records.map(({ bytes }) => Buffer.from(bytes).toString("utf8")),
  )

const textsOf = (...batches: ReadonlyArray<DeliveredBatch>) =>
  batches.flatMap(({ entries }) => entries.map((entry) => Buffer.from(entry).toString("utf8")))

layer(SharedPostgres.layer, { excludeTestServices: true })("Two trails of one origin", (it) => {
  it.effect("don't take each other's records for their own, wherever they overlap", () =>
    Effect.gen(function* () {
      for (const [name, first, count, at] of [
        ["all_below", 0, 5, 0],
        ["across", 0, 8, 0],
        ["the_last_alone", 4, 1, 4],
        ["the_last_and_more", 4, 3, 4],
      ] as const) {
        const url = yield* databaseOf(`rival_${name}`)
        const [one, other] = [yield* sinkAt(url), yield* sinkAt(url)]
        yield* one.deliver(batchOf(0, 5))
        const refusal = yield* Effect.flip(other.deliver(otherOf(first, count)))
        assert.strictEqual(refusal.reason, "unavailable")
        assert.include(refusal.detail, `another record ${at} of ${trail} than the trail`)
        assert.match(refusal.detail, /another trail of the same origin.*set origin/)
        assert.deepStrictEqual(yield* textsIn(url), textsOf(batchOf(0, 5)))
        // The rightful one is not disturbed.
        yield* one.deliver(batchOf(5, 3))
        assert.deepStrictEqual(yield* storedSequences(url), range(0, 8))
      }
    }),
  )

  it.effect("are told apart when each has brought records that the other did not see", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("rival_turns")
      const [one, other] = [yield* sinkAt(url), yield* sinkAt(url)]
      yield* one.deliver(batchOf(0, 5))
      assert.strictEqual(yield* other.position(trail), 5)
      yield* other.deliver(otherOf(5, 2))
      const refusal = yield* Effect.flip(one.deliver(batchOf(5, 4)))
      assert.match(refusal.detail, /another record 5 /)
      assert.deepStrictEqual(yield* textsIn(url), textsOf(batchOf(0, 5), otherOf(5, 2)))
    }),
  )

  it.effect("get no position in each other's records, until the rows are those of the trail", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("rival_position")
      const [one, other] = [yield* sinkAt(url), yield* sinkAt(url)]
      yield* one.deliver(batchOf(0, 5))
      yield* Effect.flip(other.deliver(otherOf(0, 8)))
      // Here the engine would go on, and its records before would be nowhere.
      assert.match((yield* Effect.flip(other.position(trail))).detail, /another record 0 /)
      const refusal = yield* Effect.flip(other.deliver(otherOf(5, 3)))
      assert.match(refusal.detail, /another record 0 /)
      assert.deepStrictEqual(yield* textsIn(url), textsOf(batchOf(0, 5)))
      // What a repair does.
      yield* ask(url, "delete from countersign.audit_record")
      yield* ask(url, "update countersign.sink_cursor set next = 0")
      assert.strictEqual(yield* other.position(trail), 0)
      yield* other.deliver(otherOf(0, 8))
      assert.deepStrictEqual(yield* textsIn(url), textsOf(otherOf(0, 8)))
    }),
  )
})
