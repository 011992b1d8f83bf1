/** Copybooks, their members and options files, from the disk. */
import { isUtf8 } from "node:buffer"
import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import * as path from "node:path"
import { buffer } from "node:stream/consumers"
import { type FilePlan, planLayout, planRecords } from "@countersign/copybook/file/FilePlan"
import {
  type FileSettings,
  parseSettings,
  withSettings,
} from "@countersign/copybook/file/FileSettings"
import type { Layout } from "@countersign/copybook/layout/Layout"
import type { MemberResolver } from "@countersign/copybook/source/CopyReplacing"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { parse } from "yaml"
import { UsageError } from "../terminal/Failure.ts"
import {
  type LayoutFlags,
  layoutSettings,
  type RecordFlags,
  recordSettings,
} from "./CopybookFlags.ts"

/** Largest file of options. Units: bytes. */
const optionsBytesMax = 4 * 1024 * 1024

const usage = (parameter: string, detail: string) => new UsageError({ parameter, detail })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause)

const bytesOf = (file: string, parameter: string): Effect.Effect<Buffer, UsageError> =>
  Effect.tryPromise({
    try: () => (file === "-" ? buffer(process.stdin) : readFile(file)),
    catch: (cause) => usage(parameter, `can't read ${file}: ${reasonOf(cause)}`),
  })

/** What is no UTF-8 is taken byte by byte, so that columns stay columns. */
const textOf = (bytes: Buffer): string =>
  (isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1")).replace(/^\uFEFF/, "")

export const copybookTexts = (
  files: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<string>, UsageError> =>
  Effect.forEach(files, (file) => Effect.map(bytesOf(file, "--copybook"), textOf))

const optionsOf = Effect.fnUntraced(function* (file: string) {
  const bytes = yield* bytesOf(file, "--options")
  if (bytes.length > optionsBytesMax) {
    return yield* usage("--options", `${file} is larger than ${optionsBytesMax} bytes`)
  }
  const value = yield* Effect.try({
    // JSON is YAML too. Few aliases, so that a small file can't become a large value.
    try: () => parse(textOf(bytes), { maxAliasCount: 100, schema: "core" }) as unknown,
    catch: (cause) => usage("--options", `${file} is neither JSON nor YAML: ${reasonOf(cause)}`),
  })
  return yield* Effect.fromResult(parseSettings(value, file))
})

const suffixes = ["", ".cpy", ".CPY", ".cbl", ".CBL", ".cob", ".COB", ".copy", ".txt"]

/** Looks for a member by its name, as written and in either case; a library is a directory below. */
const memberIn =
  (directories: ReadonlyArray<string>): MemberResolver =>
  (name, library) => {
    // A name leads nowhere but into the directories that were given.
    if (/[/\\]|^\.\.?$/.test(name) || (library !== undefined && /[/\\]|^\.\.?$/.test(library))) {
      return undefined
    }
    for (const directory of directories) {
      const places =
        library === undefined ? [directory] : [path.join(directory, library), directory]
      for (const place of places) {
        for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
          for (const suffix of suffixes) {
            try {
              return textOf(readFileSync(path.join(place, spelled + suffix)))
            } catch {
              // Not there: the next place may have it.
            }
          }
        }
      }
    }
    return undefined
  }

/** COPY looks beside the copybooks too. */
const resolverOf = (files: ReadonlyArray<string>, libraries: ReadonlyArray<string>) =>
  memberIn([
    ...libraries,
    ...files.filter((file) => file !== "-").map((file) => path.dirname(file)),
  ])

const fileSettings = ({ options }: LayoutFlags) =>
  Option.match(options, {
    onNone: () => Effect.succeed<FileSettings>({}),
    onSome: (file) => optionsOf(file),
  })

/** The layout that copybooks and flags come to. */
export const layoutFrom = Effect.fnUntraced(function* (
  files: ReadonlyArray<string>,
  flags: LayoutFlags,
) {
  const settings = withSettings(yield* fileSettings(flags), layoutSettings(flags))
  const texts = yield* copybookTexts(files)
  const resolve = resolverOf(files, flags.libraries)
  const layout: Layout = yield* Effect.fromResult(planLayout(texts, settings, resolve))
  return { layout, settings }
})

/** The plan that copybooks and flags come to. Flags stand over the options file. */
export const planFrom = Effect.fnUntraced(function* (
  files: ReadonlyArray<string>,
  flags: LayoutFlags & RecordFlags,
) {
  const { layout, settings } = yield* layoutFrom(files, flags)
  const over = yield* recordSettings(flags)
  const plan: FilePlan = yield* Effect.fromResult(planRecords(layout, withSettings(settings, over)))
  return plan
})
