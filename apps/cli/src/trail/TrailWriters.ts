/** Trails opened for writing, to say in them what a command does elsewhere. */
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writerConfig } from "./WriterConfig.ts"

const open = Effect.fnUntraced(function* (directory: string, file: string | undefined) {
  const { given, options } = yield* writerConfig(directory, file)
  return Context.get(yield* Layer.build(Audit.layer(given, options)), Audit)
})

/**
 * Opens the trails until the scope ends, and returns what records an event durably in each. Fails
 * where one of them can't be opened, as while another process writes it.
 */
export const openWriters = Effect.fnUntraced(function* (
  directories: ReadonlyArray<string>,
  config: string | undefined,
) {
  const audits = yield* Effect.forEach(directories, (directory) => open(directory, config))
  return (event: AuditEventInput) =>
    Effect.forEach(audits, (audit) => audit.record(event, { until: "durable" }), { discard: true })
})
