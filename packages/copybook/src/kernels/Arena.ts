/**
 * Memory of kernels, given out from the front.
 *
 * @since 0.1.0
 */
import type { Kernels } from "./Kernels.ts"

/** Kernels read and write a few bytes beyond what they are given. */
const margin = 64

/** Kernels whose memory belongs to an arena. */
const taken = new WeakSet<Kernels>()

/**
 * Gives addresses out; what was given last is taken back first.
 *
 * No two arenas have one memory: kernels that an arena has already are made anew.
 *
 * @category models
 * @since 0.1.0
 */
export class Arena {
  readonly kernels: Kernels
  private next: number

  constructor(kernels: Kernels) {
    this.kernels = taken.has(kernels) ? kernels.another() : kernels
    taken.add(this.kernels)
    this.next = 1024
  }

  /** Where the next piece will begin; {@link release} goes back to it. */
  get mark(): number {
    return this.next
  }

  /** An address that 16 divides, with room on both sides. Grows the memory. */
  reserve(bytes: number): number {
    const address = this.next + margin
    this.next = (address + bytes + margin + 15) & ~15
    this.kernels.reserve(this.next + margin)
    return address
  }

  release(mark: number): void {
    this.next = mark
  }

  /** Copies bytes into memory of their own. */
  place(data: Uint8Array | Uint16Array | Uint32Array): number {
    const address = this.reserve(data.byteLength)
    this.bytes(address, data.byteLength).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    )
    return address
  }

  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.kernels.memory.buffer, address, length)
  }
}
