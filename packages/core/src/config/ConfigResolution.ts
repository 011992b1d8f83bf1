/**
 * The way from a program, an environment and a file to the configuration that holds.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { AuditConfig, AuditConfigInput } from "./AuditConfig.ts"
import { type Environment, fileVariable, fromEnvironment } from "./ConfigEnvironment.ts"
import { fileBytesMax, fromYaml } from "./ConfigFile.ts"
import { fromInput } from "./ConfigInput.ts"
import type { Settings } from "./ConfigSetting.ts"
import { settle } from "./Configuration.ts"
import type { InvalidConfig } from "./InvalidConfig.ts"

/**
 * Where else to look.
 *
 * @category models
 * @since 0.1.0
 */
export interface ResolveOptions {
  /** Variables, such as `process.env`. Default: none. */
  readonly env?: Environment | undefined
  /** A YAML file. Default: the one that the variable `COUNTERSIGN_CONFIG` names, if any. */
  readonly file?: string | undefined
}

const nothing: Settings = { byPath: new Map(), problems: [] }

const unreadable = (file: string, actual: string, expected: string): Settings => ({
  byPath: new Map(),
  problems: [{ source: "file", file, path: "", actual, expected }],
})

const read = (file: string): Effect.Effect<Settings, never, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const bytes = yield* disk.readRange(file, 0, fileBytesMax + 1)
    if (bytes.length > fileBytesMax) {
      return unreadable(file, "is too large", `at most ${fileBytesMax} bytes`)
    }
    return fromYaml(Buffer.from(bytes).toString("utf8"), file)
  }).pipe(
    Effect.catch((error: DiskError) =>
      Effect.succeed(
        unreadable(file, `can't be read (${error.errno})`, "a file that this process may read"),
      ),
    ),
  )

/**
 * Resolves a configuration: the program before the environment, that before the file, that
 * before the profile.
 *
 * - Errors: `InvalidConfig` with every problem of every source, a file that can't be read included.
 *
 * @param input what the program says
 * @category constructors
 * @since 0.1.0
 */
export const resolve = Effect.fnUntraced(function* (
  input: AuditConfigInput,
  { env = {}, file = env[fileVariable] }: ResolveOptions = {},
): Effect.fn.Return<AuditConfig, InvalidConfig, Disk> {
  const ofFile = file === undefined || file === "" ? nothing : yield* read(file)
  return yield* Effect.fromResult(settle([fromInput(input), fromEnvironment(env), ofFile]))
})
