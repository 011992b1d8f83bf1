/**
 * SHA-256 of a file while it is read: of its first bytes in place, of the others in a thread.
 *
 * One thread hashes all files of a process, since starting one takes longer than decoding a file
 * of some megabytes. It is started for the first file that is large, ends when no file has needed
 * it for a while, and keeps no program running.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type { DigestAnswer, DigestWork } from "./DigestThread.ts"

// The same name runs from source and from the compiled package.
const extension = extname(import.meta.url)
const threadUrl = new URL(`./DigestThread${extension}`, import.meta.url)
const execArgv = extension === ".ts" ? ["--conditions=@countersign/source"] : []

/** Parts that the thread is handed: large, since each wakes it. */
const slotBytes = 4 * 1024 * 1024

/** Parts that wait to be hashed before whoever reads the file has to wait. */
const waitingMax = 1

/** Hashing so many bytes takes less than starting a thread. */
const inPlaceBytesMax = 2 * 1024 * 1024

const idleMillisMax = 30_000

/**
 * @category models
 * @since 0.1.0
 */
export interface FileDigest {
  /** Takes the next bytes of the file; they may be used again afterwards. */
  readonly update: (bytes: Uint8Array) => void
  /**
   * Calls back with the digest of all bytes so far, when some megabytes more were read or `finish`
   * is run; never, where the thread has ended.
   */
  readonly soFar: (use: (sha256: string) => void) => void
  /** Waits while too many bytes wait for the thread. */
  readonly room: Effect.Effect<void>
  /** The digest of all, or why there is none. To be run once. */
  readonly finish: Effect.Effect<
    { readonly sha256: string } | { readonly sha256: null; readonly failure: string }
  >
}

/** A file's end of the thread. */
interface Line {
  readonly answered: (digests: ReadonlyArray<string>) => void
  readonly ended: (failure: string) => void
}

class SharedThread {
  readonly #worker: Worker
  readonly #lines = new Map<number, Line>()
  /** Files that wait for an answer, which has to keep the program running. */
  #waiting = 0
  #idle: NodeJS.Timeout | undefined
  #next = 0

  readonly #onEnd: () => void
  readonly #free: Array<Uint8Array> = []
  readonly #taken: Array<Uint8Array> = []

