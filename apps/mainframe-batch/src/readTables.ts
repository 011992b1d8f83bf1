/** Reads the Parquet files back, with a library that did not write them. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { parquetReadObjects } from "hyparquet"
import * as Effect from "effect/Effect"
import { type Table, tables } from "./bankDay.ts"
import { measures, noTotals, type Totals } from "./totals.ts"

export interface TableFile {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly rows: number
  /** Why it can't be read. */
  readonly problem?: string
}

/** The library gives decimals as doubles, which hold the cents of such amounts. */
const centsIn = (value: unknown): bigint => BigInt(Math.round(Number(value) * 100))

const add = (
  totals: Totals,
  { groups, type }: Table,
  rows: ReadonlyArray<Readonly<Record<string, unknown>>>,
): void => {
  const record = type === "A" ? "ACCOUNT-RECORD" : "TRANSACTION-RECORD"
  for (const { field, isMoney, name, record: of } of measures) {
    if (of !== record) continue
    if (field === undefined) {
      totals[name] += BigInt(rows.length)
      continue
    }
    const column = [record, ...field].join(".")
    for (const row of rows) {
      const value = row[column]
      if (value === undefined) throw new Error(`it has no column ${column} of ${groups.join(", ")}`)
      totals[name] += isMoney ? centsIn(value) : BigInt(Number(value))
    }
  }
}

const columnsOf = ({ type }: Table): Array<string> => {
  const record = type === "A" ? "ACCOUNT-RECORD" : "TRANSACTION-RECORD"
  return measures.flatMap(({ field, record: of }) =>
    of === record && field !== undefined ? [[record, ...field].join(".")] : [],
  )
}

/** What the tables of a directory add up to. What is no Parquet file has a problem, and adds nothing. */
export const readTables = Effect.fnUntraced(function* (directory: string) {
  const totals = noTotals()
  const files: Array<TableFile> = []
  for (const table of tables) {
    const { file } = table
    const bytes = yield* Effect.sync(() => fs.readFileSync(path.join(directory, file)))
    const facts = {
      file,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    }
    const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    const found = yield* Effect.tryPromise({
      try: async () => {
        const rows = await parquetReadObjects({ file: content, columns: columnsOf(table) })
        const own = noTotals()
        add(own, table, rows)
        return { own, rows: rows.length }
      },
      catch: (cause) => (cause instanceof Error ? cause.message : String(cause)),
    }).pipe(Effect.result)
    if (found._tag === "Failure") {
      files.push({ ...facts, rows: 0, problem: found.failure })
      continue
    }
    for (const { name } of measures) totals[name] += found.success.own[name]
    files.push({ ...facts, rows: found.success.rows })
  }
  return { totals, files }
})
