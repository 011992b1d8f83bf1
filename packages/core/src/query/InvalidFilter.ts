/**
 * The refusal of a text that is no filter.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

// A terminal's line, less the room that a caller needs before it.
const excerptWidth = 72

const visible = (text: string): string => text.replaceAll(/\s/gu, " ")

/**
 * A text is no filter. Nothing was searched.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidFilter extends Schema.TaggedError<InvalidFilter>(
  "@countersign/core/InvalidFilter",
)("InvalidFilter", {
  code: Schema.tag("AUD-1201"),
  isRetryable: Schema.tag(false),
  text: Schema.String,
  /** Where it goes wrong. Units: UTF-16 code units from the text's beginning, from 0. */
  position: Schema.Number,
  found: Schema.String,
  expected: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the filter, column ${this.position + 1}: found ${this.found}, expected ${this.expected}`
  }

  /** The part of the text that is concerned, and under it a caret at the position. */
  get excerpt(): string {
    const from = Math.max(0, this.position - excerptWidth / 2)
    const start = from === 0 ? "" : "…"
    const end = from + excerptWidth < this.text.length ? "…" : ""
    const before = visible(this.text.slice(from, this.position))
    const after = visible(this.text.slice(this.position, from + excerptWidth))
    const caret = " ".repeat(Array.from(start + before).length)
    return `${start}${before}${after}${end}\n${caret}^`
  }
}
