/**
 * A real Redis for tests: `redis-server` from the path, on loopback, with files of its own.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { freePort } from "./FreePort.ts"
import { ServerProcess } from "./ServerProcess.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly process: ServerProcess
  /** The server's files: its append-only log and its dump. */
  readonly directory: string
}

/**
 * Starts a server that lives as long as the scope. By default it keeps every write
 * (`appendfsync always`) and evicts nothing.
 *
 * @param settings further arguments, such as `["--maxmemory", "8mb"]`
 * @category constructors
 * @since 0.1.0
 */
export const redisServer = (settings: ReadonlyArray<string> = []) =>
  Effect.acquireRelease(
    Effect.promise(() => start(settings)),
    (server) =>
      Effect.promise(async () => {
        await server.process.kill()
        await fs.rm(server.directory, { recursive: true, force: true })
      }),
  )

const start = async (settings: ReadonlyArray<string>): Promise<RedisServer> => {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "countersign-redis-"))
  const port = await freePort()
  const process = new ServerProcess({
    command: "redis-server",
    args: [
      "--bind",
      "127.0.0.1",
      "--port",
      String(port),
      "--dir",
      directory,
      "--save",
      "",
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
      "--maxmemory-policy",
      "noeviction",
      ...settings,
    ],
    answers: () => answers(port),
    missing: "install it with: apt-get install redis-server",
  })
  await process.start()
  return { url: `redis://127.0.0.1:${port}`, port, process, directory }
}

const answers = async (port: number): Promise<boolean> => {
  const client = new Redis({
    host: "127.0.0.1",
    port,
    // The third version greets first, and a server with a password refuses that.
    protocol: 2,
    enableReadyCheck: false,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  // Without a listener a refused connection is written to the console.
  client.on("error", () => undefined)
  try {
    await client.connect()
    const [role] = (await client.call("ROLE")) as [string]
    return role !== ""
  } catch (error) {
    // A server with a password serves too.
    return error instanceof Error && error.message.startsWith("NOAUTH")
  } finally {
    client.disconnect()
  }
}
