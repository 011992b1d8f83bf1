/**
 * Lines out of chunks of bytes, one at a time, with a bound on each.
 *
 * Holds one chunk and at most one unfinished line, however long the input is.
 */
import { isUtf8 } from "node:buffer"

/** Longest line. Units: bytes. An event has at most 64 KiB; what is longer is no event. */
const eventBytesMax = 1024 * 1024

const newline = 0x0a
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
  /** Why the line can't be read at all. */
  readonly problem?: string
}

export class LineSplitter {
  /** The number of the line that `next` gave last. */
  private number = 0
  private readonly lineBytesMax: number
  private chunk: Buffer = Buffer.alloc(0)
  private at = 0
  private rest: Array<Buffer> = []
  private restBytes = 0
  /** The unfinished line is over its bound: only its end is looked for. */
  private isTooLong = false

  private readonly content: string

  /** @param content what a line holds */
  constructor(lineBytesMax: number = eventBytesMax, content = "event") {
    this.lineBytesMax = lineBytesMax
    this.content = content
  }

  /** Gives the next chunk. The one before must have been read to its end. */
  push(chunk: Buffer): void {
    this.chunk = chunk
    this.at = 0
  }

  /** The next whole line of the chunk, or `undefined` where the chunk ends. */
  next(): Line | undefined {
    const end = this.chunk.indexOf(newline, this.at)
    if (end < 0) {
      this.keep(this.chunk.subarray(this.at))
      this.at = this.chunk.length
      return undefined
    }
    const piece = this.chunk.subarray(this.at, end)
    this.at = end + 1
    return this.line(piece)
  }

  /** The last line, where the input does not end in a newline. */
  last(): Line | undefined {
    return this.restBytes === 0 && !this.isTooLong ? undefined : this.line(Buffer.alloc(0))
  }

  private keep(piece: Buffer): void {
    this.isTooLong ||= this.restBytes + piece.length > this.lineBytesMax
    if (this.isTooLong) {
      this.rest = []
      this.restBytes = 0
    } else if (piece.length > 0) {
      // A copy, since the reader may use the chunk's memory again.
      this.rest.push(Buffer.from(piece))
      this.restBytes += piece.length
    }
  }

  private line(piece: Buffer): Line {
    this.number += 1
    const { number } = this
    const isTooLong = this.isTooLong || this.restBytes + piece.length > this.lineBytesMax
    let bytes = this.rest.length === 0 ? piece : Buffer.concat([...this.rest, piece])
    this.rest = []
    this.restBytes = 0
    this.isTooLong = false
    if (isTooLong) {
      const mebibytes = this.lineBytesMax / (1024 * 1024)
      const problem = `is longer than ${mebibytes} MiB; put one ${this.content} on a line`
      return { number, text: "", problem }
    }
    if (number === 1 && bytes.subarray(0, 3).equals(byteOrderMark)) bytes = bytes.subarray(3)
    return isUtf8(bytes)
      ? { number, text: bytes.toString("utf8") }
      : { number, text: "", problem: "is not UTF-8; convert the input first" }
  }
}