  /** @param onEnd called when the thread takes no more files */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
    const worker = new Worker(threadUrl, { execArgv })
    this.#worker = worker
    // A program that never finishes a file may end all the same.
    worker.unref()
    worker.on("message", ({ digests, file }: DigestAnswer) => {
      // Parts are hashed in the order in which they were sent.
      const slot = this.#taken.shift()
      if (slot !== undefined && this.#free.length <= waitingMax) this.#free.push(slot)
      this.#lines.get(file)?.answered(digests)
    })
    const end = (failure: string): void => {
      onEnd()
      for (const { ended } of this.#lines.values()) ended(failure)
    }
    worker.on("error", (cause) => end(String(cause)))
    worker.on("exit", () => end("the thread ended"))
  }

  open(line: Line): number {
    clearTimeout(this.#idle)
    this.#next += 1
    this.#lines.set(this.#next, line)
    return this.#next
  }

  close(file: number): void {
    this.#lines.delete(file)
    this.#worker.postMessage({ file } satisfies DigestWork)
    if (this.#lines.size > 0) return
    const end = (): void => {
      this.#onEnd()
      void this.#worker.terminate()
    }
    this.#idle = setTimeout(end, idleMillisMax).unref()
  }

  /** Memory for the next part of a file. */
  slot(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(slotBytes))
  }

  hash(file: number, part: NonNullable<DigestWork["part"]>): void {
    this.#taken.push(part.slot)
    this.#worker.postMessage({ file, part } satisfies DigestWork)
  }

  hold(): void {
    this.#waiting += 1
    this.#worker.ref()
  }

  release(): void {
    this.#waiting -= 1
    if (this.#waiting === 0) this.#worker.unref()
  }
}

let shared: SharedThread | undefined

/** The thread; `undefined` where none can be started. */
const sharedThread = (): SharedThread | undefined => {
  if (shared !== undefined) return shared
  try {
    const thread = new SharedThread(() => {
      if (shared === thread) shared = undefined
    })
    shared = thread
  } catch {
    return undefined
  }
  return shared
}

class ThreadDigest implements FileDigest {
  readonly #thread: SharedThread
  readonly #file: number
  /** Who waits for digests, in the order of their questions. */
  readonly #uses: Array<(sha256: string) => void> = []
  /** Parts that were not answered yet. */
  #waiting = 0
  /** What gathers until the slot is full. */
  #slot: Uint8Array | undefined
  #filled = 0
  #marks: Array<number> = []
  #failure: string | undefined
  #wake: () => void = () => undefined

  constructor(thread: SharedThread) {
    this.#thread = thread
    this.#file = thread.open({
      answered: (digests) => {
        this.#waiting -= 1
        for (const sha256 of digests) this.#uses.shift()?.(sha256)
        this.#wake()
      },
      ended: (failure) => {
        this.#failure ??= failure
        this.#wake()
      },
    })
  }

  update(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return
    let from = 0
    while (from < bytes.byteLength) {
      if (this.#filled === slotBytes) this.#send()
      // A copy, since the reader may use its memory again; of a part alone, not of all around it.
      const part = bytes.subarray(from, from + slotBytes - this.#filled)
      this.#current().set(part, this.#filled)
      this.#filled += part.byteLength
      from += part.byteLength
    }
  }

  #current(): Uint8Array {
    this.#slot ??= this.#thread.slot()
    return this.#slot
  }

  #send(): void {
    this.#thread.hash(this.#file, {
      slot: this.#current(),
      length: this.#filled,
      marks: this.#marks,
    })
    this.#waiting += 1
    this.#slot = undefined
    this.#filled = 0
    this.#marks = []
  }

  soFar(use: (sha256: string) => void): void {
    this.#uses.push(use)
    this.#marks.push(this.#filled)
  }

  /** Waits until something holds, or the thread has ended. */
  #until(holds: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      // Waiting for the thread has to keep the program running.
      this.#thread.hold()
      const stop = (): void => {
        if (this.#wake !== look) return
        this.#wake = () => undefined
        this.#thread.release()
      }
      const look = (): void => {
        if (!holds() && this.#failure === undefined) return
        stop()
        resume(Effect.void)
      }
      this.#wake = look
      look()
      // Else whoever is interrupted here would keep the program running for ever.
      return Effect.sync(stop)
    })
  }

  get room(): Effect.Effect<void> {
    return Effect.suspend(() =>
      this.#waiting <= waitingMax ? Effect.void : this.#until(() => this.#waiting <= waitingMax),
    )
  }

  get finish(): FileDigest["finish"] {
    return Effect.suspend(() => {
      let found: string | undefined
      this.soFar((sha256) => {
        found = sha256
      })
      this.#send()
      return this.#until(() => found !== undefined).pipe(
        Effect.map(() =>
          found === undefined
            ? { sha256: null, failure: this.#failure ?? "the thread gave no answer" }
            : { sha256: found },
        ),
        Effect.ensuring(Effect.sync(() => this.#thread.close(this.#file))),
      )
    })
  }
}

/** Hashes in place; a file that turns out to be large goes to the thread, with what was kept of it. */
class GrowingDigest implements FileDigest {
  readonly #hash = createHash("sha256")
  #kept: Array<Uint8Array> | undefined = []
  #keptBytes = 0
  #thread: ThreadDigest | undefined

  update(bytes: Uint8Array): void {
    if (this.#thread !== undefined) {
      this.#thread.update(bytes)
      return
    }
    if (this.#kept !== undefined && this.#keptBytes + bytes.byteLength > inPlaceBytesMax) {
      const thread = sharedThread()
      const kept = this.#kept
      this.#kept = undefined
      if (thread !== undefined) {
        this.#thread = new ThreadDigest(thread)
        for (const piece of [...kept, bytes]) this.#thread.update(piece)
        return
      }
    }
    this.#hash.update(bytes)
    this.#keptBytes += bytes.byteLength
    this.#kept?.push(new Uint8Array(bytes))
  }

  soFar(use: (sha256: string) => void): void {
    if (this.#thread === undefined) use(this.#hash.copy().digest("hex"))
    else this.#thread.soFar(use)
  }

  get room(): Effect.Effect<void> {
    return Effect.suspend(() => this.#thread?.room ?? Effect.void)
  }

  get finish(): FileDigest["finish"] {
    return Effect.suspend(
      () => this.#thread?.finish ?? Effect.sync(() => ({ sha256: this.#hash.digest("hex") })),
    )
  }
}

/**
 * The digest of one file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<FileDigest> = Effect.sync(() => new GrowingDigest())
