import { assert, describe, it } from "@effect/vitest"
import * as Arrow from "apache-arrow"
import * as Result from "effect/Result"
import { parquetReadObjects } from "hyparquet"
import { codePage } from "../charset/CodePages.ts"
import { RecordDecoder } from "../record/RecordDecoder.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { bothKernels } from "../testing/BothKernels.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { arrowSchemaOf, type ArrowType } from "../schema/ArrowSchema.ts"
import { ArrowFile } from "./ArrowFile.ts"
import { ColumnDecoder } from "./ColumnDecoder.ts"
import { ParquetFile } from "./ParquetFile.ts"

const layout = layoutOfText(`
  01 R.
    05 NAME-1 PIC X(20). 05 Z PIC S9(9)V99. 05 P PIC S9(9) COMP-3. 05 W PIC S9(28)V9(3) COMP-3.
    05 B PIC S9(9) COMP. 05 M PIC S9(3)PP. 05 F COMP-2. 05 CELL PIC 9(3) OCCURS 2.`)

const plan = Result.getOrThrow(
  RecordPlan.make(layout, {
    codePage: Result.getOrThrow(codePage("cp037")),
    numbers: "string",
    policies: { digit: "null", sign: "null", blank: "null" },
  }),
)
const batch = randomBatch(layout, new Numbers(5), 50, { faultOneIn: 20 })

const halves = [
  { ...batch, count: 20 },
  { ...batch, count: 30, starts: batch.starts.subarray(20), lengths: batch.lengths.subarray(20) },
]

const reference = new RecordDecoder(plan)
const truths = Array.from({ length: batch.count }, (_, index) =>
  reference.decode(batch.bytes, batch.starts[index], batch.lengths[index]),
).map(({ value }) => value)

const names = ["NAME-1", "Z", "P", "W", "B", "M"] as const

