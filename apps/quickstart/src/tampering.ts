/** What someone with access to the disk may try: rewrite when something happened. */
import * as fs from "node:fs"
import * as path from "node:path"
import { prefixBytes } from "@countersign/core/trail/EntryBundle"
import { tileWidth, widthOf } from "@countersign/core/trail/Tile"
import { findForm } from "@countersign/core/trail/TileFile"
import * as Result from "effect/Result"

/** One altered byte. */
export interface Tampering {
  /** The file, from the trail's directory. */
  readonly file: string
  /** The byte's place in the file. */
  readonly offset: number
}

const readIn =
  (directory: string) =>
  (file: string): Buffer | undefined => {
    const whole = path.join(directory, file)
    return fs.existsSync(whole) ? fs.readFileSync(whole) : undefined
  }

// Quotes are escaped within JSON strings, so this stands nowhere but before the event's time.
const beforeTime = Buffer.from(',"time":"')
const yearDigits = 4

/**
 * Changes the last digit of the year in which an event happened, in place.
 *
 * @param sequence the event's entry
 * @param size entries of the trail
 */
export const backdate = (directory: string, sequence: number, size: number): Tampering => {
  const index = Math.floor(sequence / tileWidth)
  const width = widthOf(size, "entries", index)
  const found = findForm({ level: "entries", index, width }, readIn(directory))
  if (found === undefined || found.file.isCompressed) {
    throw new Error(`${directory}: entry ${sequence} is in no file that can be altered in place`)
  }
  const start = Result.getOrThrow(prefixBytes(found.bytes, sequence % tileWidth))
  const time = found.bytes.indexOf(beforeTime, start)
  const offset = time + beforeTime.length + yearDigits - 1
  const digit = Number(String.fromCharCode(found.bytes[offset] ?? 0))
  found.bytes.write(String(digit === 0 ? 1 : digit - 1), offset, "latin1")
  fs.writeFileSync(path.join(directory, found.file.path), found.bytes)
  return { file: found.file.path, offset }
}
