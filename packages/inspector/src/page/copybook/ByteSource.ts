/** Bytes that are read a piece at a time: a file of ten gigabytes is never here as a whole. */
export interface ByteSource {
  readonly name: string
  /** Units: bytes. */
  readonly size: number
  /** How much is read ahead by itself. Units: bytes. */
  readonly eager: number
  /** Shorter at the end. */
  readonly read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>
}

/** One piece. Units: bytes. */
export const pieceBytes = 256 * 1024

export const memorySource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  eager: Number.POSITIVE_INFINITY,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})

/** A file that the user chose: only the slices that are asked for are read. */
export const fileSource = (file: File): ByteSource => ({
  name: file.name,
  size: file.size,
  eager: 256 * 1024 * 1024,
  read: async (offset, length) =>
    new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
})

type Ask = (offset: number, length: number, signal: AbortSignal | undefined) => Promise<Uint8Array>

/** A file that the server was given; `ask` gives at most a mebibyte. */
export const serverSource = (name: string, size: number, ask: Ask): ByteSource => ({
  name,
  size,
  eager: 32 * 1024 * 1024,
  read: (offset, length, signal) =>
    ask(offset, Math.min(length, Math.max(0, size - offset)), signal),
})

/** Lets the page do something else. */
export const breathe = (): Promise<void> => new Promise((done) => setTimeout(done, 0))
