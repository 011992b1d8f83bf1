/** The strata inside a package, told by imports: pure data below, services and composition above. */
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
/** Loading Effect would cost each thread 0.1 s and 45 MB; nothing else of the worker touches files. */
const worker = "packages/core/src/trail/VerifierWorker.ts"
/** Test kit: it makes real files for tests, and programs that are killed. */
const testKit = "/src/testing/"
/** A program for the browser, and no library: its shell puts its rooms together, and they use it. */
const page = "/src/page/"

const resolved = (source: Source, specifier: string): string =>
  specifier.startsWith(".")
    ? path.posix.join(path.posix.dirname(source.path), specifier)
    : specifier

const code = (workspace: Workspace): ReadonlyArray<Source> =>
  workspace.sources.filter(
    (source) => source.owner.kind === "package" && !source.isTest && !source.path.includes(page),
  )

/** Data: needs neither Effect's runtime nor the disk. Derived, so there is no list to keep. */
const isData = (source: Source): boolean =>
  source.imports.every(
    ({ specifier }) => !doing.has(specifier) && resolved(source, specifier) !== diskService,
  )

/** The folder under `src`; empty for what lies in `src` itself. */
const roomOf = (source: Source): string =>
  path.posix.dirname(source.path).slice(`${source.owner.directory}/src/`.length)

/** Here services are put together, much of it in plain synchronous code that is not data. */
const composing = new Set(["", "engine", "simulation"])

/**
 * A data module imports only data, so that it can be tested, reused and read by itself.
 * A type may come from anywhere: nothing is loaded for it.
 */
export const impureData = (workspace: Workspace): ReadonlyArray<Finding> => {
  const byPath = new Map(workspace.sources.map((source) => [source.path, source]))
  return code(workspace)
    .filter((source) => isData(source) && !composing.has(roomOf(source)))
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
    .filter(
      ({ path: file }) => !file.startsWith(diskRoom) && !file.includes(testKit) && file !== worker,
    )
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

/** Room → the rooms that its modules load, with one import of each as the example. */
const roomsLoaded = (
  workspace: Workspace,
): ReadonlyMap<string, ReadonlyMap<string, { readonly source: Source; readonly line: number }>> => {
  const byPath = new Map(workspace.sources.map((source) => [source.path, source]))
  const rooms = new Map<string, Map<string, { source: Source; line: number }>>()
  for (const source of code(workspace)) {
    const from = `${source.owner.directory}/src/${roomOf(source)}`
    for (const { isType, line, specifier } of source.imports) {
      const target = byPath.get(resolved(source, specifier))
      if (isType || target === undefined || target.isTest) continue
      const to = `${target.owner.directory}/src/${roomOf(target)}`
      if (from === to) continue
      const loaded = rooms.get(from) ?? new Map<string, { source: Source; line: number }>()
      rooms.set(from, loaded)
      if (!loaded.has(to)) loaded.set(to, { source, line })
    }
  }
  return rooms
}

/** Rooms stand on each other in one order: no room loads one that, in the end, loads it. */
export const roomCycles = (workspace: Workspace): ReadonlyArray<Finding> => {
  const rooms = roomsLoaded(workspace)
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return [...(rooms.get(from)?.keys() ?? [])].some((next) => reaches(next, to, seen))
  }
  return [...rooms].flatMap(([from, loaded]) =>
    [...loaded]
      .filter(([to]) => reaches(to, from, new Set()))
      .map(([to, { line, source }]) => ({
        path: source.path,
        line,
        message: `loads ${to}, which in the end loads ${from}: one of them must not know the other`,
      })),
  )
}
