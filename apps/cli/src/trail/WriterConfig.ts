/** The configuration with which a command writes into a trail as its engine would. */
import { resolve } from "@countersign/core/config/ConfigResolution"
import { Disk } from "@countersign/core/platform/Disk"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"

/**
 * Resolves it, and refuses where the key is not there: an engine makes one then, and a command
 * must not, since nobody would know it.
 *
 * @param file a YAML file with the engine's configuration, which says where the key is
 */
export const writerConfig = Effect.fnUntraced(function* (
  directory: string,
  file: string | undefined,
) {
  const disk = yield* Disk
  const signed = yield* readCheckpoint(directory)
  const origin = signed?.checkpoint.origin
  const given = { directory, ...(origin === undefined ? {} : { origin }) }
  const options = { env: process.env, ...(file === undefined ? {} : { file }) }
  const config = yield* resolve(given, options)
  const { kind, path } = config.signer
  if (kind === "file" && (yield* disk.status(path)) === undefined) {
    return yield* new UsageError({
      parameter: "--config",
      detail: `there is no ${path}: give the configuration that says where the trail's key is`,
    })
  }
  return { config, given, options }
})
