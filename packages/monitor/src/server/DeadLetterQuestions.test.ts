import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { MonitorClient } from "./MonitorClient.ts"
import { type ServedEngine, served } from "../testing/ServedEngine.ts"

const intent = { actor: "u-9", reason: "the column is wider now" }

/** An engine whose sink has refused the records 3 and 5; the second of them is a write. */
const refusing = <A, E>(use: (served: ServedEngine) => Effect.Effect<A, E>) => {
  const sink = new FaultySink(MemorySink.make())
  for (const sequence of [3, 5]) sink.reject(sequence)
  return served(
    (engine) =>
      Effect.gen(function* () {
        const { audit } = engine
        for (let index = 1; index < 8; index += 1) {
          const type = index === 5 ? "patient.record.write" : "patient.record.read"
          yield* audit.record({ ...AuditFixture.event, type })
        }
        yield* audit.publish
        yield* Effect.suspend(() =>
          audit.status().sinks[0]?.openLetters === 2 ? Effect.void : Effect.fail("not yet"),
        ).pipe(Effect.retry(Schedule.spaced("20 millis")))
        return yield* use(engine)
      }),
    { isWritable: true },
    undefined,
    { sinks: [sink] },
  )
}

const lettersOf = (client: MonitorClient, filter = "") =>
  Effect.map(client.Letters({ filter }), ({ letters }) =>
    letters.map(({ isRequested, sequence, type }) => [sequence, type, isRequested]),
  )

const settling = (client: MonitorClient, sequences: ReadonlyArray<number>, isDryRun: boolean) =>
  client.SettleLetters({ sink: "memory", sequences, act: "replay", isDryRun, intent })

describe("DeadLetterQuestions", () => {
  it.live("finds refused records by what they are", () =>
    refusing(({ client }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* lettersOf(client), [
          [3, "patient.record.read", false],
          [5, "patient.record.write", false],
        ])
        assert.deepStrictEqual(yield* lettersOf(client, "type=patient.record.write"), [
          [5, "patient.record.write", false],
        ])
        const found = yield* client.Letters({ filter: "type=nothing.like.it" })
        assert.deepStrictEqual([found.open, found.letters.length, found.unjudged], [2, 0, 0])
        const error = yield* Effect.flip(client.Letters({ filter: "type=" }))
        assert.strictEqual(error._tag === "MonitorRefused" ? error.reason : "", "invalid")
      }),
    ),
  )

  it.live("says what a replay would do, and does nothing", () =>
    refusing(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const plan = yield* settling(client, [5, 3, 4, 5], true)
        assert.isFalse(plan.isDone)
        assert.deepStrictEqual(plan.sequences, [3, 5])
        assert.deepStrictEqual(plan.gone, [4])
        assert.isAbove(plan.bytes, 200)
        assert.deepStrictEqual(
          (yield* lettersOf(client)).map(([, , isRequested]) => isRequested),
          [false, false],
        )
        yield* audit.publish
        const types = (yield* fixture.trail).map(({ type }) => type)
        assert.notInclude(types, "countersign.monitor.letters")
      }),
    ),
  )

  it.live("asks for records again, and the trail says who wanted it and why", () =>
    refusing(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const settled = yield* settling(client, [3, 5], false)
        assert.isTrue(settled.isDone)
        const history = yield* client.LetterHistory({ sink: "memory", sequence: 5 })
        assert.deepStrictEqual(
          history.map(({ act, actor }) => [act, actor]),
          [
            ["buried", "countersign"],
            ["requested", "u-9"],
          ],
        )
        yield* audit.publish
        const written = (yield* fixture.trail).filter(
          ({ type }) => type === "countersign.monitor.letters",
        )
        assert.deepStrictEqual(
          written.map(({ actor, outcome, reason }) => [outcome, actor.id, reason]),
          [
            ["attempt", "u-9", intent.reason],
            ["success", "u-9", intent.reason],
          ],
        )
        assert.deepStrictEqual(AuditFixture.dataOf(written[0])["sequences"], "3, 5")
      }),
    ),
  )

  it.live("decides about nothing that is settled, and about no other folder", () =>
    refusing(({ client }) =>
      Effect.gen(function* () {
        const reasonOf = (sink: string, sequences: ReadonlyArray<number>) =>
          Effect.map(
            Effect.flip(
              client.SettleLetters({ sink, sequences, act: "drop", isDryRun: false, intent }),
            ),
            (error) => (error._tag === "MonitorRefused" ? error.reason : ""),
          )
        assert.strictEqual(yield* reasonOf("memory", [4]), "not-found")
        assert.strictEqual(yield* reasonOf("../..", [3]), "not-found")
        assert.isEmpty(yield* client.LetterHistory({ sink: "../..", sequence: 3 }))
      }),
    ),
  )
})
