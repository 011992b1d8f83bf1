/**
 * Columns as an Apache Parquet file, a row group a batch.
 *
 * A field is a column under its path; inside tables, one for each place (`ROW.CELL.2.1`, counted
 * from 1). Numbers with decimals, and those of more than 18 digits, are DECIMAL.
 *
 * @since 0.1.0
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer"
import type { Column } from "./Column.ts"
import type { ColumnBatch } from "./ColumnDecoder.ts"
import type { ColumnSource } from "./ColumnPlan.ts"

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number]

const precisionMost = 38
/** What 38 digits take. */
const decimalBytes = 16

const elementOf = ({ form, scale }: ColumnSource, name: string): SchemaElement => {
  const base = { name, repetition_type: "OPTIONAL" } as const
  if (form === "latin" || form === "utf8") {
    return { ...base, type: "BYTE_ARRAY", converted_type: "UTF8" }
  }
  if (form === "bytes") return { ...base, type: "BYTE_ARRAY" }
  if (form === "float") return { ...base, type: "DOUBLE" }
  if (form === "integer" && scale === 0) return { ...base, type: "INT64" }
  return {
    ...base,
    type: "FIXED_LEN_BYTE_ARRAY",
    type_length: decimalBytes,
    converted_type: "DECIMAL",
    precision: precisionMost,
    scale: Math.max(0, scale),
  }
}

const namesOf = ({ field, indexes }: ColumnSource): ReadonlyArray<string> =>
  indexes.map((place) => [field.path, ...place.map((index) => index + 1)].join("."))

const valueAt = (column: Column, index: number): unknown => {
  if (column.valid[index] !== 1) return null
  switch (column.kind) {
    case "text": {
      const { bytes, offsets, width = 0 } = column
      if (offsets === undefined) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset + index * width, width)
        return text.toString("latin1")
      }
      const from = offsets[index] ?? 0
      const until = offsets[index + 1] ?? 0
      return Buffer.from(bytes.buffer, bytes.byteOffset + from, until - from).toString("utf8")
    }
    case "integer":
      return wholeOf(column.values[index] ?? 0n, column.scale)
    case "decimal": {
      const high = BigInt.asIntN(64, column.values[index * 2 + 1] ?? 0n)
      return wholeOf((high << 64n) | (column.values[index * 2] ?? 0n), column.scale)
    }
    case "float":
      return column.values[index]
    case "bytes":
      return column.bytes.slice(index * column.width, (index + 1) * column.width)
  }
}

/** Parquet has no scale below 0. */
const wholeOf = (unscaled: bigint, scale: number): bigint =>
  scale < 0 ? unscaled * 10n ** BigInt(-scale) : unscaled

/**
 * Makes a file piece by piece, so that one row group is held at a time.
 *
 * @category models
 * @since 0.1.0
 */
export class ParquetFile {
  private readonly writer = new ByteWriter()
  private readonly parquet: ParquetWriter
  private readonly names: ReadonlyArray<ReadonlyArray<string>>

  /**
   * @param sources the columns of the decoder that the batches come from
   */
  constructor(sources: ReadonlyArray<ColumnSource>) {
    this.names = sources.map(namesOf)
    const elements = sources.flatMap((source) =>
      namesOf(source).map((name) => elementOf(source, name)),
    )
    const root: SchemaElement = { name: "record", num_children: elements.length }
    this.parquet = new ParquetWriter({ writer: this.writer, schema: [root, ...elements] })
  }

  /** The bytes that follow those given before. */
  add({ columns, count }: ColumnBatch): Uint8Array {
    if (count > 0) {
      const columnData = columns.flatMap((column, which) =>
        (this.names[which] ?? []).map((name, place) => ({
          name,
          data: Array.from({ length: count }, (_, record) =>
            valueAt(column, record * column.places + place),
          ),
        })),
      )
      // It returns a promise only for writers that flush.
      void this.parquet.write({ columnData, rowGroupSize: count })
    }
    return this.taken()
  }

  /** The last bytes: without them there is no file. */
  finish(): Uint8Array {
    void this.parquet.finish()
    return this.taken()
  }

  private taken(): Uint8Array {
    const bytes = this.writer.getBytes().slice()
    this.writer.index = 0
    return bytes
  }
}
