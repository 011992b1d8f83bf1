/**
 * What somebody with the files in hand does to a trail.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as path from "node:path"

const bundleWidth = 256
const lengthBytes = 2

/** The bundle of an entry that is full, or the part of one that is newest. */
const fileOf = (directory: string, bundle: number): string => {
  const whole = path.join(directory, "tile/entries", String(bundle).padStart(3, "0"))
  if (fs.existsSync(whole) && fs.statSync(whole).isFile()) return whole
  const parts = `${whole}.p`
  const [newest = ""] = fs.readdirSync(parts).toSorted((a, b) => Number(b) - Number(a))
  return path.join(parts, newest)
}

/**
 * Changes one letter of an entry, so that the files keep their form and nothing but a hash tells.
 *
 * @category running
 * @since 0.1.0
 */
export const changeEntry = (directory: string, sequence: number): void => {
  const file = fileOf(directory, Math.floor(sequence / bundleWidth))
  const bytes = fs.readFileSync(file)
  let at = 0
  for (let index = 0; index < sequence % bundleWidth; index += 1) {
    at += lengthBytes + bytes.readUInt16BE(at)
  }
  const actor = bytes.indexOf('"id":"u-', at)
  const letter = actor + '"id":"u-'.length
  bytes[letter] = bytes[letter] === 0x39 ? 0x38 : 0x39
  fs.writeFileSync(file, bytes)
}
