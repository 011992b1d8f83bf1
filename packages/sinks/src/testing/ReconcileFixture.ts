/**
 * A trail whose records lie in PostgreSQL, to be changed behind its back.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries, readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as PostgresSink from "../postgres/PostgresSink.ts"
import { reconcile } from "../reconcile/Reconciliation.ts"
import { outboxDatabase, pgClient } from "./OutboxFixture.ts"
import type { PostgresServer } from "./PostgresServer.ts"

/** Records events into a trail and publishes them. */
export const recordInto = (directory: string, events: Iterable<AuditEventInput>) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    yield* Effect.forEach(events, (event) => audit.record(event), { discard: true })
    yield* audit.publish
  }).pipe(Effect.provide(Audit.layer({ directory }, { env: {} })))

/** Delivers what a trail has published, up to a sequence, and returns how much that is. */
export const deliverFrom = (directory: string, url: string, to = Number.MAX_SAFE_INTEGER) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sink = yield* Effect.acquireRelease(
        PostgresSink.make({ url: Redacted.make(url), migrate: false }),
        (opened) => opened.close,
      )
      const signed = yield* readCheckpoint(directory)
      const trail = signed?.checkpoint.origin ?? ""
      const from = (yield* sink.position(trail)) ?? 0
      yield* entries(directory, { from, to }).pipe(
        Stream.grouped(500),
        Stream.runForEach((page) => {
          const batch = page.map(({ bytes }) => bytes)
          const bytes = batch.reduce((sum, { length }) => sum + length, 0)
          const firstSequence = page[0]?.sequence ?? 0
          return sink.deliver({ trail, firstSequence, entries: batch, bytes })
        }),
      )
      return Math.min(to, signed?.checkpoint.size ?? 0)
    }),
  ).pipe(Effect.provide(NodeDisk.layer))

/** A database of its own that holds the records of a trail with these events. */
export const delivered = Effect.fnUntraced(function* (
  server: PostgresServer,
  name: string,
  events: Iterable<AuditEventInput>,
) {
  const url = yield* outboxDatabase(server, name)
  const directory = path.join(yield* temporaryDirectory, name)
  yield* recordInto(directory, events)
  const size = yield* deliverFrom(directory, url)
  const client = yield* pgClient(url)
  return {
    url,
    directory,
    size,
    client,
    /** Runs a statement as the database's owner could; returns how many rows it touched. */
    alter: (text: string) =>
      Effect.promise(async () => (await client.query(`set timezone = 'UTC'; ${text}`)) as unknown),
    reconcile: (isRepairing = false) =>
      reconcile({ url: Redacted.make(url), directory, isRepairing }).pipe(
        Effect.provide(NodeDisk.layer),
      ),
  }
})
