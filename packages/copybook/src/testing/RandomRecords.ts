/** Test kit: records of a layout in EBCDIC, most of their fields with values that may stand there. */
import type { ElementaryField, Field, Layout } from "../layout/Layout.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { Numbers } from "./Numbers.ts"

export interface RandomRecordOptions {
  /** One byte of so many fields is anything. Default: none is. */
  readonly faultOneIn?: number
  /** Whether tables have the room of their entries alone. Default `true`. */
  readonly isActual?: boolean
}

const letters = 36

/** Bytes of cp037: letters and digits, blanks at the end, and now and then what JSON escapes. */
const text = (numbers: Numbers, length: number): Array<number> => {
  const used = numbers.below(length + 1)
  return Array.from({ length }, (_, index) => {
    if (index >= used) return 0x40
    const which = numbers.below(letters + 4)
    if (which < 9) return 0xc1 + which
    if (which < 18) return 0xd1 + which - 9
    if (which < 26) return 0xe2 + which - 18
    if (which < 36) return 0xf0 + which - 26
    // Backslash, quotation mark, umlaut, control character.
    return numbers.below(12) > 0 ? 0x40 : numbers.pick([0xe0, 0x7f, 0x43, 0x05])
  })
}

const digitsOf = (numbers: Numbers, digits: number, value: number | undefined): Array<number> => {
  const leading = numbers.below(digits + 1)
  return value === undefined
    ? Array.from({ length: digits }, (_, n) => (n < leading ? 0 : numbers.below(10)))
    : Array.from(String(value).padStart(digits, "0"), Number)
}

/** A number as the storage has it; of a counter, this one. */
const numeric = (
  field: ElementaryField,
  numbers: Numbers,
  value: number | undefined,
): Array<number> => {
  const { storage } = field
  if (storage.kind === "zoned") {
    const zones = digitsOf(numbers, storage.digits, value).map((digit) => 0xf0 + digit)
    if (!storage.isSigned) return zones
    const isNegative = numbers.below(2) === 0
    const isLeading = storage.signPosition === "leading"
    if (storage.isSignSeparate) {
      const sign = isNegative ? 0x60 : 0x4e
      return isLeading ? [sign, ...zones] : [...zones, sign]
    }
    const at = isLeading ? 0 : zones.length - 1
    zones[at] = (isNegative ? 0xd0 : 0xc0) | ((zones[at] ?? 0) & 15)
    return zones
  }
  if (storage.kind === "packed") {
    const nibbles = digitsOf(numbers, storage.digits, value)
    if (storage.hasSignNibble) {
      nibbles.push(storage.isSigned ? numbers.pick([0xc, 0xd]) : 0xf)
    }
    if (nibbles.length % 2 === 1) nibbles.unshift(0)
    return Array.from({ length: field.length }, (_, n) => {
      return ((nibbles[n * 2] ?? 0) << 4) | (nibbles[n * 2 + 1] ?? 0)
    })
  }
  const bytes = Array.from({ length: field.length }, () => numbers.below(256))
  if (storage.kind === "binary" && value !== undefined) {
    bytes.fill(0)
    bytes[storage.endian === "big" ? bytes.length - 1 : 0] = value
  }
  return bytes
}

/** Of pictures with digits and a point alone. */
const edited = (field: ElementaryField, numbers: Numbers): Array<number> =>
  (field.picture?.symbols ?? []).flatMap(({ count, symbol }) =>
    Array.from({ length: count }, () => (symbol === "." ? 0x4b : 0xf1 + numbers.below(9))),
  )

class Maker {
  readonly bytes: Array<number> = []
  private readonly numbers: Numbers
  private readonly options: RandomRecordOptions
  private readonly counters = new Map<string, { min: number; max: number }>()
  private readonly counts = new Map<string, number>()

  constructor(layout: Layout, numbers: Numbers, options: RandomRecordOptions) {
    this.numbers = numbers
    this.options = options
    this.index(layout.root)
  }

  private index(field: Field): void {
    const { counter, max, min } = field.table ?? {}
    if (counter !== undefined) this.counters.set(counter, { min: min ?? 0, max: max ?? 0 })
    if (field.kind === "group") for (const each of field.fields) this.index(each)
  }

  put(field: Field): void {
    if (field.table === undefined) {
      this.one(field)
      return
    }
    const { counter, max, stride } = field.table
    const count = counter === undefined ? max : (this.counts.get(counter) ?? max)
    for (let index = 0; index < count; index++) this.one(field)
    if (this.options.isActual === false) {
      for (let missing = (max - count) * stride; missing > 0; missing--) this.bytes.push(0x40)
    }
  }

  private one(field: Field): void {
    if (field.kind === "group") {
      // Of views of the same bytes the first is made.
      for (const each of field.fields) if (each.redefines === undefined) this.put(each)
      return
    }
    const range = this.counters.get(field.path)
    const count = range && range.min + this.numbers.below(range.max - range.min + 1)
    if (count !== undefined) this.counts.set(field.path, count)
    const { kind } = field.storage
    const bytes =
      kind === "text"
        ? text(this.numbers, field.length)
        : kind === "edited"
          ? edited(field, this.numbers)
          : numeric(field, this.numbers, count)
    const { faultOneIn } = this.options
    if (faultOneIn !== undefined && this.numbers.below(faultOneIn) === 0) {
      bytes[this.numbers.below(bytes.length)] = this.numbers.below(256)
    }
    this.bytes.push(...bytes)
  }
}

/** A batch of such records, some bytes apart. */
export const randomBatch = (
  layout: Layout,
  numbers: Numbers,
  count: number,
  options: RandomRecordOptions = {},
): RecordBatch => {
  const records = Array.from({ length: count }, () => {
    const maker = new Maker(layout, numbers, options)
    maker.put(layout.root)
    return maker.bytes
  })
  const starts = new Int32Array(count)
  const lengths = new Int32Array(count)
  const bytes: Array<number> = []
  records.forEach((record, index) => {
    for (let gap = numbers.below(5); gap > 0; gap--) bytes.push(0xff)
    starts[index] = bytes.length
    lengths[index] = record.length
    bytes.push(...record)
  })
  return {
    bytes: Uint8Array.from(bytes),
    starts,
    lengths,
    count,
    firstRecord: 0,
    fileOffset: 0,
  }
}
