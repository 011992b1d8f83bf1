/**
 * The text fields of one record, translated at once: a string made of many bytes and cut costs a
 * fraction of many strings made of few.
 *
 * What is cut from it keeps the whole alive, which is one record.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"
import type { Step } from "./Step.ts"

const isBlank = (unit: number, from: number): boolean => unit <= 0x20 && unit >= from

/**
 * @category models
 * @since 0.1.0
 */
export class RecordText {
  readonly #table: Uint16Array
  /** The same in bytes, for pages that are Latin-1. */
  readonly #latin: Uint8Array
  readonly #isLatin: boolean
  /** From and until, in pairs: what is translated. */
  readonly #runs: Int32Array
  #narrow = Buffer.alloc(0)
  #wide = new Uint16Array(0)
  /** The record's text; what lies between texts in it means nothing. */
  text = ""
  /** The units of the text, one a byte of the record. */
  units: Uint8Array | Uint16Array = this.#narrow
  #size = 0

  /**
   * @param runs places in the record, in pairs of from and until; empty for all of it
   */
  constructor(page: CodePage, runs: ReadonlyArray<number>) {
    this.#table = page.toUnicode
    this.#latin = Uint8Array.from(page.toUnicode)
    this.#isLatin = page.isLatin
    this.#runs = Int32Array.from(runs)
  }

  /** Translates a record's text. */
  read(bytes: Uint8Array, start: number, length: number): void {
    if (this.#size < length) {
      this.#size = length * 2
      this.#narrow = Buffer.alloc(this.#isLatin ? this.#size : 0)
      this.#wide = new Uint16Array(this.#isLatin ? 0 : this.#size)
      this.units = this.#isLatin ? this.#narrow : this.#wide
    }
    const runs = this.#runs
    if (runs.length === 0) this.#translate(bytes, start, 0, length)
    for (let index = 0; index < runs.length; index += 2) {
      const until = runs[index + 1] ?? 0
      this.#translate(bytes, start, runs[index] ?? 0, until < length ? until : length)
    }
    this.text = this.#isLatin
      ? this.#narrow.toString("latin1", 0, length)
      : Buffer.from(this.#wide.buffer).toString("utf16le", 0, length * 2)
  }

  #translate(bytes: Uint8Array, start: number, from: number, until: number): void {
    if (this.#isLatin) {
      const latin = this.#latin
      const narrow = this.#narrow
      for (let index = from; index < until; index++) {
        narrow[index] = latin[bytes[start + index] ?? 0] ?? 0
      }
      return
    }
    const table = this.#table
    const wide = this.#wide
    for (let index = from; index < until; index++) {
      wide[index] = table[bytes[start + index] ?? 0] ?? 0
    }
  }

  /** A text without the blanks that are not wanted. */
  cut(step: Step, place: number): string {
    const units = this.units
    const { trimmedFrom } = step
    let end = place + step.length
    let begin = place
    if (step.isTrimmedRight) {
      while (end > begin && isBlank(units[end - 1] ?? 0, trimmedFrom)) end--
    }
    if (step.isTrimmedLeft) {
      while (begin < end && isBlank(units[begin] ?? 0, trimmedFrom)) begin++
    }
    return this.text.substring(begin, end)
  }
}

/**
 * Where plain text lies in records whose fields never move; empty where anything does.
 *
 * @category getters
 * @since 0.1.0
 */
export const textRuns = (root: Step): ReadonlyArray<number> => {
  if (root.isVariable) return []
  const runs: Array<number> = []
  const put = (from: number, until: number): void => {
    const last = runs.at(-1)
    if (last === undefined || from > last) {
      runs.push(from, until)
      return
    }
    // A view's text may begin before the one that another view had last.
    runs[runs.length - 2] = Math.min(runs.at(-2) ?? 0, from)
    runs[runs.length - 1] = Math.max(last, until)
  }
  const visit = (step: Step): void => {
    if (step.kind === "text") put(step.offset, step.offset + step.length)
    if (step.kind === "table" && step.table !== undefined && hasText(step)) {
      put(step.offset, step.offset + step.table.stride * step.table.max)
    } else for (const each of step.steps) visit(each)
  }
  visit(root)
  // Views begin again where others did; what is not in order is translated whole.
  return runs.every((place, index) => index === 0 || place >= (runs[index - 1] ?? 0)) ? runs : []
}

/**
 * Whether any text is read at once with its record.
 *
 * @category predicates
 * @since 0.1.0
 */
export const hasText = (step: Step): boolean =>
  (step.kind === "text" && step.isShown) || step.steps.some(hasText)
