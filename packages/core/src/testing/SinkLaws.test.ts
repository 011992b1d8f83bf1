import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ConsoleSink from "../engine/ConsoleSink.ts"
import { endOf, type Sink } from "../engine/Sink.ts"
import { FaultySink } from "./FaultySink.ts"
import * as MemorySink from "./MemorySink.ts"
import { laws, type Law, type SinkPromise } from "./SinkLaws.ts"

/** A kind of sink over named stores in memory, altered by `alter`. */
const memoryLaws = (
  promise: SinkPromise,
  alter: (sink: MemorySink.MemorySink) => Sink = (sink) => sink,
): ReadonlyArray<Law> => {
  const stores = new Map<string, MemorySink.MemoryStore>()
  const storeOf = (name: string) => {
    const store = stores.get(name) ?? new MemorySink.MemoryStore()
    stores.set(name, store)
    return store
  }
  const isExactlyOnce = promise.delivery === "exactly-once"
  return laws(
    (name) => Effect.sync(() => alter(MemorySink.make({ store: storeOf(name), isExactlyOnce }))),
    (name) => Effect.sync(() => storeOf(name).records),
    promise,
  )
}

const consoleLaws = (): ReadonlyArray<Law> => {
  const printed = new Map<string, Array<string>>()
  return laws(
    (store) =>
      Effect.sync(() => {
        const lines = printed.get(store) ?? []
        printed.set(store, lines)
        return ConsoleSink.make({
          write: (text) => Effect.sync(() => void lines.push(...text.split("\n"))),
        })
      }),
    (store) =>
      Effect.sync(() =>
        (printed.get(store) ?? []).map((line) => {
          const [, trail = "", sequence = "", text = ""] = /^(\S+) (\d+) (.*)$/u.exec(line) ?? []
          return { trail, sequence: Number(sequence), bytes: Buffer.from(text) }
        }),
      ),
  )
}

const brokenLaws = (all: ReadonlyArray<Law>) =>
  Effect.map(
    Effect.forEach(all, ({ check }) =>
      Effect.match(check, { onFailure: ({ law }) => law, onSuccess: () => "" }),
    ),
    (names) => names.filter((name) => name !== ""),
  )

describe("SinkLaws", () => {
  const sinks = {
    "a memory sink that promises exactly once": memoryLaws({ delivery: "exactly-once" }),
    "a memory sink that promises at least once": memoryLaws({ delivery: "at-least-once" }),
    "a console sink": consoleLaws(),
  }
  for (const [name, all] of Object.entries(sinks)) {
    describe(name, () => {
      for (const law of all) it.effect(law.name, () => law.check)
    })
  }

  /** Sinks that break one promise each, and a law that must notice. */
  const liars: ReadonlyArray<
    readonly [what: string, law: string, alter: (sink: MemorySink.MemorySink) => Sink]
  > = [
    [
      "says it has stored what it has not",
      "what is delivered is stored, whole and in order",
      (sink) => {
        const faulty = new FaultySink(sink)
        faulty.next("lie")
        return faulty
      },
    ],
    [
      "stores a batch backwards",
      "what is delivered is stored, whole and in order",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.andThen(
            sink.deliver(batch),
            Effect.sync(() => void sink.store.records.reverse()),
          ),
      }),
    ],
    [
      "keeps the text, not the bytes",
      "every byte of a record is kept",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          sink.deliver({
            ...batch,
            entries: batch.entries.map((entry) =>
              Buffer.from(Buffer.from(entry).toString("latin1")),
            ),
          }),
      }),
    ],
    [
      "promises one copy and keeps two",
      "a redelivery is harmless",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.suspend(() => {
            sink.store.positions.clear()
            return sink.deliver(batch)
          }),
      }),
    ],
    [
      "forgets its position when reopened",
      "the position is true and survives reopening",
      (sink) => {
        sink.store.positions.clear()
        return sink
      },
    ],
    [
      "claims more than it has",
      "the position is true and survives reopening",
      (sink) => ({
        ...sink,
        position: (trail) => Effect.map(sink.position(trail), (at) => at && at + 1),
      }),
    ],
    [
      "goes back on a redelivery",
      "the position is true and survives reopening",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.andThen(
            sink.deliver(batch),
            Effect.sync(() => void sink.store.positions.set(batch.trail, endOf(batch))),
          ),
      }),
    ],
    [
      "takes a replay for something that it has",
      "what was refused can be redelivered, once, and moves nothing",
      (sink) => ({ ...sink, redeliver: () => Effect.void }),
    ],
    [
      "stores a replay each time",
      "what was refused can be redelivered, once, and moves nothing",
      (sink) => ({
        ...sink,
        redeliver: (batch) =>
          Effect.sync(() => {
            for (const [index, bytes] of batch.entries.entries()) {
              const sequence = batch.firstSequence + index
              sink.store.records.push({ trail: batch.trail, sequence, bytes })
            }
          }),
      }),
    ],
    [
      "stores once more what it has by a replay",
      "what was replayed before the position passed it can be delivered",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.suspend(() => {
            sink.store.replayed.clear()
            return sink.deliver(batch)
          }),
      }),
    ],
    [
      "refuses what lies beyond a gap",
      "a gap in the sequences is taken",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.flatMap(sink.position(batch.trail), (at) =>
            batch.firstSequence > (at ?? 0) ? Effect.void : sink.deliver(batch),
          ),
      }),
    ],
    [
      "keeps the memory it was lent",
      "nothing of a batch is used after its delivery",
      (sink) => ({
        ...sink,
        deliver: (batch) =>
          Effect.sync(() => {
            for (const [index, bytes] of batch.entries.entries()) {
              sink.store.records.push({
                trail: batch.trail,
                sequence: batch.firstSequence + index,
                bytes,
              })
            }
          }),
      }),
    ],
    [
      "takes records after close",
      "a closed sink refuses",
      (sink) => ({ ...sink, close: Effect.void }),
    ],
  ]
  for (const [what, law, alter] of liars) {
    it.effect(`notices a sink that ${what}`, () =>
      Effect.gen(function* () {
        assert.include(yield* brokenLaws(memoryLaws({ delivery: "exactly-once" }, alter)), law)
      }),
    )
  }
})
