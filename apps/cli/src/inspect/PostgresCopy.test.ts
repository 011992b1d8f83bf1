import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries } from "@countersign/core/trail/TrailReader"
import { type PostgresServer, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { delivered } from "@countersign/sinks/testing/ReconcileFixture"
import { assert, layer as suite } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { postgresCopy } from "./PostgresCopy.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/Server") {}

const server = Layer.effect(Server, postgresServer())

const events = [1, 2, 3].map((day) => ({
  time: `2026-10-0${day}T00:00:00Z`,
  type: "patient.record.read",
  actor: { id: `u-${day}` },
  outcome: "success" as const,
}))

const copyOver = (url: string, directory: string) =>
  Effect.provide(postgresCopy(Redacted.make(url), directory), NodeDisk.layer)

suite(server, { excludeTestServices: true, timeout: 120_000 })("the second copy", (it) => {
  it.effect("has the bytes of the trail, and what was done to the row", () =>
    Effect.gen(function* () {
      const { alter, directory, url } = yield* delivered(yield* Server, "copies", events)
      const find = yield* copyOver(url, directory)
      const trail = yield* entries(directory).pipe(
        Stream.runCollect,
        Effect.provide(NodeDisk.layer),
      )
      for (const { bytes, sequence } of trail) {
        const found = yield* find(sequence)
        assert.isTrue(Buffer.from(bytes).equals(found?.entry ?? Buffer.alloc(0)))
        assert.strictEqual(found?.detail, "")
      }
      yield* alter("update countersign.audit_record set actor_id = 'u-9' where sequence = 2")
      assert.include((yield* find(2))?.detail, "actor_id")
      yield* alter(
        "update countersign.audit_record set entry = set_byte(entry, 20, 0) where sequence = 1",
      )
      const edited = yield* find(1)
      assert.isFalse(Buffer.from(trail[1]?.bytes ?? []).equals(edited?.entry ?? Buffer.alloc(0)))
      yield* alter("delete from countersign.audit_record where sequence = 3")
      assert.isUndefined(yield* find(3))
    }),
  )

  it.effect("says where the database can't be asked, and keeps the password to itself", () =>
    Effect.gen(function* () {
      const { directory, url } = yield* delivered(yield* Server, "copies_away", events)
      const away = new URL(url)
      away.port = "1"
      away.password = "sesame"
      const find = yield* copyOver(away.href, directory)
      const error = yield* Effect.flip(find(1))
      assert.notStrictEqual(error.message, "")
      assert.notInclude(error.message, "sesame")
      const { directory: other } = yield* delivered(yield* Server, "copies_other", [])
      const stranger = yield* copyOver(url, other)
      assert.include((yield* Effect.flip(stranger(0))).message, "does not hold this trail")
    }),
  )
})
