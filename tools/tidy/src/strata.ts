/** The strata inside a package, told by imports: pure data below, services and engine above. */
import * as path from "node:path"
import type { Finding, Source, Workspace } from "./Workspace.ts"

/** Who imports one of these does something when it runs; everyone else is data. */
const doing = new Set([
  "effect/Clock",
  "effect/Effect",
  "effect/Fiber",
  "effect/Layer",
  "effect/ManagedRuntime",
  "effect/Random",
  "effect/Stream",
  "node:child_process",
  "node:fs",
  "node:fs/promises",
  "node:worker_threads",
])

const fileSystems = new Set(["node:fs", "node:fs/promises", "fs", "fs/promises"])
const diskRoom = "packages/core/src/platform/"
const diskService = `${diskRoom}Disk.ts`

const resolved = (source: Source, specifier: string): string =>
  specifier.startsWith(".")
    ? path.posix.join(path.posix.dirname(source.path), specifier)
    : specifier

const code = (workspace: Workspace): ReadonlyArray<Source> =>
  workspace.sources.filter((source) => source.owner.kind === "package" && !source.isTest)

/** Data: needs neither Effect's runtime nor the disk. Derived, so there is no list to keep. */
const isData = (source: Source): boolean =>
  source.imports.every(
    ({ specifier }) => !doing.has(specifier) && resolved(source, specifier) !== diskService,
  )

/**
 * A data module imports only data, so that it can be tested, reused and read by itself.
 * A type may come from anywhere: nothing is loaded for it.
 */
export const impureData = (workspace: Workspace): ReadonlyArray<Finding> => {
  const byPath = new Map(workspace.sources.map((source) => [source.path, source]))
  return code(workspace)
    .filter(isData)
    .flatMap((source) =>
      source.imports.flatMap(({ isType, line, specifier }) => {
        const target = byPath.get(resolved(source, specifier))
        if (isType || target === undefined || isData(target)) return []
        return [
          {
            path: source.path,
            line,
            message: `a data module imports the service module ${specifier}: move what it needs to a data module`,
          },
        ]
      }),
    )
}

/** Every disk call goes through the Disk service, so that a fault plan can stand in its place. */
export const diskCalls = (workspace: Workspace): ReadonlyArray<Finding> =>
  code(workspace)
    .filter((source) => !source.path.startsWith(diskRoom))
    .flatMap((source) =>
      source.imports
        .filter(({ specifier }) => fileSystems.has(specifier))
        .map(({ line, specifier }) => ({
          path: source.path,
          line,
          message: `imports ${specifier}: use the service in ${diskService}`,
        })),
    )

/** The barrel loads every module of Effect; its modules are imported one by one. */
export const barrels = (workspace: Workspace): ReadonlyArray<Finding> =>
  workspace.sources.flatMap((source) =>
    source.imports
      .filter(({ specifier }) => specifier === "effect")
      .map(({ line }) => ({
        path: source.path,
        line,
        message: "imports the barrel: name the module, such as effect/Effect",
      })),
  )
