import * as path from "node:path"
import { SinkError } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import type { StoredRecord } from "@countersign/core/testing/MemorySink"
import { type Law, laws } from "@countersign/core/testing/SinkLaws"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as NdjsonFiles from "./file/NdjsonFiles.ts"
import * as NdjsonSink from "./file/NdjsonSink.ts"
import * as PostgresSink from "./postgres/PostgresSink.ts"
import * as RedisStreamSink from "./redis/RedisStreamSink.ts"
import { otlpLaws, syslogLaws, webhookLaws } from "./testing/NetworkLaws.ts"
import { storedRecords } from "./testing/PostgresRows.ts"
import { freshDatabase, postgresServer } from "./testing/PostgresServer.ts"
import { redisServer } from "./testing/RedisServer.ts"
import { plainClient, storedIn } from "./testing/StreamFixture.ts"

const broken = (error: { readonly message: string }) =>
  new SinkError({ sink: "test", reason: "unavailable", detail: error.message })

const postgresLaws = Effect.gen(function* () {
  const server = yield* postgresServer()
  const databases = new Map<string, string>()
  const databaseOf = (store: string) =>
    Effect.promise(async () => {
      const url = databases.get(store) ?? (await freshDatabase(server, store))
      databases.set(store, url)
      return url
    })
  return laws(
    (store) =>
      Effect.flatMap(databaseOf(store), (url) =>
        Effect.mapError(PostgresSink.make({ url: Redacted.make(url) }), broken),
      ),
    (store) => Effect.flatMap(databaseOf(store), storedRecords),
    { delivery: "exactly-once" },
  )
})

const fileLaws = Effect.gen(function* () {
  const root = yield* temporaryDirectory
  const disk = yield* Disk
  return laws(
    // Small files, so that each law meets finished ones too.
    (store) =>
      Effect.provideService(
        NdjsonSink.make({ directory: path.join(root, store), sizeBytesMax: 2_000 }),
        Disk,
        disk,
      ),
    (store) => {
      const records: Array<StoredRecord> = []
      return NdjsonFiles.readAll(disk, path.join(root, store), ({ trail }, lines) =>
        Effect.sync(() => {
          for (const { bytes, sequence } of lines) records.push({ trail, sequence, bytes })
        }),
      ).pipe(Effect.as(records), Effect.mapError(broken))
    },
    { delivery: "exactly-once" },
  )
}).pipe(Effect.provide(NodeDisk.layer))

const redisLaws = Effect.gen(function* () {
  const server = yield* redisServer(["--maxmemory", "256mb"])
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => plainClient(server.url)),
    (each) => Effect.sync(() => each.disconnect()),
  )
  return laws(
    (stream) => Effect.mapError(RedisStreamSink.make({ url: server.url, stream }), broken),
    (stream) => Effect.promise(() => storedIn(client, stream)),
    { delivery: "exactly-once" },
  )
})

/** Every sink of this package, each with a store that lives as long as the scope. */
const sinks: Readonly<Record<string, Effect.Effect<ReadonlyArray<Law>, never, Scope.Scope>>> = {
  PostgreSQL: postgresLaws,
  "a Redis stream": redisLaws,
  files: fileLaws,
  OTLP: otlpLaws,
  "a webhook": webhookLaws,
  syslog: syslogLaws,
}

describe("the laws of sinks", () => {
  for (const [name, all] of Object.entries(sinks)) {
    it.live(`are kept by ${name}`, () =>
      Effect.flatMap(all, (each) => Effect.forEach(each, ({ check }) => check, { discard: true })),
    )
  }
})
