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
import { ipc, recordBatch } from "./ArrowBatch.ts"
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
      const columns = new ColumnDecoder(plan, kernels).decode(batch)
      for (const format of ["stream", "file"] as const) {
        const table = Arrow.tableFromIPC(ipc([recordBatch(columns)], format))
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
      const chunks = [file.add(decoder.decode({ ...batch, count: 20 }))]
      const rest = {
        ...batch,
        count: 30,
        starts: batch.starts.subarray(20),
        lengths: batch.lengths.subarray(20),
      }
      chunks.push(file.add(decoder.decode(rest)), file.finish())
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
