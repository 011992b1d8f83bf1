/** A file or stdin as chunks of bytes. */
import { open } from "node:fs/promises"
import { DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

// Large enough that a call costs nothing beside the parsing of what it brings.
const chunkBytes = 256 * 1024

export interface Input {
  readonly chunks: Stream.Stream<Buffer, DiskError>
  /** `undefined` where the end is not known. */
  readonly sizeBytes: number | undefined
}

const inputFailed = (file: string, cause: unknown): DiskError => {
  const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN"
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new DiskError({
    call: "read",
    path: file === "-" ? "stdin" : file,
    errno,
    // Node puts the code before its own message as well.
    detail: detail.replace(`${errno}: `, ""),
  })
}

/** Opens a file, or stdin for `-`. The file is closed when the stream has ended. */
export const openInput = (file: string): Effect.Effect<Input, DiskError> =>
  Effect.tryPromise({
    try: async (): Promise<Input> => {
      const failed = (cause: unknown): DiskError => inputFailed(file, cause)
      if (file === "-") {
        const chunks: AsyncIterable<Buffer> = process.stdin
        return { chunks: Stream.fromAsyncIterable(chunks, failed), sizeBytes: undefined }
      }
      const handle = await open(file)
      const status = await handle.stat()
      if (status.isDirectory()) {
        await handle.close()
        throw Object.assign(new Error("it is a directory"), { code: "EISDIR" })
      }
      const chunks: AsyncIterable<Buffer> = handle.createReadStream({ highWaterMark: chunkBytes })
      return {
        chunks: Stream.fromAsyncIterable(chunks, failed),
        sizeBytes: status.isFile() ? status.size : undefined,
      }
    },
    catch: (cause) => inputFailed(file, cause),
  })
