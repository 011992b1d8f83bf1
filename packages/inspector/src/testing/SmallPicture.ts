/**
 * A picture of a page in few bytes: 256 colours, as pages have, and the best that deflate can do.
 *
 * - Source: PNG, W3C Recommendation, third edition.
 *
 * @since 0.1.0
 */
import { crc32, deflateSync, inflateSync } from "node:zlib"

const signatureBytes = 8
const coloursMax = 256
const surfacesMax = 128
/** Colours are counted by the upper bits of each channel. */
const countedBits = 0xf8

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel. */
  readonly rgb: Uint8Array
}

const chunksOf = (png: Buffer): ReadonlyArray<{ readonly type: string; readonly data: Buffer }> => {
  const chunks: Array<{ type: string; data: Buffer }> = []
  for (let at = signatureBytes; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString("latin1", at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

const paeth = (left: number, up: number, corner: number): number => {
  const guess = left + up - corner
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(guess - one))
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
}

/** Takes the filter of each line back, in place. */
const unfiltered = (lines: Buffer, lineBytes: number, pixelBytes: number): void => {
  for (let start = 0; start < lines.length; start += lineBytes + 1) {
    const filter = lines[start]
    for (let at = start + 1; at <= start + lineBytes; at += 1) {
      const left = at - start > pixelBytes ? (lines[at - pixelBytes] ?? 0) : 0
      const up = start > 0 ? (lines[at - lineBytes - 1] ?? 0) : 0
      const corner =
        start > 0 && at - start > pixelBytes ? (lines[at - lineBytes - 1 - pixelBytes] ?? 0) : 0
      const added = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      lines[at] = ((lines[at] ?? 0) + added) & 0xff
    }
  }
}

const pixelsOf = (png: Buffer): Pixels => {
  const chunks = chunksOf(png)
  const head = chunks.find(({ type }) => type === "IHDR")?.data
  if (head === undefined) throw new Error("this is no PNG")
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const pixelBytes = head[9] === 6 ? 4 : 3
  const data = chunks.filter(({ type }) => type === "IDAT").map((chunk) => chunk.data)
  const lines = inflateSync(Buffer.concat(data))
  const lineBytes = width * pixelBytes
  unfiltered(lines, lineBytes, pixelBytes)
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0, to = 0; y < height; y += 1) {
    const line = y * (lineBytes + 1) + 1
    for (let x = 0; x < width; x += 1, to += 3) {
      rgb.set(lines.subarray(line + x * pixelBytes, line + x * pixelBytes + 3), to)
    }
  }
  return { width, height, rgb }
}

const keyAt = (rgb: Uint8Array, at: number, bits: number): number =>
  (((rgb[at] ?? 0) & bits) << 16) | (((rgb[at + 1] ?? 0) & bits) << 8) | ((rgb[at + 2] ?? 0) & bits)

/** The most frequent colours; beyond the first, at most one of those that are nearly alike. */
const paletteOf = (rgb: Uint8Array): ReadonlyArray<number> => {
  const exact = new Map<number, number>()
  for (let at = 0; at < rgb.length; at += 3) {
    const key = keyAt(rgb, at, 0xff)
    exact.set(key, (exact.get(key) ?? 0) + 1)
  }
  const counted = new Set<number>()
  const colours: Array<number> = []
  const coarse = (countedBits << 16) | (countedBits << 8) | countedBits
  for (const [colour] of [...exact].toSorted(([, a], [, b]) => b - a)) {
    // Surfaces that are nearly alike stay apart; shades along the edges of letters do not.
    if (colours.length >= surfacesMax && counted.has(colour & coarse)) continue
    counted.add(colour & coarse)
    colours.push(colour)
    if (colours.length === coloursMax) break
  }
  return colours
}

const distance = (one: number, other: number): number =>
  ((one >> 16) - (other >> 16)) ** 2 +
  (((one >> 8) & 0xff) - ((other >> 8) & 0xff)) ** 2 +
  ((one & 0xff) - (other & 0xff)) ** 2

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const bytes = Buffer.alloc(body.length + 8)
  bytes.writeUInt32BE(data.length)
  body.copy(bytes, 4)
  bytes.writeUInt32BE(crc32(body), body.length + 4)
  return bytes
}

/**
 * The same picture.
 *
 * @category encoding
 * @since 0.1.0
 */
export const smallPicture = (png: Buffer): Buffer => {
  const { height, rgb, width } = pixelsOf(png)
  const palette = paletteOf(rgb)
  const nearest = new Map<number, number>()
  const indexOf = (colour: number): number => {
    const known = nearest.get(colour)
    if (known !== undefined) return known
    let best = 0
    for (let index = 1; index < palette.length; index += 1) {
      if (distance(colour, palette[index] ?? 0) < distance(colour, palette[best] ?? 0)) best = index
    }
    nearest.set(colour, best)
    return best
  }
  const lines = Buffer.alloc((width + 1) * height)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      lines[y * (width + 1) + 1 + x] = indexOf(keyAt(rgb, at, 0xff))
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const table = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 0xff, one & 0xff]))
  return Buffer.concat([
    png.subarray(0, signatureBytes),
    chunk("IHDR", head),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ])
}
