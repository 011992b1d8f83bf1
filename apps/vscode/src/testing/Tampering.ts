/** A change to a trail behind the engine's back. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"

/** Changes who did the last of the events, in the newest form of a bundle; gives its place. */
export const tamper = (directory: string): number => {
  const folder = path.join(directory, "tile/entries/000.p")
  const widths = readdirSync(folder).map(Number)
  const file = path.join(folder, String(Math.max(...widths)))
  const bytes = readFileSync(file)
  const changed = bytes.lastIndexOf('"u-1"')
  bytes.write("u-9", changed + 1)
  writeFileSync(file, bytes)
  let sequence = 0
  for (let at = 0; at + 2 + bytes.readUInt16BE(at) < changed; sequence += 1) {
    at += 2 + bytes.readUInt16BE(at)
  }
  return sequence
}
