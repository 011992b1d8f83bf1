/**
 * The memory of the kernels in TypeScript: bytes that can grow, and words in them.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export class Memory {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(65_536)
  private view = new DataView(this.bytes.buffer)

  get buffer(): ArrayBuffer {
    return this.bytes.buffer
  }

  reserve(length: number): void {
    if (length <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2))
    grown.set(this.bytes)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  word(address: number): number {
    return this.view.getUint32(address, true)
  }

  putWord(address: number, value: number): void {
    this.view.setUint32(address, value, true)
  }

  half(address: number): number {
    return this.view.getUint16(address, true)
  }

  putHalf(address: number, value: number): void {
    this.view.setUint16(address, value, true)
  }

  long(address: number): bigint {
    return this.view.getBigInt64(address, true)
  }

  putLong(address: number, value: bigint): void {
    this.view.setBigInt64(address, value, true)
  }

  /** 128 bits, low half first. */
  putWide(address: number, value: bigint): void {
    this.putLong(address, value)
    this.putLong(address + 8, value >> 64n)
  }

  /** A binary number of 1 to 16 bytes. */
  binary(address: number, width: number, isLittle: boolean, isSigned: boolean): bigint {
    let value = 0n
    for (let n = 0; n < width; n++) {
      const byte = this.bytes[address + (isLittle ? width - 1 - n : n)] ?? 0
      value = (value << 8n) | BigInt(byte)
    }
    return isSigned ? BigInt.asIntN(width * 8, value) : value
  }
}
