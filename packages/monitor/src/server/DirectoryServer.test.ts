import { statSync } from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { verifyInclusion } from "@countersign/core/trail/MerkleProof"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import { fileOf } from "./Announcement.ts"
import { connect, type MonitorClient } from "./MonitorClient.ts"
import { MonitorServer } from "./MonitorServer.ts"

/** Of which the sink refuses the one in the tenth place. */
const recordsMade = 600
const refusedPlace = 10

/** A trail whose engine has ended, and a viewer of its files. */
const looked = <A, E>(
  use: (client: MonitorClient, directory: string, id: string) => Effect.Effect<A, E, Scope>,
) =>
  Effect.gen(function* () {
    const { directory, withAudit } = AuditFixture.make(path.join(yield* temporaryDirectory, "t"))
    const sink = new FaultySink(MemorySink.make())
    sink.reject(refusedPlace)
    const last = yield* withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        for (let index = 1; index < recordsMade; index += 1) {
          audit.recordUnsafe({ ...AuditFixture.event, data: { index } })
          if (index % 97 === 0) yield* audit.flush
        }
        const { id } = yield* audit.record(AuditFixture.event)
        yield* audit.publish
        return id
      }),
      {},
      { sinks: [sink] },
    )
    const context = yield* Layer.build(
      MonitorServer.layerDirectory(directory).pipe(Layer.provide(NodeDisk.layer)),
    )
    const server = yield* Effect.provide(MonitorServer, context)
    return yield* use(yield* connect(server.url, server.token), directory, last)
  }).pipe(Effect.scoped)

const refusalOf = <A, E extends { readonly _tag: string }>(asked: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(asked), (error) => ("reason" in error ? error.reason : error._tag))

describe("MonitorServer over a directory", () => {
  it.live("says that it has files alone, and announces itself to nobody", () =>
    looked((client, directory) =>
      Effect.gen(function* () {
        const about = yield* client.About()
        assert.strictEqual(about.over, "directory")
        assert.strictEqual(about.directory, directory)
        assert.isFalse(about.isWritable)
        assert.notStrictEqual(about.origin, "")
        assert.throws(() => statSync(fileOf(directory)), /ENOENT/)
      }),
    ),
  )

  it.live("answers queries, and begins a tail with the newest", () =>
    looked((client) =>
      Effect.gen(function* () {
        const ask = { filter: "type=patient.record.read", order: "oldest", limit: 1000 } as const
        assert.strictEqual((yield* client.Query(ask)).events.length, recordsMade)
        const tail = client.Tail({ filter: ask.filter, backlog: 5 })
        const [chunk] = yield* tail.pipe(Stream.take(1), Stream.runCollect)
        assert.strictEqual(chunk?.events.length, 5)
      }),
    ),
  )

  it.live("proves an event", () =>
    looked((client, _directory, id) =>
      Effect.gen(function* () {
        const found = yield* client.Event({ id })
        const bytes = (text: string) => Buffer.from(text, "base64")
        const { hashes, leafHash, root, sequence, size } = found
        assert.include(bytes(found.entry).toString(), id)
        const hashesAbove = hashes.map(bytes)
        assert.isTrue(verifyInclusion(bytes(leafHash), sequence, size, hashesAbove, bytes(root)))
      }),
    ),
  )

  it.live("verifies, says how far it has got, and that the key lay beside the trail", () =>
    looked((client) =>
      Effect.gen(function* () {
        const steps = yield* Stream.runCollect(client.Verify())
        assert.isTrue(steps.some((step) => step._tag === "Progress" && step.entries > 0))
        const last = steps.at(-1)
        assert.strictEqual(last?._tag === "Verdict" ? last.verdict : "", "verified")
        // Who can change the files can change the key beside them, and is not believed without a word.
        assert.isTrue(
          last?._tag === "Verdict" &&
            last.notChecked.some((text) => text.includes("beside the trail")),
        )
      }),
    ),
  )

  it.live("shows what a sink refused", () =>
    looked((client) =>
      Effect.gen(function* () {
        const letters = yield* client.DeadLetters()
        assert.deepStrictEqual(
          letters.map(({ sequence, sink }) => [sink, sequence]),
          [["memory", refusedPlace]],
        )
      }),
    ),
  )

  it.live("says of what only an engine knows that it is not here", () =>
    looked((client) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusalOf(Stream.runDrain(client.Watch())), "not-here")
        assert.strictEqual(yield* refusalOf(Stream.runDrain(client.History({}))), "not-here")
        assert.strictEqual(yield* refusalOf(client.Configuration()), "not-here")
        assert.strictEqual(yield* refusalOf(client.Alerts()), "not-here")
      }),
    ),
  )
})
