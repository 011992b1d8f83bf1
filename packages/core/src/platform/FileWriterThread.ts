/**
 * The thread behind `FileWriter`: writes whole files, one after the other.
 *
 * It does not load Effect, which would cost the thread 45 MB and a tenth of a second.
 *
 * @since 0.1.0
 */
import { closeSync, openSync, writevSync } from "node:fs"
import { parentPort } from "node:worker_threads"
import type { Numbered } from "./WorkerThread.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FileContent {
  readonly path: string
  /** Chunks over shared memory reach the thread without being copied. */
  readonly chunks: ReadonlyArray<Uint8Array>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface FileWriterAnswer {
  /** What kept the files from being written. */
  readonly fault?: { readonly path: string; readonly errno: string; readonly detail: string }
}

const writeFile = ({ chunks, path }: FileContent): void => {
  const fd = openSync(path, "w", 0o640)
  try {
    let rest = chunks.filter((chunk) => chunk.byteLength > 0)
    while (rest.length > 0) {
      let written = writevSync(fd, rest)
      if (written === 0) throw new Error("the system wrote 0 bytes")
      // A short write is legal, so the rest is written again until nothing is left.
      rest = rest.flatMap((chunk) => {
        const done = Math.min(written, chunk.byteLength)
        written -= done
        return done === chunk.byteLength ? [] : [chunk.subarray(done)]
      })
    }
  } finally {
    closeSync(fd)
  }
}

const run = (files: ReadonlyArray<FileContent>): FileWriterAnswer => {
  for (const file of files) {
    try {
      writeFile(file)
    } catch (cause) {
      const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "EIO"
      const detail = cause instanceof Error ? cause.message : String(cause)
      return { fault: { path: file.path, errno, detail } }
    }
  }
  return {}
}

parentPort?.on("message", ({ body, id }: Numbered<ReadonlyArray<FileContent>>) => {
  const answer: Numbered<FileWriterAnswer> = { id, body: run(body) }
  parentPort?.postMessage(answer)
})
