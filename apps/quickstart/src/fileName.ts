/** File names as text: a name on a disk is any bytes but NUL, and JSON has only Unicode. */

/** A file name as events carry it. */
export interface FileName {
  /** The name, or a readable stand-in where its bytes are not UTF-8. */
  readonly text: string
  /** The bytes, only where `text` is a stand-in. */
  readonly base64?: string
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Each byte beyond ASCII of a stand-in is written as `\xE9`. */
export const fileNameOf = (bytes: Buffer): FileName => {
  try {
    return { text: utf8.decode(bytes) }
  } catch {
    const text = [...bytes]
      .map((byte) =>
        byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`,
      )
      .join("")
    return { text, base64: bytes.toString("base64") }
  }
}
