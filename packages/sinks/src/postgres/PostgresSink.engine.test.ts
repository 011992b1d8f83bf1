import * as fs from "node:fs/promises"
import * as path from "node:path"
import { configured } from "@countersign/core/engine/Sink"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { canonicalizeUnsafe } from "@countersign/core/event/CanonicalJson"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { ask, refusePoison, storedRecords } from "../testing/PostgresRows.ts"
import { freshDatabase, type PostgresServer, postgresServer } from "../testing/PostgresServer.ts"
import { migrateAt } from "./Migrations.ts"
import * as PostgresSink from "./PostgresSink.ts"

const { event } = AuditFixture

/** Resolves when the engine's only sink has all that is durable. */
const caughtUp = Effect.flatMap(Audit, (audit) =>
  Effect.suspend(() => {
    const { durableSize, sinks } = audit.status()
    return sinks[0]?.cursor === durableSize ? Effect.void : Effect.fail("it lags")
  }),
).pipe(Effect.retry(Schedule.spaced("20 millis")), Effect.timeout("60 seconds"))

/** Every event of the trail is in the database once, byte for byte, and nothing else. */
const assertDelivered = Effect.fnUntraced(function* (
  url: string,
  fixture: AuditFixture.AuditFixture,
) {
  const records = yield* fixture.trail
  const stored = yield* storedRecords(url)
  assert.deepStrictEqual(
    stored.map(({ bytes, sequence }) => [sequence, Buffer.from(bytes).toString("utf8")]),
    records.map((record, sequence) => [sequence, canonicalizeUnsafe(record)]),
  )
})

const fixtureIn = Effect.map(temporaryDirectory, (directory) =>
  AuditFixture.make(path.join(directory, "trail")),
)

/** Records all the time while something happens, and lets the sink catch up. */
const whileRecording = <A, E, R>(use: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    let count = 0
    const record = Effect.suspend(() =>
      audit.record({ ...event, class: "compliance", data: count++ }),
    )
    yield* Effect.raceFirst(
      Effect.forever(
        Effect.all(
          Array.from({ length: 20 }, () => record),
          { concurrency: 20 },
        ),
      ),
      use,
    )
    yield* caughtUp
    return count
  })

const restart = (server: PostgresServer, signal: "SIGKILL" | "SIGINT") =>
  Effect.promise(async () => {
    await server.process.end(signal)
    await server.process.start()
  })

describe("PostgresSink under an engine", () => {
  it.live(
    "has each event once and in order, however often the server dies",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* Effect.promise(() => freshDatabase(server, "killed"))
        const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
        const fixture = yield* fixtureIn
        const count = yield* fixture.withAudit(
          whileRecording(
            Effect.forEach(["SIGKILL", "SIGINT", "SIGKILL"] as const, (signal) =>
              Effect.andThen(Effect.sleep("300 millis"), restart(server, signal)),
            ),
          ),
          {},
          { sinks: [sink] },
        )
        assert.isAbove(count, 100)
        yield* assertDelivered(url, fixture)
      }),
    120_000,
  )

  it.live(
    "fills a server up again that was restored from an older copy",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        // The server is another user.
        yield* Effect.promise(() => fs.chmod(directory, 0o755))
        const server = yield* postgresServer({ directory: path.join(directory, "server") })
        const url = yield* Effect.promise(() => freshDatabase(server, "restored"))
        const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
        const fixture = yield* fixtureIn
        const [data, copy] = ["data", "copy"].map((name) => path.join(server.directory, name))
        yield* fixture.withAudit(
          Effect.gen(function* () {
            yield* whileRecording(Effect.sleep("200 millis"))
            yield* Effect.promise(async () => {
              await server.process.end("SIGINT")
              await copyDirectory(String(data), String(copy))
              await server.process.start()
            })
            yield* whileRecording(Effect.sleep("200 millis"))
            yield* Effect.promise(async () => {
              await server.process.kill()
              await fs.rm(String(data), { recursive: true })
              await fs.rename(String(copy), String(data))
              await server.process.start()
            })
            yield* whileRecording(Effect.sleep("200 millis"))
          }),
          {},
          { sinks: [sink] },
        )
        yield* assertDelivered(url, fixture)
      }),
    120_000,
  )

  it.live(
    "gives no receipt for what another trail of the same origin has the place of",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* Effect.promise(() => freshDatabase(server, "replicas"))
        const origin = "example.org/audit/replicas"
        const directory = yield* temporaryDirectory
        const [one, other] = ["one", "other"].map((name) =>
          AuditFixture.make(path.join(directory, name)),
        )
        const deliver = Effect.fnUntraced(function* (
          fixture: AuditFixture.AuditFixture | undefined,
          name: string,
          count: number,
        ) {
          if (fixture === undefined) return []
          const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
          const recorded = Effect.gen(function* () {
            const audit = yield* Audit
            return yield* Effect.forEach(
              Array.from({ length: count }, (_, index) => `${name}-${index}`),
              (session) =>
                Effect.match(audit.record({ ...event, session }, { until: "delivered" }), {
                  onSuccess: () => [session],
                  onFailure: () => [],
                }),
              { concurrency: count },
            )
          })
          const { deadlines } = fixture.config
          return (yield* fixture.withAudit(
            recorded,
            { origin, deadlines: { ...deadlines, deliveredMillis: 3_000 } },
            { sinks: [configured(sink, { isRequired: true })] },
          )).flat()
        })
        const first = yield* deliver(one, "one", 10)
        assert.lengthOf(first, 10)
        // Longer than the first one, and with the same again, from its beginning and from its end.
        const longer = yield* deliver(other, "longer", 40)
        const again = yield* deliver(other, "again", 5)
        const stored = yield* ask(url, "select session from countersign.audit_record")
        const missing = [...longer, ...again].filter((name) => !stored.flat().includes(name))
        assert.deepStrictEqual({ longer, again, missing }, { longer: [], again: [], missing: [] })
      }),
    60_000,
  )

  it.live(
    "puts a poisonous record aside and the others where they belong",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* Effect.promise(() => freshDatabase(server, "poison"))
        yield* migrateAt(Redacted.make(url))
        yield* refusePoison(url)
        const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
        const fixture = yield* fixtureIn
        const letters = yield* fixture.withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            for (let index = 0; index < 500; index++) {
              audit.recordUnsafe({ ...event, session: index === 250 ? "poison" : "s" })
            }
            yield* audit.flush
            yield* caughtUp
            return audit.status().sinks[0]?.deadLetters
          }),
          {},
          { sinks: [sink] },
        )
        assert.strictEqual(letters, 1)
        const records = yield* fixture.trail
        const [row] = yield* ask(url, "select count(*)::int from countersign.audit_record")
        assert.strictEqual(row?.[0], records.length - 1)
        const poisoned = records.findIndex(({ session }) => session === "poison")
        const found = yield* ask(
          url,
          "select 1 from countersign.audit_record where sequence = $1",
          [poisoned],
        )
        assert.deepStrictEqual(found, [])
      }),
    60_000,
  )
})

/** With owners and modes, which the server insists on. */
const copyDirectory = async (from: string, to: string): Promise<void> => {
  const { gid, mode, uid } = await fs.stat(from)
  await fs.mkdir(to, { mode })
  await fs.chown(to, uid, gid)
  for (const entry of await fs.readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) {
      await copyDirectory(source, target)
    } else {
      await fs.copyFile(source, target)
      await fs.chown(target, uid, gid)
    }
  }
}
