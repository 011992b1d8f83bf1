import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Audit } from "../Audit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { verify } from "../trail/Verifier.ts"
import { directoryOf, readOpenLetters } from "./DeadLetters.ts"

const actor = { id: "u-7", type: "user" } as const

/** An engine whose sink has refused the records 3 and 5. */
const refusing = <A, E>(
  use: (audit: Audit["Service"], directory: string, sink: FaultySink) => Effect.Effect<A, E>,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const sink = new FaultySink(MemorySink.make())
    for (const sequence of [3, 5]) sink.reject(sequence)
    return yield* fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        for (let index = 0; index < 8; index += 1) yield* audit.record(AuditFixture.event)
        yield* audit.publish
        yield* Effect.suspend(() =>
          audit.status().sinks[0]?.openLetters === 2 ? Effect.void : Effect.fail("not yet"),
        ).pipe(Effect.retry(Schedule.spaced("20 millis")))
        return yield* use(audit, fixture.directory, sink)
      }),
      {},
      { sinks: [sink] },
    )
  }).pipe(Effect.scoped)

const lettersIn = (directory: string) =>
  readOpenLetters(directory, "memory").pipe(
    Effect.map((open) => open.all().map(({ isRequested, sequence }) => [sequence, isRequested])),
    Effect.provide(NodeDisk.layer),
  )

describe("LetterDecisions", () => {
  it.live("notes who wants a record again, and leaves a trail that verifies", () =>
    refusing((audit, directory) =>
      Effect.gen(function* () {
        yield* audit.decideLetters({
          sink: "memory",
          act: "requested",
          sequences: [5],
          reason: "the column is wider now",
          actor,
        })
        assert.deepStrictEqual(yield* lettersIn(directory), [
          [3, false],
          [5, true],
        ])
        const notes = directoryOf(directory, "memory")
        const disk = AuditFixture.nodeDisk
        const keys = (yield* disk.list(notes)).filter((name) => !name.includes("."))
        assert.lengthOf(keys, 1)
        for (const key of keys) {
          const report = yield* verify(path.join(notes, key)).pipe(Effect.provide(NodeDisk.layer))
          assert.strictEqual(report.verdict, "verified")
        }
      }),
    ),
  )

  // Without being told the delivery looks every ten seconds, which is longer than a test may take.
  it.live("has the record delivered at once", () =>
    refusing((audit, _directory, sink) =>
      Effect.gen(function* () {
        sink.mend()
        yield* audit.decideLetters({
          sink: "memory",
          act: "requested",
          sequences: [5],
          reason: "the column is wider now",
          actor,
        })
        yield* Effect.suspend(() =>
          audit.status().sinks[0]?.openLetters === 1 ? Effect.void : Effect.fail("not yet"),
        ).pipe(Effect.retry(Schedule.spaced("20 millis")))
      }),
    ),
  )

  it.live("settles what is dropped", () =>
    refusing((audit, directory) =>
      Effect.gen(function* () {
        const decision = { sink: "memory", act: "dropped", reason: "a duplicate", actor } as const
        yield* audit.decideLetters({ ...decision, sequences: [3, 5] })
        assert.isEmpty(yield* lettersIn(directory))
      }),
    ),
  )

  it.live("refuses a sink that the engine does not have, and makes no files for it", () =>
    refusing((audit, directory) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          audit.decideLetters({
            sink: "../elsewhere",
            act: "dropped",
            sequences: [3],
            reason: "why not",
            actor,
          }),
        )
        assert.strictEqual(error._tag, "SinkNameInvalid")
        assert.deepStrictEqual(
          yield* AuditFixture.nodeDisk.list(path.join(directory, "dead-letters")),
          ["memory"],
        )
      }),
    ),
  )
})
