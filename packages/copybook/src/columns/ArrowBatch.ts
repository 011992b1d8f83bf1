/**
 * Columns as Apache Arrow record batches.
 *
 * A field is a column under its path. Numbers with decimals, and those of more than 18 digits,
 * are Decimal128; others 64-bit integers. A field inside tables is a list of a fixed size, with
 * its places beyond a counter absent: that keeps its column as it is, and says as much as nested
 * lists.
 *
 * @since 0.1.0
 */
import * as Arrow from "apache-arrow"
import type { Layout } from "../layout/Layout.ts"
import type { Column, DecimalColumn, IntegerColumn, TextColumn } from "./Column.ts"
import type { ColumnBatch } from "./ColumnDecoder.ts"
import type { ColumnSource } from "./ColumnPlan.ts"

interface Bitmap {
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
}

const bitmapOf = ({ length, valid }: Column): Bitmap => {
  const nullBitmap = new Uint8Array((length + 7) >> 3)
  let good = 0
  for (let index = 0; index < length; index++) {
    if (valid[index] !== 1) continue
    nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | (1 << (index & 7))
    good += 1
  }
  return good === length ? { nullCount: 0 } : { nullCount: length - good, nullBitmap }
}

const utf8Of = (
  column: TextColumn,
): { readonly data: Uint8Array; readonly valueOffsets: Int32Array } => {
  const { bytes, length, offsets, width = 0 } = column
  if (offsets !== undefined) return { data: bytes.slice(), valueOffsets: offsets.slice() }
  const valueOffsets = new Int32Array(length + 1)
  if (bytes.every((byte) => byte < 0x80)) {
    for (let index = 0; index <= length; index++) valueOffsets[index] = index * width
    return { data: bytes.slice(), valueOffsets }
  }
  const values = Array.from({ length }, (_, index) =>
    Buffer.from(Buffer.from(bytes.subarray(index * width, (index + 1) * width)).toString("latin1")),
  )
  values.forEach((value, index) => {
    valueOffsets[index + 1] = (valueOffsets[index] ?? 0) + value.length
  })
  return { data: Buffer.concat(values), valueOffsets }
}

/** What 128 bits hold. */
const precision = 38

/** As 32-bit words of 128 bits, low first. */
const wordsOf = (column: DecimalColumn | IntegerColumn): Uint32Array => {
  if (column.kind === "decimal") {
    if (column.scale >= 0) return new Uint32Array(column.values.slice().buffer)
    const factor = 10n ** BigInt(-column.scale)
    const shifted = new BigUint64Array(column.values.length)
    for (let index = 0; index < shifted.length; index += 2) {
      const high = BigInt.asIntN(64, column.values[index + 1] ?? 0n)
      const whole = ((high << 64n) | (column.values[index] ?? 0n)) * factor
      shifted[index] = BigInt.asUintN(64, whole)
      shifted[index + 1] = BigInt.asUintN(64, whole >> 64n)
    }
    return new Uint32Array(shifted.buffer)
  }
  const wide = new BigInt64Array(column.values.length * 2)
  // A scale below 0 would be read differently here and there.
  const factor = 10n ** BigInt(Math.max(0, -column.scale))
  column.values.forEach((value, index) => {
    const whole = value * factor
    wide[index * 2] = BigInt.asIntN(64, whole)
    wide[index * 2 + 1] = whole >> 64n
  })
  return new Uint32Array(wide.buffer)
}

const dataOf = (column: Column): Arrow.Data => {
  const base = { length: column.length, ...bitmapOf(column) }
  switch (column.kind) {
    case "text":
      return Arrow.makeData({ type: new Arrow.Utf8(), ...base, ...utf8Of(column) })
    case "float":
      return Arrow.makeData({ type: new Arrow.Float64(), ...base, data: column.values.slice() })
    case "bytes": {
      const type = new Arrow.FixedSizeBinary(column.width)
      return Arrow.makeData({ type, ...base, data: column.bytes.slice() })
    }
    case "integer":
      if (column.scale === 0) {
        return Arrow.makeData({ type: new Arrow.Int64(), ...base, data: column.values.slice() })
      }
      return decimalData(column, base)
    case "decimal":
      return decimalData(column, base)
  }
}

const decimalType = (scale: number): Arrow.Decimal =>
  new Arrow.Decimal(Math.max(0, scale), precision, 128)

const typeOf = ({ field, form, scale }: ColumnSource): Arrow.DataType => {
  if (form === "latin" || form === "utf8") return new Arrow.Utf8()
  if (form === "float") return new Arrow.Float64()
  if (form === "bytes") return new Arrow.FixedSizeBinary(field.length)
  return form === "integer" && scale === 0 ? new Arrow.Int64() : decimalType(scale)
}

const listType = (places: number, type: Arrow.DataType): Arrow.FixedSizeList =>
  new Arrow.FixedSizeList(places, new Arrow.Field("item", type, true))

const fieldOf = (path: string, type: Arrow.DataType): Arrow.Field =>
  new Arrow.Field(path, type, true, new Map([["cobol.path", path]]))

/**
 * The schema of the record batches that come from columns: a field is a column under its path.
 *
 * @category conversions
 * @since 0.1.0
 */
export const schemaOf = (sources: ReadonlyArray<ColumnSource>, layout: Layout): Arrow.Schema =>
  new Arrow.Schema(
    sources.map((source) => {
      const { path } = source.field
      const places = source.offsets.length
      const type = places === 1 ? typeOf(source) : listType(places, typeOf(source))
      return fieldOf(path, type)
    }),
    new Map([
      ["cobol.record", layout.name],
      ["cobol.fingerprint", layout.fingerprint],
      ["cobol.dialect", layout.dialect],
    ]),
  )

const decimalData = (
  column: DecimalColumn | IntegerColumn,
  base: Bitmap & { readonly length: number },
): Arrow.Data =>
  Arrow.makeData({
    type: decimalType(column.scale),
    ...base,
    data: wordsOf(column),
  })

const listed = (column: Column, records: number): Arrow.Data => {
  const data = dataOf(column)
  if (column.places === 1) return data
  const type = listType(column.places, data.type)
  return Arrow.makeData({ type, length: records, nullCount: 0, child: data })
}

/**
 * A record batch with copies of the columns.
 *
 * @param schema of the columns
 * @category conversions
 * @since 0.1.0
 */
export const recordBatch = (
  { columns, count }: ColumnBatch,
  schema: Arrow.Schema,
): Arrow.RecordBatch => {
  const children = columns.map((column) => listed(column, count))
  const type = new Arrow.Struct(schema.fields)
  const data = Arrow.makeData({ type, length: count, nullCount: 0, children })
  return new Arrow.RecordBatch(schema, data)
}
