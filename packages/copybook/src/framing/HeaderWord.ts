/**
 * Words before records and blocks that say how long those are.
 *
 * Sources: z/OS DFSMS Using Data Sets (SC23-6855), "Record Descriptor Word", "Block Descriptor
 * Word", "Segment Descriptor Word".
 *
 * @since 0.1.0
 */
import type { BlockHeader, LengthHeader } from "./Framing.ts"

/**
 * A {@link LengthHeader} with every default resolved.
 *
 * @category models
 * @since 0.1.0
 */
export interface HeaderWord {
  readonly bytes: number
  readonly at: number
  readonly width: number
  readonly endian: "big" | "little"
  readonly includesHeader: boolean
  readonly adjustment: number
  /** Where the bytes stand that must be zero. */
  readonly reserved: ReadonlyArray<number>
  readonly validity: LengthHeader["validity"]
  /** What is added to the length in the word to have the length of what follows it. */
  readonly delta: number
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const headerWord = (header: LengthHeader, isSpanned: boolean): HeaderWord => {
  const { adjustment = 0, bytes = 4, endian = "big", includesHeader = true, width = 2 } = header
  const at = header.at ?? (endian === "little" && bytes === 4 && width === 2 ? 2 : 0)
  const isReservedZero =
    header.isReservedZero ?? (bytes === 4 && width === 2 && header.validity === undefined)
  const reserved = Array.from({ length: bytes }, (_, index) => index).filter(
    (index) =>
      isReservedZero && (index < at || index >= at + width) && !(isSpanned && index === codeAt(at)),
  )
  return {
    bytes,
    at,
    width,
    endian,
    includesHeader,
    adjustment,
    reserved,
    validity: header.validity,
    delta: adjustment - (includesHeader ? bytes : 0),
  }
}

/**
 * Where the segment control code stands: behind the length, before it where the length comes last.
 *
 * @category reading
 * @since 0.1.0
 */
export const codeAt = (lengthAt: number): number => (lengthAt === 0 ? 2 : 0)

/**
 * The length in a word, as it stands there.
 *
 * @category reading
 * @since 0.1.0
 */
export const readLength = (word: HeaderWord, bytes: Uint8Array, at: number): number => {
  let value = 0
  for (let index = 0; index < word.width; index++) {
    const place = word.endian === "big" ? index : word.width - 1 - index
    value = value * 256 + (bytes[at + word.at + place] ?? 0)
  }
  return value
}

/**
 * @category writing
 * @since 0.1.0
 */
export const writeLength = (
  word: HeaderWord,
  value: number,
  bytes: Uint8Array,
  at: number,
): void => {
  let rest = value
  for (let index = word.width - 1; index >= 0; index--) {
    const place = word.endian === "big" ? index : word.width - 1 - index
    bytes[at + word.at + place] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

/**
 * The highest length that a word has room for.
 *
 * @category reading
 * @since 0.1.0
 */
export const lengthLimit = (word: HeaderWord): number => 256 ** word.width - 1

/**
 * A block descriptor word: four bytes, a length of 15 bits or, where the first bit is set, of 31.
 *
 * @category models
 * @since 0.1.0
 */
export interface BlockWord {
  readonly endian: "big" | "little"
  readonly delta: number
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const blockWord = (header: BlockHeader): BlockWord => ({
  endian: header.endian ?? "big",
  delta: (header.adjustment ?? 0) - ((header.includesHeader ?? true) ? blockWordBytes : 0),
})

/**
 * @category reading
 * @since 0.1.0
 */
export const blockWordBytes = 4

/**
 * The length in a block descriptor word as it stands there; −1 where it is none.
 *
 * @category reading
 * @since 0.1.0
 */
export const readBlockLength = (word: BlockWord, bytes: Uint8Array, at: number): number => {
  const byte = (index: number): number =>
    bytes[at + (word.endian === "big" ? index : 3 - index)] ?? 0
  if ((byte(0) & 0x80) !== 0) {
    return (((byte(0) & 0x7f) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
  }
  if ((byte(2) | byte(3)) !== 0) return -1
  return (byte(0) << 8) | byte(1)
}

/** A longer block has the extended word, as QSAM writes it ("Block Descriptor Word (BDW)"). */
const shortBlockMax = 32_760

/**
 * @category writing
 * @since 0.1.0
 */
export const writeBlockLength = (word: BlockWord, value: number, bytes: Uint8Array): void => {
  const put = (index: number, byte: number): void => {
    bytes[word.endian === "big" ? index : 3 - index] = byte & 0xff
  }
  const isExtended = value > shortBlockMax
  put(0, isExtended ? (value >>> 24) | 0x80 : value >>> 8)
  put(1, isExtended ? value >>> 16 : value)
  put(2, isExtended ? value >>> 8 : 0)
  put(3, isExtended ? value : 0)
}
