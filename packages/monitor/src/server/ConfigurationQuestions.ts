/**
 * The file that configures an engine: handed out to those who may change it, and changed so that
 * at each moment it holds one whole text that the engine takes.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import * as path from "node:path"
import type { Audit } from "@countersign/core/Audit"
import type { ConfigChange } from "@countersign/core/config/ConfigChange"
import { fromYaml } from "@countersign/core/config/ConfigFile"
import { fromInput } from "@countersign/core/config/ConfigInput"
import { settle } from "@countersign/core/config/Configuration"
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type ConfigurationText, configurationLengthMax } from "../protocol/ConfigurationFile.ts"
import { MonitorRefused } from "../protocol/MonitorError.ts"

const ownerOnly = 0o600

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const refused = (reason: MonitorRefused["reason"], detail: string): MonitorRefused =>
  new MonitorRefused({ reason, detail })

const unreadable = ({ message }: DiskError): MonitorRefused => refused("unreadable", message)

const fileOf = (file: string | undefined): Effect.Effect<string, MonitorRefused> =>
  file === undefined
    ? Effect.fail(refused("not-here", "this server was not told which file configures the engine"))
    : Effect.succeed(path.resolve(file))

/** The file as it is, and no larger than it may be. */
const bytesOf = Effect.fnUntraced(
  function* (file: string) {
    const disk = yield* Disk
    const bytesMax = configurationLengthMax * 3
    const bytes = yield* disk.readRange(file, 0, bytesMax + 1)
    if (bytes.length > bytesMax) {
      return yield* refused("invalid", `${file} is larger than a viewer can change here`)
    }
    return Uint8Array.from(bytes)
  },
  Effect.mapError((error) => (error._tag === "MonitorRefused" ? error : unreadable(error))),
)

/**
 * The file's text, and its hash.
 *
 * @category running
 * @since 0.1.0
 */
export const configurationText = Effect.fnUntraced(function* (given: string | undefined) {
  const file = yield* fileOf(given)
  const bytes = yield* bytesOf(file)
  const yaml = Buffer.from(bytes).toString("utf8")
  if (yaml.length > configurationLengthMax) {
    return yield* refused("invalid", `${file} is larger than a viewer can change here`)
  }
  const text: ConfigurationText = { path: file, yaml, hash: hashOf(bytes) }
  return text
})

/** Refuses what no engine would take; `directory` may be what the program says. */
const checked = (
  yaml: string,
  file: string,
  directory: string,
): Effect.Effect<void, MonitorRefused> => {
  const settled = settle([fromYaml(yaml, path.basename(file)), fromInput({ directory })])
  return Result.isFailure(settled)
    ? Effect.fail(refused("invalid", settled.failure.message))
    : Effect.void
}

/**
 * The fields whose values two texts don't share, by their paths. A text that can't be read as a
 * configuration is refused, and so changes none.
 */
const pathsBetween = (before: string, after: string): ReadonlyArray<string> => {
  const [was, becomes] = [fromYaml(before, ""), fromYaml(after, "")]
  if (becomes.problems.length > 0) return []
  return [...new Set([...was.byPath.keys(), ...becomes.byPath.keys()])].filter(
    (name) => !Object.is(was.byPath.get(name)?.value, becomes.byPath.get(name)?.value),
  )
}

/**
 * What is to be written, for the record: hashes, and the names of the fields that change, since a
 * value may be secret.
 *
 * @category running
 * @since 0.1.0
 */
export const draftOf = Effect.fnUntraced(function* (
  given: string | undefined,
  { expectedHash, yaml }: { readonly yaml: string; readonly expectedHash: string },
) {
  // Where it can't be read, nothing is written either.
  const before = yield* Effect.option(Effect.flatMap(fileOf(given), bytesOf))
  const paths = Option.match(before, {
    onNone: () => [],
    onSome: (bytes) => pathsBetween(Buffer.from(bytes).toString("utf8"), yaml),
  })
  return { expectedHash, hash: hashOf(Buffer.from(yaml, "utf8")), paths }
})

/**
 * What a changed file has led to.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConfigurationWritten {
  readonly changes: ReadonlyArray<ConfigChange>
  /** Where the text before lies. */
  readonly kept: string
  readonly hash: string
}

/**
 * Writes a text into the file and has the engine read it. Where it does not take it, the file is
 * as it was.
 *
 * @param directory of the trail, which the file need not name
 * @category running
 * @since 0.1.0
 */
export const writeConfiguration = Effect.fnUntraced(function* (
  audit: Pick<Audit["Service"], "reload">,
  given: string | undefined,
  directory: string,
  { expectedHash, yaml }: { readonly yaml: string; readonly expectedHash: string },
) {
  const file = yield* fileOf(given)
  const disk = yield* Disk
  const before = yield* bytesOf(file)
  if (hashOf(before) !== expectedHash) {
    return yield* refused("taken", `${file} was changed meanwhile: look at it again`)
  }
  yield* checked(yaml, file, directory)
  const after = Buffer.from(yaml, "utf8")
  const mode = (yield* Effect.mapError(disk.status(file), unreadable))?.mode ?? ownerOnly
  const kept = `${file}.before`
  const put = (where: string, bytes: Uint8Array) =>
    Effect.mapError(disk.replaceFile(where, [bytes], mode & 0o777), ({ message }) =>
      refused("unavailable", message),
    )
  return yield* put(kept, before).pipe(
    Effect.andThen(put(file, after)),
    Effect.andThen(audit.reload()),
    Effect.map((changes): ConfigurationWritten => ({ changes, kept, hash: hashOf(after) })),
    // A defect of the engine leaves no other text behind than a refusal does.
    Effect.tapCause(() => put(file, before)),
    Effect.mapError((error) =>
      error._tag === "MonitorRefused" ? error : refused("unavailable", error.message),
    ),
    Effect.uninterruptible,
  )
})
