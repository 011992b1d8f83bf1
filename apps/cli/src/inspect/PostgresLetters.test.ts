import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { connect, type MonitorClient } from "@countersign/monitor/server/MonitorClient"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import {
  ask,
  databaseOf,
  refusePoison,
  SharedPostgres,
} from "@countersign/sinks/testing/PostgresRows"
import { assert, layer as suite } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

const intent = { actor: "u-operator", reason: "the rule of the table is gone" }
const often = Schedule.spaced("100 millis")

/** The engine over a PostgreSQL that refuses one kind of record, and somebody who may decide. */
const refusing = <A, E>(url: string, use: (client: MonitorClient) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const sink = yield* PostgresSink.make({ url: Redacted.make(url) })
    const running = Effect.gen(function* () {
      const audit = yield* Audit
      yield* audit.record(AuditFixture.event)
      yield* stored(url, 2)
      yield* refusePoison(url)
      yield* audit.record({ ...AuditFixture.event, session: "poison" })
      yield* audit.record(AuditFixture.event)
      yield* audit.publish
      const server = yield* MonitorServer
      return yield* use(yield* connect(server.url, server.token))
    })
    const serving = MonitorServer.layer({ isWritable: true }).pipe(Layer.provide(NodeDisk.layer))
    return yield* fixture.withAudit(
      Effect.scoped(Effect.provide(running, serving)),
      {},
      {
        sinks: [sink],
      },
    )
  }).pipe(Effect.scoped)

/** Waits until the table has so many of the trail's records. */
const stored = (url: string, count: number) =>
  ask(url, "select count(*)::int from countersign.audit_record").pipe(
    Effect.catchCause(() => Effect.succeed([[0]])),
    Effect.flatMap(([row]) => (Number(row?.[0]) >= count ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(often),
  )

suite(SharedPostgres.layer, { excludeTestServices: true, timeout: 120_000 })(
  "the dead letters of PostgreSQL",
  (it) => {
    it.effect(
      "are found by what they are, and stored once the table takes them",
      () =>
        Effect.gen(function* () {
          const url = yield* databaseOf("letters")
          yield* refusing(url, (client) =>
            Effect.gen(function* () {
              const letter = yield* client.Letters({ filter: "session=poison" }).pipe(
                Effect.flatMap(({ letters: [found] }) =>
                  found === undefined ? Effect.fail("not yet") : Effect.succeed(found),
                ),
                Effect.retry(often),
              )
              assert.strictEqual(letter.sink, "postgres")
              assert.match(letter.cause, /22021/)
              yield* ask(url, "drop trigger refuse on countersign.audit_record")
              const { sequence, sink } = letter
              const settled = yield* client.SettleLetters({
                sink,
                sequences: [sequence],
                act: "replay",
                isDryRun: false,
                intent,
              })
              assert.deepStrictEqual(settled.sequences, [sequence])
              yield* ask(
                url,
                `select sequence from countersign.audit_record where sequence = ${sequence}`,
              ).pipe(
                Effect.flatMap((rows) =>
                  rows.length === 1 ? Effect.void : Effect.fail("not yet"),
                ),
                Effect.retry(often),
              )
              const history = yield* client.LetterHistory({ sink, sequence }).pipe(
                Effect.flatMap((notes) =>
                  notes.at(-1)?.act === "replayed" ? Effect.succeed(notes) : Effect.fail("not yet"),
                ),
                Effect.retry(often),
              )
              assert.deepStrictEqual(
                history.map(({ act, actor }) => [act, actor]),
                [
                  ["buried", "countersign"],
                  ["requested", "u-operator"],
                  ["replayed", "countersign"],
                ],
              )
            }),
          )
        }),
      60_000,
    )
  },
)
