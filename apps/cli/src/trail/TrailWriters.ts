/** Trails opened for writing, to say in them what a command does elsewhere. */
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { Disk, DiskError } from "@countersign/core/platform/Disk"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Without this a new key would be made, which the trail then refuses. */
const requireKey = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const path = `${directory.replace(/\/+$/, "")}.key`
  if ((yield* disk.status(path)) !== undefined) return
  return yield* new DiskError({
    call: "open",
    path,
    errno: "ENOENT",
    detail: "the trail's key is elsewhere: give --config with its place",
  })
})

const open = Effect.fnUntraced(function* (directory: string, config: string | undefined) {
  if (config === undefined) yield* requireKey(directory)
  const signed = yield* readCheckpoint(directory)
  const origin = signed === undefined ? {} : { origin: signed.checkpoint.origin }
  const layer = Audit.layer({ directory, ...origin }, config === undefined ? {} : { file: config })
  return Context.get(yield* Layer.build(layer), Audit)
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
