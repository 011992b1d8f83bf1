/** A trail's files in the hands of somebody who wants to change what was recorded. */
import { hash } from "node:crypto"
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import * as path from "node:path"

const lengthBytes = 2
const hashBytes = 32
const bundleWidth = 256

export class TrailFiles {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** The same trail elsewhere, with the verifier key beside it. */
  copyTo(directory: string): TrailFiles {
    cpSync(this.directory, directory, { recursive: true })
    cpSync(`${this.directory}.vkey`, `${directory}.vkey`)
    return new TrailFiles(directory)
  }

  /** Every file that has bytes, from the trail's directory. */
  files(): ReadonlyArray<string> {
    return readdirSync(this.directory, { recursive: true, encoding: "utf8" }).filter((name) => {
      const status = statSync(path.join(this.directory, name))
      return status.isFile() && status.size > 0
    })
  }

  edit(file: string, change: (bytes: Buffer) => Buffer): void {
    const whole = path.join(this.directory, file)
    writeFileSync(whole, change(readFileSync(whole)))
  }

  /** Flips a bit, in the middle where no byte is named. */
  flip(file: string, at?: number): void {
    this.edit(file, (bytes) => {
      const position = at ?? Math.floor(bytes.length / 2)
      bytes[position] = (bytes[position] ?? 0) ^ 1
      return bytes
    })
  }

  /** Changes the entries of a full bundle. */
  editBundle(
    index: number,
    change: (entries: ReadonlyArray<Buffer>) => ReadonlyArray<Buffer>,
  ): void {
    this.edit(`tile/entries/${String(index).padStart(3, "0")}`, (bytes) => {
      const entries: Array<Buffer> = []
      for (let at = 0; at < bytes.length;) {
        const end = at + lengthBytes + bytes.readUInt16BE(at)
        entries.push(Buffer.from(bytes.subarray(at + lengthBytes, end)))
        at = end
      }
      return Buffer.concat(
        change(entries).flatMap((entry) => {
          const length = Buffer.alloc(lengthBytes)
          length.writeUInt16BE(entry.length)
          return [length, entry]
        }),
      )
    })
  }

  /** Writes the leaf hash of an entry anew. */
  rehash(sequence: number, entry: Buffer): void {
    const tile = `tile/0/${String(Math.floor(sequence / bundleWidth)).padStart(3, "0")}`
    this.edit(tile, (bytes) => {
      const leaf = hash("sha256", Buffer.concat([Buffer.of(0), entry]), "buffer")
      leaf.copy(bytes, (sequence % bundleWidth) * hashBytes)
      return bytes
    })
  }
}
