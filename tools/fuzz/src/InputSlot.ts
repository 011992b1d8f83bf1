import { inputBytesMax } from "./Mutation.ts"

const headerBytes = 8

/** The input that a thread tries just now, where another thread can read it. */
export class InputSlot {
  readonly memory: SharedArrayBuffer
  private readonly header: Int32Array
  private readonly bytes: Uint8Array

  constructor(memory = new SharedArrayBuffer(headerBytes + inputBytesMax)) {
    this.memory = memory
    this.header = new Int32Array(memory, 0, 2)
    this.bytes = new Uint8Array(memory, headerBytes)
  }

  /** Inputs so far, those of a shrinking included. */
  get count(): number {
    return Atomics.load(this.header, 0)
  }

  put(input: Buffer): void {
    const kept = input.subarray(0, inputBytesMax)
    this.bytes.set(kept)
    Atomics.store(this.header, 1, kept.length)
    Atomics.add(this.header, 0, 1)
  }

  get(): Buffer {
    return Buffer.from(this.bytes.slice(0, Atomics.load(this.header, 1)))
  }
}
