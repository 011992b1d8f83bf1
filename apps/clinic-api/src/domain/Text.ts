/**
 * Texts that everything behind the API can take.
 */
import * as Schema from "effect/Schema"

/**
 * PostgreSQL takes neither NUL nor half a surrogate pair in JSON, and its error would quote the
 * whole document, into its log too.
 */
const storable = Schema.makeFilter((text: string) => text.isWellFormed() && !text.includes("\0"))

/** One line that is not empty. */
export const line = (lengthMax: number) =>
  Schema.String.check(Schema.isPattern(/^\P{Cc}+$/u), Schema.isMaxLength(lengthMax), storable)

/** Any number of lines, also none. */
export const prose = (lengthMax: number) =>
  Schema.String.check(Schema.isMaxLength(lengthMax), storable)
