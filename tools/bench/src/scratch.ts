/** Directories for trails on the repository's own disk: `/tmp` is memory on some systems. */
import * as fs from "node:fs"
import * as path from "node:path"
import { fillPageCache } from "./pageCache.ts"

export const root = path.join(import.meta.dirname, "../../..")
export const results = path.join(root, "bench-results")

const workOfRuns = path.join(results, "work")

/** A directory of this process's own. */
export const makeWork = (): string => {
  const work = path.join(workOfRuns, String(process.pid))
  fs.rmSync(work, { recursive: true, force: true })
  fs.mkdirSync(work, { recursive: true })
  return work
}

/** Deletes what {@link makeWork} made. Another run's work stays. */
export const removeWork = (work: string): void => {
  fs.rmSync(work, { recursive: true, force: true })
  if (fs.existsSync(workOfRuns) && fs.readdirSync(workOfRuns).length === 0) fs.rmdirSync(workOfRuns)
}

let made = 0

/** An empty directory for one round. What the round before gave back is in use again first. */
export const makeScratch = (work: string): string => {
  fillPageCache(work)
  made += 1
  const directory = path.join(work, `${process.pid}-${made}`)
  fs.mkdirSync(directory, { recursive: true })
  return directory
}

/**
 * Gives a round's bytes back and leaves its empty files to {@link removeWork}. ext4 passes over
 * inodes that were deleted in the last minutes, one by one, whenever it makes a file: after a
 * round's thousands of files were deleted, a file took the next round 300 µs instead of 15.
 */
export const emptyScratch = (directory: string): void => {
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) fs.truncateSync(path.join(entry.parentPath, entry.name))
  }
}

/** Refuses to begin what would fill the disk. */
export const requireSpace = (work: string, bytes: number): void => {
  const { bavail, bsize } = fs.statfsSync(work)
  if (bavail * bsize < bytes) {
    const gigabytes = (value: number) => (value / 1e9).toFixed(1)
    throw new Error(
      `needs ${gigabytes(bytes)} GB of disk, ${gigabytes(bavail * bsize)} GB are free; shorten it with --seconds`,
    )
  }
}
