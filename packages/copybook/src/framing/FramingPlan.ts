/**
 * A framing with its options, checked and with every default resolved.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Blocks } from "./BlockPlace.ts"
import { fixedScan, singleScan } from "./FixedScan.ts"
import type { Scan } from "./Found.ts"
import type { FieldReader, FramerOptions, Framing, LengthHeader } from "./Framing.ts"
import { FramingInvalid } from "./FramingInvalid.ts"
import { headerScan } from "./HeaderScan.ts"
import { blockWord, headerWord } from "./HeaderWord.ts"
import { lengthRule } from "./LengthRules.ts"
import { lengthScan } from "./LengthScan.ts"
import { lineScan } from "./LineScan.ts"
import { microFocusScan } from "./MicroFocusScan.ts"
import { spannedScan } from "./SpannedScan.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FramerSettings = Required<FramerOptions>

const defaults: FramerSettings = {
  fileHeaderBytes: 0,
  fileTrailerBytes: 0,
  prefixBytes: 0,
  suffixBytes: 0,
  lengthMin: 0,
  lengthMax: Number.MAX_SAFE_INTEGER,
  outside: "fault",
  partial: "fault",
  zeros: "fault",
  mode: "strict",
  batchRecordsMax: 4096,
  recordBytesMax: 64 * 1024 * 1024,
}

interface Bound {
  readonly option: string
  readonly value: number
  readonly min: number
  readonly max: number
}

/** Places in a batch are 32 bits. */
const bytesMax = 2 ** 30

const optionBounds = (options: FramerSettings): ReadonlyArray<Bound> => [
  { option: "fileHeaderBytes", value: options.fileHeaderBytes, min: 0, max: bytesMax },
  { option: "fileTrailerBytes", value: options.fileTrailerBytes, min: 0, max: bytesMax },
  { option: "prefixBytes", value: options.prefixBytes, min: 0, max: bytesMax },
  { option: "suffixBytes", value: options.suffixBytes, min: 0, max: bytesMax },
  { option: "lengthMin", value: options.lengthMin, min: 0, max: Number.MAX_SAFE_INTEGER },
  { option: "lengthMax", value: options.lengthMax, min: 0, max: Number.MAX_SAFE_INTEGER },
  { option: "batchRecordsMax", value: options.batchRecordsMax, min: 1, max: 2 ** 24 },
  { option: "recordBytesMax", value: options.recordBytesMax, min: 1, max: bytesMax },
]

const headerBytesMax = 64
const lengthWidthMax = 4
const longest = 0x0fffffff

const headerBounds = (header: LengthHeader, isSpanned: boolean): ReadonlyArray<Bound> => {
  const { at, bytes, validity, width } = headerWord(header, isSpanned)
  return [
    { option: "header.bytes", value: bytes, min: isSpanned ? 4 : 1, max: headerBytesMax },
    { option: "header.width", value: width, min: 1, max: Math.min(bytes, lengthWidthMax) },
    { option: "header.at", value: at, min: 0, max: bytes - width },
    { option: "header.adjustment", value: header.adjustment ?? 0, min: -bytesMax, max: bytesMax },
    { option: "header.validity.at", value: validity?.at ?? 0, min: 0, max: bytes - 1 },
  ]
}

const framingBounds = (framing: Framing): ReadonlyArray<Bound> => {
  switch (framing.kind) {
    case "fixed": {
      const { blocking, length } = framing
      const bounds = [{ option: "length", value: length, min: 1, max: bytesMax }]
      if (blocking?.kind === "bytes") {
        bounds.push({ option: "blocking.bytes", value: blocking.bytes, min: length, max: bytesMax })
      }
      if (blocking?.kind === "records") {
        bounds.push({ option: "blocking.records", value: blocking.records, min: 1, max: bytesMax })
      }
      return bounds
    }
    case "rdw":
      return headerBounds(framing.header ?? {}, framing.isSpanned === true)
    case "length-field":
      return [
        { option: "adjustment", value: framing.adjustment ?? 0, min: -bytesMax, max: bytesMax },
      ]
    case "lines":
      return [{ option: "splitBytes", value: framing.splitBytes ?? 1, min: 1, max: bytesMax }]
    case "micro-focus": {
      const { lengthMax = longest, lengthMin = 1 } = framing
      return [
        { option: "lengthMax", value: lengthMax, min: 1, max: longest },
        { option: "lengthMin", value: lengthMin, min: 0, max: lengthMax },
      ]
    }
    default:
      return []
  }
}

/**
 * Fills in the defaults, and refuses numbers that can't be.
 *
 * @category constructors
 * @since 0.1.0
 */
export const settingsOf = (
  framing: Framing,
  options: FramerOptions,
): Result.Result<FramerSettings, FramingInvalid> => {
  const settings = { ...defaults, ...options }
  const wrong = [...optionBounds(settings), ...framingBounds(framing)].find(
    ({ max, min, value }) => !Number.isSafeInteger(value) || value < min || value > max,
  )
  if (wrong !== undefined) {
    const { max, min, option, value } = wrong
    const detail = `is ${value}, and has to be a whole number from ${min} to ${max}`
    return Result.fail(new FramingInvalid({ option, detail }))
  }
  return Result.succeed(settings)
}

/**
 * The scan that finds a framing's records.
 *
 * @category constructors
 * @since 0.1.0
 */
export const scanOf = (
  framing: Framing,
  settings: FramerSettings,
  fields: FieldReader | undefined,
): Result.Result<Scan, FramingInvalid> => {
  const { recordBytesMax, zeros } = settings
  const isZeroFiller = zeros === "filler"
  switch (framing.kind) {
    case "fixed":
      return Result.succeed(fixedScan(framing.length, fixedBlocks(framing), isZeroFiller))
    case "single":
      return Result.succeed(singleScan(recordBytesMax))
    case "lines":
      return Result.succeed(lineScan(framing, recordBytesMax))
    case "micro-focus":
      return Result.succeed(microFocusScan(recordBytesMax))
    case "rdw": {
      const isSpanned = framing.isSpanned === true
      const word = headerWord(framing.header ?? {}, isSpanned)
      const { block } = framing
      const blocks: Blocks =
        block === undefined ? { kind: "none" } : { kind: "word", word: blockWord(block) }
      const scan = isSpanned ? spannedScan : headerScan
      return Result.succeed(scan({ word, blocks, recordBytesMax, isZeroFiller }))
    }
    case "length-field":
    case "length-expression":
    case "length-map":
    case "counters":
      return Result.map(lengthRule(framing, fields), (rule) => lengthScan(rule, settings))
  }
}

/** Blocks that hold whole records only need no attention. */
const fixedBlocks = ({ blocking, length }: Extract<Framing, { kind: "fixed" }>): Blocks => {
  if (blocking?.kind === "header") return { kind: "word", word: blockWord(blocking.header ?? {}) }
  return blocking?.kind === "bytes" && blocking.bytes % length !== 0
    ? { kind: "length", bytes: blocking.bytes }
    : { kind: "none" }
}
