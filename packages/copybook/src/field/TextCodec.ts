/**
 * Codecs of fields that hold characters, or bytes without a meaning.
 *
 * @since 0.1.0
 */
import type { FieldCodec, FieldValue } from "./CodecShape.ts"
import type { BytesForm, FieldOptions } from "./FieldOptions.ts"
import * as Text from "./Text.ts"

/**
 * Bytes as text in hex or base64, or a copy of them.
 *
 * @category conversions
 * @since 0.1.0
 */
export const showBytes = (bytes: Uint8Array, form: BytesForm): FieldValue => {
  if (form === "bytes") return bytes.slice()
  return Buffer.from(bytes).toString(form)
}

/**
 * Bytes as they are.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bytesCodec = (length: number, form: BytesForm): FieldCodec => ({
  decode: (bytes, offset) => showBytes(bytes.subarray(offset, offset + length), form),
  fault: () => "CPY-4007",
  encode: (value, bytes, offset) => {
    const given =
      typeof value === "string" && form !== "bytes"
        ? Buffer.from(value, form)
        : value instanceof Uint8Array
          ? value
          : undefined
    const isWhole =
      given?.length === length &&
      (typeof value !== "string" ||
        form === "bytes" ||
        showBytes(given, form) === canonical(value, form))
    if (given === undefined || !isWhole) return "CPY-5016"
    bytes.set(given, offset)
    return undefined
  },
  zero: form === "bytes" ? new Uint8Array(0) : "",
  isNumeric: false,
  isPlainText: false,
})

const canonical = (value: string, form: BytesForm): string =>
  form === "hex" ? value.toLowerCase() : value

/**
 * Which blanks are left out around a field's text: those that fill it, and of a justified field
 * they stand before the text.
 *
 * @category getters
 * @since 0.1.0
 */
export const trimOf = (
  field: { readonly isJustified: boolean },
  options: Pick<FieldOptions, "trim">,
): Text.Trim => options.trim ?? (field.isJustified ? "left" : "right")

/**
 * Text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textCodec = (
  format: Text.TextFormat,
  field: { readonly length: number; readonly isJustified: boolean },
  options: FieldOptions,
  isPlainText: boolean,
): FieldCodec => {
  const how = trimOf(field, options)
  const decodeCut = (bytes: Uint8Array, offset: number, length: number): FieldValue | undefined => {
    const text = format.read(bytes, offset, length)
    return text === undefined ? undefined : Text.trim(text, how, options.trimsControls)
  }
  const writing = {
    isJustified: field.isJustified,
    canTruncate: options.longTexts === "truncate",
  }
  return {
    decode: (bytes, offset) => decodeCut(bytes, offset, field.length),
    decodeCut,
    fault: format.fault,
    encode: (value, bytes, offset) =>
      typeof value === "string"
        ? Text.write(format, value, bytes, offset, field.length, writing)
        : "CPY-5005",
    zero: "",
    isNumeric: false,
    isPlainText,
  }
}
