/** The table that the rows of PostgreSQL are measured on. */
import { Client } from "pg"

export const table = "countersign.audit_record"

const asked = async (url: string, ...statements: ReadonlyArray<string>): Promise<number> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  let answer = 0
  for (const statement of statements) {
    const { rows } = await client.query<{ answer?: string }>(statement)
    answer = Number(rows[0]?.answer ?? 0)
  }
  await client.end()
  return answer
}

/** Leaves the table empty, and no work of the round before that is still to be done. */
export const emptyTable = async (url: string): Promise<void> => {
  await asked(url, `truncate ${table}, countersign.sink_cursor`, "checkpoint")
}

export const countRows = (url: string): Promise<number> =>
  asked(url, `select count(*) as answer from ${table}`)
