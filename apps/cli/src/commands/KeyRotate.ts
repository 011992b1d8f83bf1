/** `countersign key rotate DIR`: another key signs from here on. */
import { readFile } from "node:fs/promises"
import { Disk } from "@countersign/core/platform/Disk"
import { nextFile } from "@countersign/core/signer/KeyFile"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import { trailPath } from "../trail/TrailPath.ts"
import * as Parameters from "./Parameters.ts"

const readNext = (file: string): Effect.Effect<string, UsageError> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) =>
      new UsageError({
        parameter: "--new-key",
        detail: `"${file}" can't be read: ${String(cause)}`,
      }),
  })

/** An engine makes a key where none is, and this command must not: there would be two. */
const requireKey = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const file = `${trailPath(directory)}.key`
  for (const name of [file, nextFile(file)]) {
    if ((yield* disk.status(name)) !== undefined) return
  }
  return yield* new UsageError({
    parameter: "--config",
    detail: `there is no ${file}: give the configuration that says where the trail's key is`,
  })
})

const leftover = (file: string): string =>
  `${Text.printable(file)}: it still holds the key that signs now`

export const keyRotateCommand = Command.make(
  "rotate",
  {
    directory: Parameters.directory,
    newKey: Flag.String("new-key").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "The private key to change to (PKCS #8 PEM, Ed25519), which is copied: remove FILE afterwards. Default: one is made",
      ),
      Flag.optional,
    ),
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The engine's configuration, a YAML file; docs/configuration.md has it"),
      Flag.optional,
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ config, directory, json, newKey }) {
    const output = yield* Output
    const next = Option.isSome(newKey) ? yield* readNext(newKey.value) : undefined
    yield* requireTrail(directory)
    if (Option.isNone(config)) yield* requireKey(directory)
    const signed = yield* readCheckpoint(directory)
    // The engine is half of the program; the other commands start without it.
    const { rotateKey } = yield* Effect.promise(() => import("../trail/KeyChange.ts"))
    const rotated = yield* rotateKey(next, {
      directory,
      origin: signed?.checkpoint.origin,
      config: Option.getOrUndefined(config),
    })
    if (json) {
      if (Option.isSome(newKey)) yield* output.say(`countersign: remove ${leftover(newKey.value)}`)
      return yield* output.document(rotated)
    }
    const { paint } = output
    return yield* output.lines(
      `${paint.good("✓ changed")}  key number ${rotated.number + 1} signs from size ${Text.count(rotated.size)} on`,
      `  before  ${rotated.before}`,
      `  after   ${rotated.after}`,
      paint.faint(
        `  both signed rotations/${rotated.size}; the key before was overwritten and removed, as far as the file system does that`,
      ),
      ...Option.toArray(newKey).map((file) => `${paint.doubtful("remove")} ${leftover(file)}`),
    )
  }),
).pipe(
  Command.withDescription(
    "Bring another signing key into force: the old key and the new one both sign a checkpoint, then the old one is destroyed. For a trail that no process writes; a running engine has rotateKey. Exit code: 0 changed, 4 not, such as while an engine runs, 64 for a key that can't follow",
  ),
  Command.withShortDescription("Change the signing key of a trail"),
)
