import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
        stdio: ["ignore", "ignore", "inherit"],
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
    60_000,
  )
})
