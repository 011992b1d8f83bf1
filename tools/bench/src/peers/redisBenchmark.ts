/** XADD by Redis' own load generator: one connection, a fixed number of commands on the way. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"

export interface RedisBenchmarkOptions {
  readonly port: number
  readonly count: number
  /** Content of one entry. Units: bytes. */
  readonly bytes: number
  /** Commands sent before the first answer is awaited. */
  readonly pipeline: number
}

/** Entries a second, as the program says itself. */
export const redisBenchmark = async (options: RedisBenchmarkOptions): Promise<number> => {
  const { stdout } = await promisify(execFile)("redis-benchmark", [
    "-h",
    "127.0.0.1",
    "-p",
    String(options.port),
    "-c",
    "1",
    "-n",
    String(options.count),
    "-P",
    String(options.pipeline),
    "--csv",
    "XADD",
    "redis-benchmark",
    "*",
    "entry",
    "x".repeat(options.bytes),
  ]).catch((cause: unknown) => {
    throw new Error("redis-benchmark did not run; it comes with: apt-get install redis-tools", {
      cause,
    })
  })
  const [, perSecond] = stdout.trim().split("\n").at(-1)?.replaceAll('"', "").split(",") ?? []
  const value = Number(perSecond)
  if (!(value > 0)) throw new Error(`redis-benchmark printed: ${stdout}`)
  return value
}
