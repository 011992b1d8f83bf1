/**
 * Numbers as people write them down, where they are compared with what a field holds.
 *
 * @since 0.1.0
 */
import type { FieldReader } from "./Framing.ts"

/**
 * Brings texts that stand for a field's values into the form that its reader gives: of a number
 * without zeros before it, so that `01` stands for what `PIC 9(2)` holds.
 *
 * @category conversions
 * @since 0.1.0
 */
export const asRead = (fields: FieldReader, path: string): ((text: string) => string) =>
  fields.isNumber?.(path) === true
    ? (text) => (/^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, "") : text)
    : (text) => text
