/**
 * Finds the records of a Micro Focus file of variable structure.
 *
 * The file begins with a record of its own, 128 bytes as a rule, that says how long records may
 * be. Each record has a header of two bytes, or of four where records may have 4,095 bytes or
 * more: four bits are its kind, the others the length of what follows. Behind a record there is
 * filler up to a multiple of four bytes, and up to eight at least.
 *
 * Sources: Micro Focus Visual COBOL, "File Header", "Standard Record Header", "Variable Format
 * Record Sequential File".
 *
 * @since 0.1.0
 */
import { type Found, type Scan, textHint } from "./Found.ts"
import { hex } from "./FramingFault.ts"

/**
 * Bytes of the file's own record, as it is written.
 *
 * @category layout
 * @since 0.1.0
 */
export const fileHeaderBytes = 128

/** From what longest record on headers have four bytes. */
const longRecord = 4095

/**
 * @category layout
 * @since 0.1.0
 */
export const headerBytesOf = (lengthMax: number): 2 | 4 => (lengthMax < longRecord ? 2 : 4)

const leastBytes = 8

/**
 * From one header to the next.
 *
 * @category layout
 * @since 0.1.0
 */
export const strideOf = (headerBytes: number, length: number): number =>
  Math.max(leastBytes, Math.ceil((headerBytes + length) / 4) * 4)

const systemKind = 3
/** A user's record; one that a pointer leads to; one of a transaction that was not ended. */
const recordKinds: ReadonlySet<number> = new Set([4, 7, 10])
/** What keeps order in the file, and what was deleted. */
const passedKinds: ReadonlySet<number> = new Set([1, 2, systemKind, 6])
const sequential = 1

/** A file's own record: how long it is, and the headers of the others; or why it is none. */
const readFileHeader = (
  bytes: Uint8Array,
  at: number,
): { readonly bytes: number; readonly headerBytes: 2 | 4 } | string => {
  const byte = (index: number): number => bytes[at + index] ?? 0
  if (byte(0) >>> 4 !== systemKind) return "it does not begin with a system record"
  const short = ((byte(0) & 0x0f) << 8) | byte(1)
  const headerBytes = short === 0 ? 4 : 2
  const length = short === 0 ? (byte(2) << 8) | byte(3) : short
  if (headerBytes + length !== fileHeaderBytes) {
    return `its first record has ${length} bytes, and not ${fileHeaderBytes - headerBytes}`
  }
  if (byte(39) !== sequential) return `its organization is ${byte(39)}, and 1 is sequential`
  if (byte(41) !== 0) return `it is compressed by routine ${byte(41)}`
  return { bytes: headerBytes + length, headerBytes }
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const microFocusScan = (recordBytesMax: number): Scan => {
  let headerBytes: 0 | 2 | 4 = 0
  const run: Scan["run"] = (bytes, from, end, isLast, found) => {
    let at = from
    if (headerBytes === 0) {
      if (end - at < fileHeaderBytes) return at
      const header = readFileHeader(bytes, at)
      if (typeof header === "string") {
        const start = bytes.subarray(at, at + 4)
        found.fatal("CPY-3024", at, fileHeaderBytes, header, textHint(start))
        return at
      }
      ;({ headerBytes } = header)
      at += header.bytes
    }
    while (found.count < found.capacity && at + headerBytes <= end) {
      const window = { bytes, end, isLast }
      const next = step(window, at, headerBytes, recordBytesMax, found)
      if (next < 0) break
      at = Math.min(next, end)
    }
    return at
  }
  return { run }
}

interface Window {
  readonly bytes: Uint8Array
  readonly end: number
  readonly isLast: boolean
}

/** One record. Returns where the next header is, or −1 where it is not whole or none. */
const step = (
  { bytes, end, isLast }: Window,
  at: number,
  headerBytes: number,
  recordBytesMax: number,
  found: Found,
): number => {
  const kind = (bytes[at] ?? 0) >>> 4
  const start = at + headerBytes
  let length = (bytes[at] ?? 0) & 0x0f
  for (let place = at + 1; place < start; place += 1) length = length * 256 + (bytes[place] ?? 0)
  const isRecord = recordKinds.has(kind)
  if (!isRecord && !passedKinds.has(kind)) {
    const shown = hex(bytes.subarray(at, start))
    found.fatal("CPY-3024", at, headerBytes, `0x${shown} is a record of kind ${kind}`)
    return -1
  }
  if (length > recordBytesMax) {
    found.fatal("CPY-3005", at, headerBytes, `${length} bytes, and the limit is ${recordBytesMax}`)
    return -1
  }
  const next = at + strideOf(headerBytes, length)
  if (start + length > end) {
    if (isRecord) found.partialStart = start
    return -1
  }
  // The filler behind the last record may not have been written.
  if (next > end && !isLast) return -1
  if (isRecord) found.add(start, length)
  else found.skipped += 1
  return next
}
