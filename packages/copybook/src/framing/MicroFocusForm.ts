/**
 * How records are written into a Micro Focus file of variable structure.
 *
 * Sources: as for reading, in `MicroFocusScan.ts`.
 *
 * @since 0.1.0
 */
import type { ByteSink } from "./ByteSink.ts"
import type { MicroFocusFraming } from "./Framing.ts"
import { fileHeaderBytes, headerBytesOf, strideOf } from "./MicroFocusScan.ts"

const lengthMaxDefault = 4094
const userKind = 0x40
const systemKind = 0x30

const wordInto = (bytes: Uint8Array, width: number, kind: number, length: number): void => {
  let rest = length
  for (let index = width - 1; index >= 0; index -= 1) {
    bytes[index] = rest & 0xff
    rest >>>= 8
  }
  bytes[0] = (bytes[0] ?? 0) | kind
}

const fileHeader = (headerBytes: number, lengthMin: number, lengthMax: number): Uint8Array => {
  const bytes = new Uint8Array(fileHeaderBytes)
  const view = new DataView(bytes.buffer)
  wordInto(bytes, headerBytes, systemKind, fileHeaderBytes - headerBytes)
  view.setUint16(36, 62)
  view.setUint8(39, 1)
  view.setUint8(48, 1)
  view.setUint32(54, lengthMax)
  view.setUint32(58, lengthMin)
  return bytes
}

/**
 * The file's own record stands before the first one, or alone where there is none. It has no date,
 * so that the same records make the same file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const microFocusForm = ({
  lengthMax = lengthMaxDefault,
  lengthMin = 1,
}: MicroFocusFraming) => {
  const headerBytes = headerBytesOf(lengthMax)
  let isBegun = false
  const begin = (sink: ByteSink): void => {
    if (!isBegun) sink.append(fileHeader(headerBytes, lengthMin, lengthMax))
    isBegun = true
  }
  return {
    append: (record: Uint8Array, sink: ByteSink): string | undefined => {
      if (record.length > lengthMax || record.length < lengthMin) {
        return `it has ${record.length} bytes, and the file takes ${lengthMin} to ${lengthMax}`
      }
      begin(sink)
      const room = sink.reserve(strideOf(headerBytes, record.length))
      room.fill(0)
      wordInto(room, headerBytes, userKind, record.length)
      room.set(record, headerBytes)
      return undefined
    },
    finish: begin,
  }
}
