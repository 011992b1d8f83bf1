/** How much room the parts of a trail take. */
import type { Dirent } from "node:fs"
import { readdir, stat } from "node:fs/promises"
import * as path from "node:path"
import * as Effect from "effect/Effect"

export interface DiskUsage {
  readonly files: number
  readonly bytes: number
}

const none: DiskUsage = { files: 0, bytes: 0 }

/** A writer may prune what was listed; that is no fault. */
const orNone = async <A>(promise: Promise<A>, otherwise: A): Promise<A> =>
  promise.catch(() => otherwise)

const usageOf = async (directory: string): Promise<DiskUsage> => {
  const nothing: ReadonlyArray<Dirent> = []
  const found = await orNone<ReadonlyArray<Dirent>>(
    readdir(directory, { withFileTypes: true }),
    nothing,
  )
  let total = none
  for (const entry of found) {
    const file = path.join(directory, entry.name)
    const part = entry.isDirectory()
      ? await usageOf(file)
      : { files: 1, bytes: (await orNone(stat(file), undefined))?.size ?? 0 }
    total = { files: total.files + part.files, bytes: total.bytes + part.bytes }
  }
  return total
}

/** The files below a directory; nothing where it does not exist. */
export const measure = (directory: string): Effect.Effect<DiskUsage> =>
  Effect.promise(() => usageOf(directory))
