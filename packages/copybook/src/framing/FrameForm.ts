/**
 * How records are written in each framing.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ByteSink } from "./ByteSink.ts"
import type { BlockHeader, FieldReader, Framing, HeaderFraming, LineFraming } from "./Framing.ts"
import type { FramingInvalid } from "./FramingInvalid.ts"
import type { FramerSettings } from "./FramingPlan.ts"
import {
  type BlockWord,
  blockWord,
  blockWordBytes,
  codeAt,
  type HeaderWord,
  headerWord,
  lengthLimit,
  writeBlockLength,
  writeLength,
} from "./HeaderWord.ts"
import { lengthRule } from "./LengthRules.ts"
import type { LengthRule } from "./LengthScan.ts"
import { blankOf, endings, findEnd } from "./LineScan.ts"
import { microFocusForm } from "./MicroFocusForm.ts"
import { segmentCode } from "./SpannedScan.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FrameForm {
  /** Appends a record with what surrounds it, or says why it can't and changes nothing. */
  readonly append: (record: Uint8Array, sink: ByteSink) => string | undefined
  readonly finish: (sink: ByteSink) => void
}

const done = (): void => undefined

/**
 * @category constructors
 * @since 0.1.0
 */
export const frameForm = (
  framing: Framing,
  settings: FramerSettings,
  blockBytesMax: number,
  fields: FieldReader | undefined,
): Result.Result<FrameForm, FramingInvalid> => {
  switch (framing.kind) {
    case "fixed":
      return Result.succeed(fixedForm(framing, blockBytesMax))
    case "single":
      return Result.succeed(singleForm())
    case "lines":
      return Result.succeed(lineForm(framing))
    case "micro-focus":
      return Result.succeed(microFocusForm(framing))
    case "rdw":
      return Result.succeed(
        framing.isSpanned === true
          ? spannedForm(framing, blockBytesMax)
          : headerForm(framing, blockBytesMax),
      )
    case "length-field":
    case "length-expression":
    case "length-map":
    case "counters":
      return Result.map(lengthRule(framing, fields), (rule) => lengthForm(rule, settings))
  }
}

/** A block with its word in front, which is written when the block is full. */
class OpenBlock {
  readonly #word: BlockWord
  readonly #bytesMax: number
  readonly #bytes = new ByteSink()

  constructor(header: BlockHeader, bytesMax: number) {
    this.#word = blockWord(header)
    this.#bytesMax = bytesMax
  }

  get used(): number {
    return this.#bytes.length
  }

  get room(): number {
    return this.#bytesMax - blockWordBytes - this.#bytes.length
  }

  /** Room in the block, which must be there. */
  reserve(count: number): Uint8Array {
    return this.#bytes.reserve(count)
  }

