/**
 * Reads the lines that mapping tables are written in.
 *
 * @since 0.1.0
 */

/** Two bytes of the character behind another, through rows of 0x41 to 0xFE. */
const nextPair = (bytes: number): number =>
  (bytes & 0xff) === 0xfe ? (bytes & 0xff00) + 0x141 : bytes + 1

const nextByte = (byte: number): number => byte + 1

/**
 * Gives each mapping of the lines to `put`: `first characters`, where a blank is no mapping, or
 * `first=count character`, all but the characters in hexadecimal and the count in decimal.
 *
 * @category parsing
 * @since 0.1.0
 */
export const readLines = (
  lines: ReadonlyArray<string>,
  put: (bytes: number, codePoint: number) => void,
): void => {
  for (const line of lines) {
    const width = line.search(/[ =]/)
    const next = width === 4 ? nextPair : nextByte
    let bytes = Number.parseInt(line.slice(0, width), 16)
    if (line[width] === "=") {
      const [count = "", first = ""] = line.slice(width + 1).split(" ")
      let codePoint = Number.parseInt(first, 16)
      const end = codePoint + Number(count)
      for (; codePoint < end; codePoint++, bytes = next(bytes)) put(bytes, codePoint)
    } else {
      for (const character of line.slice(width + 1)) {
        if (character !== " ") put(bytes, character.codePointAt(0) ?? 0)
        bytes = next(bytes)
      }
    }
  }
}