/** An unscaled decimal or whole number as the record decoder writes it. */
const written = (value: unknown, decimals: number): unknown => {
  if (typeof value !== "bigint") return value
  if (decimals === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, "0")
  return `${value < 0n ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const decimalsOf = { Z: 2, W: 3 } as const

describe("columns leave as", () => {
  it("Arrow, and every value is there again", () => {
    for (const kernels of bothKernels()) {
      const decoder = new ColumnDecoder(plan, kernels)
      for (const format of ["stream", "file"] as const) {
        const file = new ArrowFile(decoder.sources, layout, format)
        const chunks = halves.map((half) => file.add(decoder.decode(half)))
        assert.isTrue(chunks.every(({ length }) => length > 1000))
        chunks.push(file.finish())
        const table = Arrow.tableFromIPC(Buffer.concat(chunks))
        assert.strictEqual(table.batches.length, 2)
        assert.strictEqual(table.numRows, batch.count)
        truths.forEach((truth, row) => {
          for (const name of names) {
            const value: unknown = table.getChild(name)?.get(row)
            const words = value instanceof Uint32Array ? value : undefined
            const number = words?.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
            const shown =
              number === undefined
                ? written(value, 0)
                : written(
                    BigInt.asIntN(128, number),
                    name === "Z" || name === "W" ? decimalsOf[name] : 0,
                  )
            assert.strictEqual(shown, truth[name], `${name} ${row}`)
          }
          const cells = Array.from(table.getChild("CELL")?.get(row) as Iterable<unknown>)
          assert.deepStrictEqual(
            cells.map((cell) => (cell === null ? null : String(cell as bigint))),
            (truth["CELL"] as ReadonlyArray<string | null>).map((cell) =>
              cell === null ? null : String(Number(cell)),
            ),
          )
        })
      }
    }
  })

  it("Parquet, in row groups, and every value is there again", async () => {
    for (const kernels of bothKernels()) {
      const decoder = new ColumnDecoder(plan, kernels)
      const file = new ParquetFile(decoder.sources)
      const chunks = halves.map((half) => file.add(decoder.decode(half)))
      chunks.push(file.finish())
      const bytes = Buffer.concat(chunks)
      const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer })
      assert.strictEqual(rows.length, batch.count)
      rows.forEach((row, index) => {
        const truth = truths[index]
        assert.strictEqual(row["NAME-1"], truth?.["NAME-1"])
        for (const name of ["Z", "P", "B", "M", "W"] as const) {
          const value: unknown = truth?.[name]
          const own = row[name]
          assert.strictEqual(own === null, value === null, `${name} ${index}`)
          // Its reader makes doubles of decimals.
          const apart = Math.abs(Number(own) - Number(value))
          assert.isAtMost(apart, Math.abs(Number(value)) * 1e-15, `${name} ${index}`)
        }
        const cells = truth?.["CELL"] as ReadonlyArray<string | null>
        const second = cells[1] ?? null
        assert.strictEqual(
          row["CELL.2"] === null ? null : Number(row["CELL.2"]),
          second === null ? null : Number(second),
        )
      })
    }
  })
})

/** As plain data, in the words of the layout's schema. */
const plainType = (type: Arrow.DataType): ArrowType => {
  if (Arrow.DataType.isUtf8(type)) return { kind: "utf8" }
  if (Arrow.DataType.isInt(type))
    return { kind: "int", bits: type.bitWidth, isSigned: type.isSigned }
  if (Arrow.DataType.isFloat(type)) return { kind: "float", bits: 64 }
  if (Arrow.DataType.isDecimal(type)) {
    return { kind: "decimal128", precision: type.precision, scale: type.scale }
  }
  if (Arrow.DataType.isFixedSizeBinary(type)) return { kind: "binary", width: type.byteWidth }
  if (!Arrow.DataType.isFixedSizeList(type)) throw new Error(`a column of the type ${type.typeId}`)
  const [item] = type.children
  if (item === undefined) throw new Error("a list has items")
  const { name, nullable } = item
  return {
    kind: "list",
    item: { name, type: plainType(item.type), isNullable: nullable, metadata: {} },
    min: type.listSize,
    max: type.listSize,
  }
}

describe("an Arrow file", () => {
  const every = layoutOfText(`
    01 R.
      05 T PIC X(4). 05 FILLER PIC X(2). 05 Z PIC S9(9)V99. 05 I PIC 9(18). 05 W PIC S9(19). 05 S PIC S9(3)PP.
      05 B1 PIC S9(4) COMP. 05 B2 PIC S9(18) COMP. 05 B3 PIC 9(18) COMP-5. 05 B4 PIC S9(5)V9 COMP.
      05 F1 COMP-1. 05 F2 COMP-2. 05 E1 PIC ZZ9.99. 05 E2 PIC XXBXX. 05 N PIC N(3). 05 O POINTER.
      05 COUNT-1 PIC 9. 05 ROW OCCURS 1 TO 3 DEPENDING ON COUNT-1. 10 CELL PIC X(2) OCCURS 4. 10 FLAG PIC X.`)

  it("has the schema that is told of its layout beforehand, with rows or without", () => {
    for (const hasFillers of [false, true]) {
      const own = { codePage: plan.options.codePage, hasFillers }
      const every1 = Result.getOrThrow(RecordPlan.make(every, own))
      for (const kernels of bothKernels()) {
        const decoder = new ColumnDecoder(every1, kernels)
        const records = randomBatch(every, new Numbers(3), 7, { faultOneIn: 9 })
        for (const rows of [[], [records]]) {
          const file = new ArrowFile(decoder.sources, every)
          const chunks = rows.map((each) => file.add(decoder.decode(each)))
          const { numRows, schema } = Arrow.tableFromIPC(Buffer.concat([...chunks, file.finish()]))
          assert.strictEqual(numRows, rows.length * 7)
          assert.deepStrictEqual(
            {
              fields: schema.fields.map(({ metadata, name, nullable, type }) => ({
                name,
                type: plainType(type),
                isNullable: nullable,
                metadata: Object.fromEntries(metadata),
              })),
              metadata: Object.fromEntries(schema.metadata),
            },
            arrowSchemaOf(every, { form: "columns", hasFillers }),
          )
        }
      }
    }
  })

  it("keeps nothing of the batches that it was given", () => {
    const [kernels] = bothKernels()
    if (kernels === undefined) throw new Error("there are kernels")
    const decoder = new ColumnDecoder(plan, kernels)
    const file = new ArrowFile(decoder.sources, layout)
    const columns = decoder.decode(batch)
    const sizes = Array.from({ length: 50 }, () => file.add(columns).length)
    assert.strictEqual(new Set(sizes.slice(1)).size, 1)
    // Of each batch its place: 24 bytes.
    assert.isBelow(file.finish().length, 50 * 24 + 4096)
  })
})
