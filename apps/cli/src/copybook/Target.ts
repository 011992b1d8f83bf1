/** Where a copybook command's bytes go: stdout, or a new file that appears whole or not at all. */
import { open, rename, rm, stat } from "node:fs/promises"
import { DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"
import { Output, type OutputFailed } from "../terminal/Output.ts"

export interface Target {
  /** `false` once nobody reads any more. */
  readonly write: (data: string | Uint8Array) => Effect.Effect<boolean, DiskError | OutputFailed>
  /** Gives the file its name. */
  readonly finish: Effect.Effect<void, DiskError>
}

const attempt = <A>(call: string, file: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN"
      const detail = cause instanceof Error ? cause.message : String(cause)
      return new DiskError({ call, path: file, errno, detail: detail.replace(`${errno}: `, "") })
    },
  })

const toStdout = Effect.map(Output, ({ write }): Target => ({
  write: (data) => (data.length === 0 ? Effect.succeed(true) : write(data)),
  finish: Effect.void,
}))

const toFile = Effect.fnUntraced(function* (file: string, parameter: string, mode: number) {
  const isTaken = yield* Effect.promise(() =>
    stat(file).then(
      () => true,
      () => false,
    ),
  )
  if (isTaken) {
    const detail = `${file} is there already: name another file, or remove it`
    return yield* new UsageError({ parameter, detail })
  }
  // Its own name: a file of that name may be somebody else's.
  const partial = `${file}.${process.pid}.partial`
  const handle = yield* Effect.acquireRelease(
    attempt("open", partial, () => open(partial, "wx", mode)),
    (each) =>
      Effect.promise(async () => {
        await each.close().catch(() => undefined)
        // What was finished has its name already, so this is what was not.
        await rm(partial, { force: true })
      }),
  )
  const target: Target = {
    write: (data) =>
      data.length === 0
        ? Effect.succeed(true)
        : Effect.as(
            attempt("write", partial, () => handle.writeFile(data)),
            true,
          ),
    finish: attempt("rename", file, async () => {
      await handle.sync()
      await rename(partial, file)
    }),
  }
  return target
})

/**
 * A file, or `-` for stdout. A file's half is removed with the scope, whatever ends it.
 *
 * @param mode who may read the file, as the umask leaves it
 */
export const openTarget = (file: string, parameter: string, mode = 0o666) =>
  file === "-" ? toStdout : toFile(file, parameter, mode)
