import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { entriesOf } from "../testing/TrailFixture.ts"
import { openSession } from "../testing/TrailSession.ts"

const directory = "/data/trail"
const entries = entriesOf(30)

/** Chance that keeps of a file only what a sync has covered. */
const least = (): number => 0

describe("LogTail", () => {
  it.live("keeps what it found in the system's cache, also where a sync of it had failed", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk([directory])
      const killed = Effect.gen(function* () {
        const { write } = yield* openSession(directory)
        yield* write(entries.slice(0, 10))
        // The group is written, and the kernel drops what its sync could not write.
        power.plan({ call: power.calls + 2, errno: "EIO" })
        assert.strictEqual((yield* Effect.exit(write(entries.slice(10, 20))))._tag, "Failure")
      })
      const next = Effect.gen(function* () {
        const { recovered, write } = yield* openSession(directory)
        assert.strictEqual(recovered.nextSequence, 20)
        yield* write(entries.slice(20))
      })
      yield* killed.pipe(Effect.scoped, Effect.provide(power.layer))
      yield* next.pipe(Effect.scoped, Effect.provide(power.layer))
      const left = power.crash(least)
      const { recovered } = yield* openSession(directory).pipe(
        Effect.scoped,
        Effect.provide(left.layer),
      )
      assert.strictEqual(recovered.nextSequence, 30)
    }),
  )
})
