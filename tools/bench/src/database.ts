/** The table that the rows of PostgreSQL are measured on. */
import { Client } from "pg"

export const table = "countersign.audit_record"

/** What the driver gives for one row: numbers too long for a double come as text. */
type Row = Readonly<Record<string, string>>

const ask = async (url: string, ...statements: ReadonlyArray<string>): Promise<Row> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  let row: Row = {}
  for (const statement of statements) {
    const { rows } = await client.query<Row>(statement)
    row = rows[0] ?? {}
  }
  await client.end()
  return row
}

/** Leaves the table empty, and no work of the round before that is still to be done. */
export const emptyTable = async (url: string): Promise<void> => {
  await ask(url, `truncate ${table}, countersign.sink_cursor`, "checkpoint")
}

export const countRows = async (url: string): Promise<number> =>
  Number((await ask(url, `select count(*) from ${table}`))["count"])

/** The first and the last time in the table, and statistics as autovacuum would make them. */
export const spanOf = async (
  url: string,
): Promise<{ readonly from: number; readonly to: number }> => {
  const found = await ask(
    url,
    `vacuum analyze ${table}`,
    `select extract(epoch from min("time")) * 1000 as from, extract(epoch from max("time")) * 1000 as to
       from ${table}`,
  )
  return { from: Number(found["from"]), to: Number(found["to"]) }
}
