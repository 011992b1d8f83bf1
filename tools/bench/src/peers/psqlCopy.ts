/** `psql \copy` of a file into a table: what the server takes from a program made for it. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

const psql = async (url: string, command: string): Promise<void> => {
  await promisify(execFile)("psql", [
    "--no-psqlrc",
    "--quiet",
    "--set",
    "ON_ERROR_STOP=1",
    "--command",
    command,
    url,
  ]).catch((cause: unknown) => {
    throw new Error("psql did not run; it comes with: apt-get install postgresql-client", { cause })
  })
}

/** Seconds from the start of psql to its end. */
export const psqlCopy = async (
  url: string,
  table: string,
  columns: ReadonlyArray<string>,
  file: string,
): Promise<number> => {
  const from = performance.now()
  await psql(url, `\\copy ${table} (${columns.join(", ")}) from '${file}'`)
  return (performance.now() - from) / 1000
}

/** Writes what a query finds into the file that {@link psqlCopy} reads. */
export const psqlCopyOut = (url: string, query: string, file: string): Promise<void> =>
  psql(url, `\\copy (${query}) to '${file}'`)
