/**
 * Where a scan is in a file of blocks.
 *
 * @since 0.1.0
 */
import type { Found } from "./Found.ts"
import { textHint } from "./Found.ts"
import { hex } from "./FramingFault.ts"
import { type BlockWord, blockWordBytes, readBlockLength } from "./HeaderWord.ts"

/**
 * How blocks are told: by a word before each, or by their length.
 *
 * @category models
 * @since 0.1.0
 */
export type Blocks =
  | { readonly kind: "word"; readonly word: BlockWord }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "none" }

/**
 * How many bytes of the block lie ahead; without blocks, without end.
 *
 * @category models
 * @since 0.1.0
 */
export class BlockPlace {
  readonly blocks: Blocks
  readonly #isZeroFiller: boolean
  left = 0
  /** Bytes ahead that are passed over. */
  #skip = 0

  constructor(blocks: Blocks, isZeroFiller: boolean) {
    this.blocks = blocks
    this.#isZeroFiller = isZeroFiller
    if (blocks.kind === "none") this.left = Infinity
  }

  /** Passes over bytes ahead, without waiting for them. */
  pass(bytes: number): void {
    this.#skip += bytes
    this.left -= bytes
  }

  /** Goes on to where records are: over what is to be skipped, into the next block. Returns where that is. */
  enter(bytes: Uint8Array, from: number, end: number, found: Found): number {
    let at = from
    while (at < end && !found.isStopped) {
      const skipped = Math.min(this.#skip, end - at)
      this.#skip -= skipped
      at += skipped
      if (this.left > 0 || at === end) break
      if (this.blocks.kind === "length") this.left = this.blocks.bytes
      if (this.blocks.kind !== "word") break
      const next = this.#readWord(this.blocks.word, bytes, at, end, found)
      if (next === at) break
      at = next
    }
    return at
  }

  /**
   * The file has ended: what the last block's word says to be there as well was cut off.
   *
   * @param isTold whether a fault, or a short record, has told so
   */
  finish(found: Found, end: number, isTold: boolean): void {
    const { blocks, left } = this
    if (blocks.kind !== "word" || left === 0) return
    this.left = 0
    if (!isTold) found.fault("CPY-3001", end, 0, `its last block has ${left} bytes more`)
  }

  #readWord(word: BlockWord, bytes: Uint8Array, at: number, end: number, found: Found): number {
    if (at + blockWordBytes > end) return at
    const header = bytes.subarray(at, at + blockWordBytes)
    const raw = readBlockLength(word, bytes, at)
    if (raw === 0 && this.#isZeroFiller) return at + blockWordBytes
    if (raw > 0 && raw + word.delta >= 0) {
      this.left = raw + word.delta
      return at + blockWordBytes
    }
    const what =
      raw < 0 ? "bytes 3 and 4 are not zero" : raw === 0 ? "it is zero" : `${raw} is too short`
    found.fatal("CPY-3009", at, blockWordBytes, `0x${hex(header)}: ${what}`, textHint(header))
    return at
  }
}