  close(sink: ByteSink): void {
    if (this.#bytes.length === 0) return
    const body = this.#bytes.take()
    writeBlockLength(this.#word, body.length - this.#word.delta, sink.reserve(blockWordBytes))
    sink.append(body)
  }
}

const fixedForm = (
  { blocking, length }: Extract<Framing, { kind: "fixed" }>,
  blockBytesMax: number,
): FrameForm => {
  const wrong = (record: Uint8Array): string | undefined =>
    record.length === length ? undefined : `it has ${record.length} bytes, and not ${length}`
  if (blocking?.kind === "header") {
    const block = new OpenBlock(blocking.header ?? {}, Math.max(blockBytesMax, length + 4))
    return {
      append: (record, sink) => {
        if (wrong(record) !== undefined) return wrong(record)
        if (block.room < length) block.close(sink)
        block.reserve(length).set(record)
        return undefined
      },
      finish: (sink) => block.close(sink),
    }
  }
  const blockBytes = blocking?.kind === "bytes" ? blocking.bytes : length
  let left = blockBytes
  return {
    append: (record, sink) => {
      if (wrong(record) !== undefined) return wrong(record)
      if (left < length) {
        sink.fill(0, left)
        left = blockBytes
      }
      sink.append(record)
      left -= length
      return undefined
    },
    finish: done,
  }
}

const wordInto = (word: HeaderWord, body: number, room: Uint8Array): void => {
  writeLength(word, body - word.delta, room, 0)
  const [valid] = word.validity?.values ?? []
  if (word.validity !== undefined && valid !== undefined) room[word.validity.at] = valid
}

const wrongLength = (word: HeaderWord, body: number): string | undefined => {
  const raw = body - word.delta
  if (raw > lengthLimit(word)) {
    return `its length would be ${raw}, and its header has room for ${lengthLimit(word)}`
  }
  return raw <= 0 ? `its length would be ${raw}, which says that nothing is there` : undefined
}

const headerForm = ({ block, header = {} }: HeaderFraming, blockBytesMax: number): FrameForm => {
  const word = headerWord(header, false)
  const open = block === undefined ? undefined : new OpenBlock(block, blockBytesMax)
  const append: FrameForm["append"] = (record, sink) => {
    const total = word.bytes + record.length
    const wrong = wrongLength(word, record.length)
    if (wrong !== undefined) return wrong
    if (open !== undefined && total > blockBytesMax - blockWordBytes) {
      return `it has ${record.length} bytes, and a block has room for ${blockBytesMax - blockWordBytes - word.bytes}`
    }
    if (open !== undefined && open.room < total) open.close(sink)
    const room = (open ?? sink).reserve(total)
    room.fill(0, 0, word.bytes)
    wordInto(word, record.length, room)
    room.set(record, word.bytes)
    return undefined
  }
  return { append, finish: (sink) => open?.close(sink) }
}

const spannedForm = ({ block, header = {} }: HeaderFraming, blockBytesMax: number): FrameForm => {
  const word = headerWord(header, true)
  const open = block === undefined ? undefined : new OpenBlock(block, blockBytesMax)
  const segmentMax = Math.min(
    blockBytesMax - blockWordBytes - word.bytes,
    lengthLimit(word) + word.delta,
  )

  const segment = (code: number, body: Uint8Array, sink: ByteSink): void => {
    const room = (open ?? sink).reserve(word.bytes + body.length)
    room.fill(0, 0, word.bytes)
    wordInto(word, body.length, room)
    room[codeAt(word.at)] = code
    room.set(body, word.bytes)
  }

  const append: FrameForm["append"] = (record, sink) => {
    const wrong = wrongLength(word, Math.min(record.length, segmentMax))
    if (wrong !== undefined) return wrong
    let from = 0
    do {
      // A segment has a byte at least, but for the one segment of an empty record.
      const least = word.bytes + Math.min(1, record.length)
      if (open !== undefined && open.room < least) open.close(sink)
      const room = open === undefined ? segmentMax : Math.min(segmentMax, open.room - word.bytes)
      const until = Math.min(record.length, from + room)
      const isLast = until === record.length
      const code =
        from === 0
          ? isLast
            ? segmentCode.whole
            : segmentCode.first
          : isLast
            ? segmentCode.last
            : segmentCode.middle
      segment(code, record.subarray(from, until), sink)
      from = until
    } while (from < record.length)
    return undefined
  }
  return { append, finish: (sink) => open?.close(sink) }
}

const lengthForm = (rule: LengthRule, settings: FramerSettings): FrameForm => ({
  append: (record, sink) => {
    const { prefixBytes, suffixBytes } = settings
    const length = record.length - prefixBytes - suffixBytes
    const read = rule.read(record, prefixBytes, length)
    if (read !== length) {
      return `it has ${length} bytes, and would be read as ${read}`
    }
    sink.append(record)
    return undefined
  },
  finish: done,
})

const lineForm = (framing: LineFraming): FrameForm => {
  const { empty = "skip", isTrimmed = false, splitBytes = Infinity } = framing
  const end = framing.end ?? "text"
  const ending = endings[end]
  const blank = blankOf(ending)
  const written = end === "crlf" ? Uint8Array.of(0x0d, ending.byte) : Uint8Array.of(ending.byte)
  const append: FrameForm["append"] = (record, sink) => {
    let length = record.length
    if (isTrimmed) while (length > 0 && record[length - 1] === blank) length--
    if (length === 0 && empty !== "record") return "its line would be empty, and passed over"
    if (length > splitBytes) return `its line is longer than the ${splitBytes} bytes of a record`
    const line = record.subarray(0, length)
    if (findEnd(line, 0, length, ending) >= 0) return "it holds the end of a line"
    if (ending.before === "may" && line.at(-1) === 0x0d) {
      return "it ends with a carriage return, which would be read as the end of the line"
    }
    sink.append(line)
    sink.append(written)
    return undefined
  }
  return { append, finish: done }
}

const singleForm = (): FrameForm => {
  let isWritten = false
  return {
    append: (record, sink) => {
      if (isWritten) return "the file is one record, and has one"
      if (record.length === 0) return "it is empty, and the file would be one without a record"
      isWritten = true
      sink.append(record)
      return undefined
    },
    finish: done,
  }
}
