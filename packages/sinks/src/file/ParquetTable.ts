/**
 * Events as a Parquet table, one group of rows at a time.
 *
 * Beside the columns of the event there is `event`, its canonical bytes: what the columns leave
 * out or round is in it, and a row can be compared with the trail.
 *
 * @since 0.1.0
 */
import * as zlib from "node:zlib"
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer"
import { type ColumnKind, eventColumns } from "./EventColumns.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ParquetTableOptions {
  /** Origin of the trail. */
  readonly trail: string
  /** Rows in a group at most. Default 20,000. */
  readonly rowsMax?: number
  /** Bytes of events in a group, after which it is full. Default 8 MiB. */
  readonly bytesMax?: number
}

// Microseconds hold what an event's time has, but for the last three of nine digits.
const instantType: Partial<SchemaElement> = {
  type: "INT64",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
  converted_type: "TIMESTAMP_MICROS",
}
const textType: Partial<SchemaElement> = {
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
}

const schema: Array<SchemaElement> = [
  { name: "root", num_children: eventColumns.length + 2 },
  { name: "sequence", type: "INT64", repetition_type: "REQUIRED" },
  ...eventColumns.map(({ kind, name }): SchemaElement => {
    const type = kind === "instant" ? instantType : textType
    return { name, ...type, repetition_type: "OPTIONAL" }
  }),
  { name: "event", ...textType, repetition_type: "REQUIRED" },
]

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?Z$/

/** Microseconds since 1970; nothing where the text is no instant. */
const microsOf = (text: string): bigint | undefined => {
  const match = instantPattern.exec(text)
  const millis = match === null ? Number.NaN : Date.parse(text)
  if (Number.isNaN(millis)) return undefined
  const below = (match?.[1] ?? "").padEnd(9, "0").slice(3, 6)
  return BigInt(millis) * 1000n + BigInt(below)
}

const cellOf = (kind: ColumnKind, text: string | undefined): string | bigint | undefined =>
  kind === "instant" && text !== undefined ? microsOf(text) : text

/**
 * Rows go in, and the bytes of a file come out.
 *
 * - Memory: one group of rows, and what the file's end says of all groups (about 6 kB each).
 *
 * @category models
 * @since 0.1.0
 */
export class ParquetTable {
  private readonly rowsMax: number
  private readonly bytesMax: number
  private readonly writer = new ByteWriter(1024 * 1024)
  private readonly table: ParquetWriter
  private sequences: Array<bigint> = []
  private cells: ReadonlyArray<Array<string | bigint | undefined>> = eventColumns.map(() => [])
  private events: Array<Uint8Array> = []
  private bytes = 0

  constructor({ bytesMax = 8 * 1024 * 1024, rowsMax = 20_000, trail }: ParquetTableOptions) {
    this.rowsMax = rowsMax
    this.bytesMax = bytesMax
    this.table = new ParquetWriter({
      writer: this.writer,
      schema,
      codec: "ZSTD",
      compressors: { ZSTD: (bytes) => zlib.zstdCompressSync(bytes) },
      createdBy: "countersign",
      kvMetadata: [{ key: "countersign.trail", value: trail }],
    })
  }

  /**
   * Adds a row.
   *
   * @param bytes of the event, which are kept until they are taken
   * @param event the same, parsed
   */
  add(sequence: number, bytes: Uint8Array, event: unknown): void {
    this.sequences.push(BigInt(sequence))
    for (const [index, { cellOf: textOf, kind }] of eventColumns.entries()) {
      this.cells[index]?.push(cellOf(kind, textOf(event)))
    }
    this.events.push(bytes)
    this.bytes += bytes.byteLength
    if (this.events.length >= this.rowsMax || this.bytes >= this.bytesMax) this.endGroup()
  }

  /** The bytes that are done since the last call. */
  take(): Uint8Array {
    const taken = Buffer.from(this.writer.getBytes())
    this.writer.index = 0
    return taken
  }

  /** Ends the table; the last bytes are to be taken afterwards. */
  end(): void {
    this.endGroup()
    void this.table.finish()
  }

  private endGroup(): void {
    const count = this.events.length
    if (count === 0) return
    // Bounds of a hash or of a whole event help nobody to skip a group.
    const bare = { offsetIndex: false }
    void this.table.write({
      columnData: [
        { name: "sequence", data: this.sequences, ...bare },
        ...eventColumns.map(({ name }, index) => ({
          name,
          data: this.cells[index] ?? [],
          ...bare,
        })),
        { name: "event", data: this.events, statistics: false, ...bare },
      ],
      rowGroupSize: count,
    })
    this.sequences = []
    this.cells = eventColumns.map(() => [])
    this.events = []
    this.bytes = 0
  }
}
