/**
 * What a field holds that nobody gave a value: its VALUE clause, else blanks or zeros.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"
import type { EncodeFaultCode } from "../field/FaultCode.ts"
import type { FieldCodec } from "../field/CodecShape.ts"
import type { ElementaryField } from "../layout/Layout.ts"
import type { Literal } from "../syntax/Item.ts"

const figurative = (
  name: Extract<Literal, { readonly kind: "figurative" }>["name"],
  codec: FieldCodec,
  page: CodePage,
): number | string => {
  const byteOf = (character: string): number => page.fromUnicode[character.charCodeAt(0)] ?? 0
  switch (name) {
    case "zero":
      return codec.isNumeric ? "0" : byteOf("0")
    case "space":
      return byteOf(" ")
    case "quote":
      return byteOf('"')
    case "high-value":
      return 0xff
    case "low-value":
    case "null":
      return 0x00
  }
}

/**
 * Writes a field's initial value.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  field: ElementaryField,
  codec: FieldCodec,
  page: CodePage,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  const { length, value } = field
  if (value === undefined) {
    if (codec.isNumeric) return codec.encode(0, bytes, offset)
    if (codec.decodeCut !== undefined) return codec.encode("", bytes, offset)
    bytes.fill(0, offset, offset + length)
    return undefined
  }
  switch (value.kind) {
    case "number":
      return codec.encode(value.text, bytes, offset)
    case "text": {
      const text = value.isAll
        ? value.text.repeat(Math.ceil(length / Math.max(value.text.length, 1))).slice(0, length)
        : value.text
      return codec.encode(text, bytes, offset)
    }
    case "hex":
      // Shorter ones are padded as a text would be.
      bytes.fill(page.isEbcdic ? 0x40 : 0x20, offset, offset + length)
      bytes.set(value.bytes.subarray(0, length), offset)
      return undefined
    case "figurative": {
      const fill = figurative(value.name, codec, page)
      if (typeof fill === "string") return codec.encode(fill, bytes, offset)
      bytes.fill(fill, offset, offset + length)
      return undefined
    }
  }
}
