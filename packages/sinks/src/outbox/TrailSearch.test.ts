import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { requireTrail, type SignedTrail } from "./TrailSearch.ts"

const origin = "clinic.example/north"

/** A trail with some events, and what its engine has signed. */
const trailAt = (directory: string, name: string, events: number) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    for (let index = 0; index < events; index++) {
      audit.recordUnsafe({ type: "patient.record.read", actor: { id: "u" }, outcome: "success" })
    }
    const size = yield* audit.publish
    const { verifierKey } = audit.status()
    return { origin: name, size, verifierKey } satisfies SignedTrail
  }).pipe(Effect.provide(Audit.layer({ directory, origin: name }, { env: {} })))

describe("requireTrail", () => {
  it.live("takes the trail that the engine signed, also when it has grown, and no other", () =>
    Effect.gen(function* () {
      const parent = yield* temporaryDirectory
      const at = (name: string) => path.join(parent, name)
      yield* trailAt(at("ours"), origin, 3)
      fs.cpSync(at("ours"), at("copy"), { recursive: true })
      const ours = yield* trailAt(at("ours"), origin, 10)
      yield* trailAt(at("south"), "clinic.example/south", 40)
      yield* trailAt(at("namesake"), origin, 40)
      const tried = (directory: string) =>
        requireTrail(at(directory), ours).pipe(
          Effect.as("it is ours"),
          Effect.catchTag("OutboxTrailMismatch", ({ problem }) => Effect.succeed(problem)),
          Effect.provide(NodeDisk.layer),
        )
      // Closing added records of the engine's own.
      assert.strictEqual(yield* tried("ours"), "it is ours")
      assert.strictEqual(yield* tried("mistyped"), "holds no checkpoint")
      assert.strictEqual(yield* tried("south"), "holds the trail clinic.example/south")
      assert.match(yield* tried("copy"), /^holds \d entries of it$/)
      assert.match(yield* tried("namesake"), /which another key signed/)
    }),
  )
})
