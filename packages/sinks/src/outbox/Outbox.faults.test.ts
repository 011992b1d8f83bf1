import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "pg"
import { faultyProxy } from "../testing/FaultyProxy.ts"
import {
  outboxDatabase,
  pgClient,
  recordedIds,
  until,
  untilDrained,
} from "../testing/OutboxFixture.ts"
import { postgresServer } from "../testing/PostgresServer.ts"
import { recordWithClient } from "./Outbox.ts"

const program = fileURLToPath(new URL("../testing/OutboxProcess.ts", import.meta.url))

const event = (id: string): AuditEventInput => ({
  id,
  type: "patient.record.changed",
  actor: { id: "u-1" },
  outcome: "success",
})

/** Starts the draining program; it is killed with the scope if it runs then. */
const drainer = (url: string, directory: string) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--conditions=@countersign/source", program, url, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      }),
    ),
    (child) => ended(child, "SIGKILL"),
  )

const ended = (child: ChildProcess, signal: NodeJS.Signals) =>
  Effect.promise(
    () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once("close", () => resolve())
        child.kill(signal)
      }),
  )

describe("the outbox, when processes are killed (S11)", () => {
  it.live(
    "records what was committed exactly once, whether the kill came before or after recording",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* outboxDatabase(server, "killed")
        const directory = path.join(yield* temporaryDirectory, "trail")
        const client = yield* pgClient(url)
        const { port, proxy } = yield* faultyProxy(server.port)
        const through = url.replace(`:${server.port}/`, `:${port}/`)
        const ids = Array.from({ length: 300 }, (_, index) => `e-${index}`)
        // Committed with nobody there to drain it: its own process could be dead by now.
        yield* Effect.promise(async () => {
          await client.query("begin")
          for (const id of ids) await recordWithClient(client, event(id))
          await client.query("commit")
        })

        // The first delete names no row; the second would delete what was recorded just before.
        let deletes = 0
        const doomed = yield* drainer(through, directory)
        proxy.watch((bytes) => {
          if (!bytes.includes("delete from countersign.outbox")) return
          deletes += 1
          if (deletes !== 2) return
          proxy.become("blackhole")
          doomed.kill("SIGKILL")
        })
        yield* until("the kill", () => doomed.signalCode !== null)
        const { rows } = yield* Effect.promise(() =>
          client.query<{ readonly sequence: string; readonly count: number }>(
            `select sequence, cardinality(numbers) as count from countersign.outbox_claim`,
          ),
        )
        assert.deepStrictEqual(
          rows.map(({ count }) => count),
          [256],
        )
        proxy.cut()

        const next = yield* drainer(url, directory)
        yield* untilDrained(client)
        yield* ended(next, "SIGKILL")
        // Opened and closed in order, the trail shows everything that was durable.
        yield* Effect.void.pipe(Effect.provide(Audit.layer({ directory }, { env: {} })))
        assert.deepStrictEqual(yield* recordedIds(directory), ids)
      }),
    120_000,
  )

  it.live(
    "loses and repeats nothing while drainers and the server are killed at any moment",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* outboxDatabase(server, "storm")
        const directory = path.join(yield* temporaryDirectory, "trail")
        const committed: Array<string> = []
        const unknown = new Set<string>()
        let isOver = false
        // One application: each transaction has two events, and every third is rolled back.
        const application = async () => {
          for (let round = 0; !isOver; round++) {
            const client = new Client({ connectionString: url })
            client.on("error", () => undefined)
            const ids = [`r-${round}-a`, `r-${round}-b`]
            try {
              await client.connect()
              await client.query("begin")
              for (const id of ids) await recordWithClient(client, event(id))
              if (round % 3 === 2) await client.query("rollback")
              else {
                for (const id of ids) unknown.add(id)
                await client.query("commit")
                for (const id of ids) unknown.delete(id)
                committed.push(...ids)
              }
            } catch {
              // The server is down: whether the commit counted, the trail will tell.
              await new Promise((resolve) => setTimeout(resolve, 50))
            } finally {
              await client.end().catch(() => undefined)
            }
          }
        }
        const applying = application()
        // A fixed sequence of moments, so that a failure can be repeated as far as a kill can be.
        const random = randomOf(20_261_121)
        for (let cycle = 0; cycle < 5; cycle++) {
          const child = yield* drainer(url, directory)
          yield* Effect.promise(() => once(child.stdout, "data"))
          yield* Effect.sleep(wholeBelow(random, 400))
          if (cycle % 2 === 1) {
            yield* Effect.promise(async () => {
              await server.process.kill()
              await server.process.start()
            })
            yield* Effect.sleep(wholeBelow(random, 400))
          }
          yield* ended(child, "SIGKILL")
        }
        isOver = true
        yield* Effect.promise(() => applying)
        const client = yield* pgClient(url)
        const last = yield* drainer(url, directory)
        yield* untilDrained(client)
        yield* ended(last, "SIGKILL")
        yield* Effect.void.pipe(Effect.provide(Audit.layer({ directory }, { env: {} })))
        const ids = yield* recordedIds(directory)
        assert.isAbove(committed.length, 20)
        assert.deepStrictEqual(
          ids.filter((id) => !unknown.has(String(id))),
          committed,
        )
        assert.strictEqual(new Set(ids).size, ids.length)
      }),
    120_000,
  )
})
