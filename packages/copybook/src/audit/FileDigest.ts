/**
 * SHA-256 of a file while it is read, in a thread of its own.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"

// The same name runs from source and from the compiled package.
const extension = extname(import.meta.url)
const threadUrl = new URL(`./DigestThread${extension}`, import.meta.url)
const execArgv = extension === ".ts" ? ["--conditions=@countersign/source"] : []

/** Bytes that wait to be hashed before whoever reads the file has to wait. */
const waitingBytesMax = 32 * 1024 * 1024

/**
 * @category models
 * @since 0.1.0
 */
export interface FileDigest {
  /** Takes the next bytes of the file; they may be used again afterwards. */
  readonly update: (bytes: Uint8Array) => void
  /** Calls back with the digest of all bytes so far; never, where the thread has ended. */
  readonly soFar: (use: (sha256: string) => void) => void
  /** Waits while too many bytes wait for the thread. */
  readonly room: Effect.Effect<void>
  /** The digest of all, or why there is none. To be run once; the thread ends with it. */
  readonly finish: Effect.Effect<
    { readonly sha256: string } | { readonly sha256: null; readonly failure: string }
  >
}

class ThreadDigest implements FileDigest {
  readonly #worker: Worker
  /** Who waits for digests, in the order of their questions. */
  readonly #uses: Array<(sha256: string) => void> = []
  #waiting = 0
  #failure: string | undefined
  #wake: () => void = () => undefined

  constructor(worker: Worker) {
    this.#worker = worker
    // A program that never finishes the file may end all the same.
    worker.unref()
    worker.on("message", (answer: string | number) => {
      if (typeof answer === "number") this.#waiting -= answer
      else this.#uses.shift()?.(answer)
      this.#wake()
    })
    worker.on("error", (cause) => this.#end(String(cause)))
    worker.on("exit", () => this.#end("the thread ended"))
  }

  #end(failure: string): void {
    this.#failure ??= failure
    this.#wake()
  }

  update(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return
    this.#waiting += bytes.byteLength
    // A copy, since the reader may use the memory again; of a part alone, not of all around it.
    const copy = new Uint8Array(bytes)
    this.#worker.postMessage(copy, [copy.buffer])
  }

  soFar(use: (sha256: string) => void): void {
    this.#uses.push(use)
    this.#worker.postMessage(0)
  }

  /** Waits until something holds, or the thread has ended. */
  #until(holds: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      // Waiting for the thread has to keep the program running.
      this.#worker.ref()
      const look = (): void => {
        if (!holds() && this.#failure === undefined) return
        this.#wake = () => undefined
        this.#worker.unref()
        resume(Effect.void)
      }
      this.#wake = look
      look()
    })
  }

  get room(): Effect.Effect<void> {
    return Effect.suspend(() =>
      this.#waiting <= waitingBytesMax
        ? Effect.void
        : this.#until(() => this.#waiting <= waitingBytesMax),
    )
  }

  get finish(): FileDigest["finish"] {
    return Effect.suspend(() => {
      let found: string | undefined
      this.soFar((sha256) => {
        found = sha256
      })
      return this.#until(() => found !== undefined).pipe(
        Effect.map(() =>
          found === undefined
            ? { sha256: null, failure: this.#failure ?? "the thread gave no answer" }
            : { sha256: found },
        ),
        Effect.ensuring(Effect.promise(() => this.#worker.terminate())),
      )
    })
  }
}

/** Where no thread can be started, the reader's own does the work. */
const inPlace = (): FileDigest => {
  const hash = createHash("sha256")
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    soFar: (use) => use(hash.copy().digest("hex")),
    room: Effect.void,
    finish: Effect.sync(() => ({ sha256: hash.digest("hex") })),
  }
}

/**
 * The digest of one file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<FileDigest> = Effect.sync(() => {
  try {
    return new ThreadDigest(new Worker(threadUrl, { execArgv }))
  } catch {
    return inPlace()
  }
})
