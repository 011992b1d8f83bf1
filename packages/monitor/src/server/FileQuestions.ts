/**
 * Files that the server was given to show, and no others: a viewer names one, and never a path.
 *
 * @since 0.1.0
 */
import { Disk } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { filesMax, type GivenFile } from "../protocol/GivenFile.ts"
import { MonitorRefused } from "../protocol/MonitorError.ts"

/**
 * By the name that viewers see.
 *
 * @category models
 * @since 0.1.0
 */
export type GivenFiles = ReadonlyMap<
  string,
  { readonly path: string; readonly kind: GivenFile["kind"] }
>

const unreadable = (name: string) =>
  new MonitorRefused({ reason: "unreadable", detail: `${name} can't be read now` })

/**
 * Those that are there now.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const listFiles = Effect.fnUntraced(function* (files: GivenFiles | undefined) {
  const disk = yield* Disk
  const found: Array<GivenFile> = []
  for (const [name, { kind, path }] of [...(files ?? [])].slice(0, filesMax)) {
    const status = yield* Effect.orElseSucceed(disk.status(path), () => undefined)
    if (status?.isDirectory === false) found.push({ name, kind, size: status.sizeBytes })
  }
  return found
})

/**
 * - Errors: `not-found` where the server was given no such file, `unreadable` where it is not there.
 *
 * @category reading
 * @since 0.1.0
 */
export const readFileBytes = Effect.fnUntraced(function* (
  files: GivenFiles | undefined,
  {
    length,
    name,
    offset,
  }: { readonly name: string; readonly offset: number; readonly length: number },
) {
  const file = files?.get(name)
  if (file === undefined) {
    const detail = `the server was given no file ${name.slice(0, 64)}`
    return yield* new MonitorRefused({ reason: "not-found", detail })
  }
  const disk = yield* Disk
  const status = yield* Effect.mapError(disk.status(file.path), () => unreadable(name))
  if (status === undefined) return yield* unreadable(name)
  const size = status.sizeBytes
  const held = Math.min(length, Math.max(0, size - offset))
  if (held === 0) return { size, bytes: new Uint8Array(0) }
  const bytes = yield* Effect.mapError(disk.readRange(file.path, offset, held), () =>
    unreadable(name),
  )
  return { size, bytes }
})
