/**
 * What is done with a whole column of a batch at once: in WebAssembly, or in TypeScript where
 * that cannot be loaded. Both give the same bytes.
 *
 * Every address is one in {@link Kernels.memory}. Records are given by the addresses of their
 * beginnings, 32 bits each. A column has `places` values a record; its values and its validity
 * bytes (1 or 0) are given by the address of the first record's. What is not valid has the value 0.
 * Kernels read up to 16 bytes before a record and behind it: that memory must be there.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Kernels {
  readonly kind: "webassembly" | "typescript"
  /** Its buffer is another one after {@link reserve}. */
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Makes the memory at least so large. */
  readonly reserve: (bytes: number) => void
  /** The same kernels with a memory of their own. */
  readonly another: () => Kernels
  /** Text by a table of pairs, `stride` bytes from one value to the next. */
  readonly text: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    pairs: number,
    out: number,
    stride: number,
  ) => void
  /**
   * Trimmed text as UTF-8, the values behind each other; `offsets` gets the end of each.
   * `trim`: 1 right, 2 left, 3 both. Answers with how many are valid.
   */
  readonly utf8: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    pairs: number,
    characters: number,
    trim: number,
    blank: number,
    out: number,
    offsets: number,
    valid: number,
    places: number,
  ) => number
  /** Whether a byte of them is 0x80 or above: 1 or 0. */
  readonly anyHigh: (from: number, length: number) => number
  /** Up to 18 digits into 64 bits. Answers with how many are valid, as all that follow. */
  readonly packed: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    pairs: number,
    lastPairs: number,
    unit: bigint,
    isPadded: number,
    out: number,
    valid: number,
    places: number,
  ) => number
  /** 19 to 38 digits into 128 bits. */
  readonly packedWide: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    validSigns: number,
    negativeSigns: number,
    hasSign: number,
    isPadded: number,
    out: number,
    valid: number,
    places: number,
  ) => number
  /** Up to 16 digits into 64 bits. */
  readonly zoned: ZonedKernel
  /** Up to 18 digits into 64 bits, more into 128. */
  readonly zonedWide: ZonedKernel
  /** Up to 8 bytes into 64 bits; `most` is the greatest magnitude, 0 for all. */
  readonly binary: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    isLittle: number,
    isSigned: number,
    most: bigint,
    out: number,
    valid: number,
    places: number,
  ) => number
  /** Up to 16 bytes into 128 bits, all of them valid. */
  readonly binaryWide: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    isLittle: number,
    isSigned: number,
    out: number,
    valid: number,
    places: number,
  ) => void
  /** Lines of JSON by a plan (see `JsonPlan`). Answers with the first record that has none. */
  readonly json: (
    plan: number,
    starts: number,
    lengths: number,
    from: number,
    count: number,
    out: number,
    limit: number,
    state: number,
  ) => number
  /** From a column of text into records, by a table of pairs. */
  readonly putText: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    pairs: number,
    values: number,
    stride: number,
  ) => void
  /** Answers with how many fit; the others' bytes stay as they are. As all that follow. */
  readonly putPacked: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    fours: number,
    most: bigint,
    signs: number,
    hasSign: number,
    isSigned: number,
    values: number,
    valid: number,
    places: number,
  ) => number
  readonly putZoned: (
    starts: number,
    count: number,
    offset: number,
    digits: number,
    fours: number,
    most: bigint,
    overpunch: number,
    signAt: number,
    separate: number,
    characters: number,
    isSigned: number,
    values: number,
    valid: number,
    places: number,
  ) => number
  readonly putBinary: (
    starts: number,
    count: number,
    offset: number,
    width: number,
    isLittle: number,
    isSigned: number,
    most: bigint,
    values: number,
    valid: number,
    places: number,
  ) => number
}

/**
 * `signs` is a table of 256: a digit in the lower four bits, bit 7 for minus, 255 for none.
 * `signLane` is 16 minus how far the digit with the sign stands before the field's end, or 16
 * without one; `separate` is where a separate sign stands in the record, or −1.
 *
 * @category models
 * @since 0.1.0
 */
export type ZonedKernel = (
  starts: number,
  count: number,
  offset: number,
  digits: number,
  zone: number,
  signs: number,
  signLane: number,
  separate: number,
  out: number,
  valid: number,
  places: number,
) => number

/** What kernels of one kind are without their memory. */
export type KernelCalls = Omit<Kernels, "another" | "kind" | "memory" | "reserve">

const pageBytes = 65_536

/**
 * A compiled module, as `WebAssembly.compile` gives it; it can be sent to other threads.
 *
 * @category models
 * @since 0.1.0
 */
export interface KernelModule {
  readonly [Symbol.toStringTag]: string
}

interface GrowingMemory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

/** What is used of WebAssembly, which TypeScript only knows with all of a browser. */
interface Host {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => KernelModule
    readonly Instance: new (module: KernelModule, imports: object) => { readonly exports: unknown }
  }
}

// Every engine that the package runs on has it.
const host = globalThis as unknown as Host

/**
 * Compiles the bytes of `dist/kernels.wasm`, wherever they came from. Throws what the engine
 * throws when they are something else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const compile = (bytes: Uint8Array): KernelModule => new host.WebAssembly.Module(bytes)

/**
 * Kernels in WebAssembly. The first decoder, writer or encoder that they are given to takes their
 * memory; others make another one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromModule = (module: KernelModule): Kernels => {
  const { exports } = new host.WebAssembly.Instance(module, {})
  // The package's own module: it exports these, and the property tests call them all.
  const { memory, ...calls } = exports as KernelCalls & { readonly memory: GrowingMemory }
  return {
    ...calls,
    kind: "webassembly",
    memory,
    another: () => fromModule(module),
    reserve: (bytes) => {
      const missing = bytes - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
    },
  }
}
