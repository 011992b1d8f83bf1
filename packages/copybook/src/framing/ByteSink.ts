/**
 * Bytes that grow at their end.
 *
 * @since 0.1.0
 */

const firstBytes = 1 << 16

/**
 * @category models
 * @since 0.1.0
 */
export class ByteSink {
  #bytes = new Uint8Array(firstBytes)
  length = 0

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes)
  }

  fill(byte: number, count: number): void {
    this.reserve(count).fill(byte)
  }

  /** Room at the end, to be written now. */
  reserve(count: number): Uint8Array {
    const end = this.length + count
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, this.length))
      this.#bytes = larger
    }
    const room = this.#bytes.subarray(this.length, end)
    this.length = end
    return room
  }

  /** What was appended since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length)
    this.length = 0
    return taken
  }
}
