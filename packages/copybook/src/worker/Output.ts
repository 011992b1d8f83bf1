/**
 * Shared memory that a thread fills from its beginning, and that is used again.
 *
 * @since 0.1.0
 */

/** Memory begins with so much, and at least doubles. Units: bytes. */
const bytesLeast = 1_048_576

/** What typed arrays of 64 bits ask for. Units: bytes. */
const alignment = 16

/**
 * The output of one slot. Memory that is written for the first time is slow: the system gives each
 * page only then.
 *
 * @category models
 * @since 0.1.0
 */
export class Output {
  private memory = new SharedArrayBuffer(0)
  private used = 0
  private isOther = false

  get length(): number {
    return this.used
  }

  /** The memory, where it is another one than the last time it was asked for. */
  get changed(): SharedArrayBuffer | undefined {
    if (!this.isOther) return undefined
    this.isOther = false
    return this.memory
  }

  clear(): void {
    this.used = 0
  }

  /** Adds bytes behind the others. */
  add(bytes: Uint8Array): void {
    this.hold(this.used + bytes.length)
    new Uint8Array(this.memory, this.used, bytes.length).set(bytes)
    this.used += bytes.length
  }

  /** Room where typed arrays may begin. */
  reserve(bytes: number): number {
    const at = Math.ceil(this.used / alignment) * alignment
    this.hold(at + bytes)
    this.used = at + bytes
    return at
  }

  /** Puts an array where there is room for it. */
  put(at: number, array: ArrayBufferView): void {
    const { buffer, byteLength, byteOffset } = array
    new Uint8Array(this.memory, at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength))
  }

  private hold(bytes: number): void {
    if (bytes <= this.memory.byteLength) return
    const larger = new SharedArrayBuffer(Math.max(bytes, this.memory.byteLength * 2, bytesLeast))
    new Uint8Array(larger).set(new Uint8Array(this.memory, 0, this.used))
    this.memory = larger
    this.isOther = true
  }
}
