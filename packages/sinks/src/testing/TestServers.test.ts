import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { Client } from "pg"
import { faultyProxy } from "./FaultyProxy.ts"
import { freshDatabase, postgresServer } from "./PostgresServer.ts"
import { redisServer } from "./RedisServer.ts"

const startOf = (directory: string): ReadonlyArray<string> => [
  "--conditions=@countersign/source",
  "--input-type=module",
  "--eval",
  `import { spawn } from "node:child_process"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
   import { postgresServer } from ${JSON.stringify(import.meta.resolve("./PostgresServer.ts"))}
   await Effect.runPromise(Effect.scoped(postgresServer(${JSON.stringify({ directory })})))`,
]

const answerOf = async (url: string, query: string, timeoutMillis = 2_000): Promise<unknown> => {
  const client = new Client({
    connectionString: url,
    query_timeout: timeoutMillis,
    connectionTimeoutMillis: timeoutMillis,
  })
  client.on("error", () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly answer: unknown }>(query)
    return rows[0]?.answer
  } finally {
    await client.end().catch(() => undefined)
  }
}

describe("the servers of the tests", () => {
  it.live("keep what was committed when PostgreSQL is killed and started again", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer()
      yield* Effect.promise(async () => {
        const url = await freshDatabase(server, "kept")
        await answerOf(url, "create table fact as select 42 as answer")
        await server.process.kill()
        await server.process.start()
        assert.strictEqual(await answerOf(url, "select answer from fact"), 42)
      })
    }),
  )

  // As short as a start on a busy machine allows.
  const startMillisMax = 8_000

  it.live("let PostgreSQL recover for longer than a start may take", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer({
        settings: { hot_standby: "off" },
        startMillisMax,
      })
      const data = path.join(server.directory, "data")
      yield* Effect.promise(async () => {
        await server.process.end("SIGINT")
        // A standby that serves nobody recovers until it is promoted.
        await fs.writeFile(path.join(data, "standby.signal"), "")
        const { uid, gid } = await fs.stat(data)
        await fs.chown(path.join(data, "standby.signal"), uid, gid)
        let isOver = false
        const started = server.process.start().finally(() => void (isOver = true))
        const until = performance.now() + 1.2 * startMillisMax
        while (performance.now() < until && !isOver) await answerOf(server.url, "").catch(String)
        assert.isFalse(isOver)
        await fs.writeFile(path.join(data, "promote"), "")
        process.kill(server.process.pid ?? 0, "SIGUSR1")
        await started
        assert.strictEqual(await answerOf(server.url, "select 42 as answer"), 42)
      })
    }),
  )

  it.live("begin anew where PostgreSQL's data was not made to the end", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      yield* Effect.promise(async () => {
        await fs.chmod(directory, 0o711)
        // An initdb is killed as soon as it has written something.
        const killed = spawn(process.execPath, startOf(directory), { detached: true })
        const made = async () => (await fs.readdir(directory, { recursive: true })).length
        while ((await made()) < 30 && killed.exitCode === null);
        process.kill(-(killed.pid ?? 0), "SIGKILL")
        await new Promise((resolve) => killed.once("close", resolve))
      })
      const server = yield* postgresServer({ directory })
      const answer = yield* Effect.promise(() => answerOf(server.url, "select 42 as answer"))
      assert.strictEqual(answer, 42)
      assert.deepStrictEqual(yield* Effect.promise(() => fs.readdir(directory)), ["data"])
    }),
  )

  it.live("keep what was written when Redis is killed and started again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      yield* Effect.promise(async () => {
        const client = new Redis(server.url, { maxRetriesPerRequest: 100 })
        client.on("error", () => undefined)
        await client.set("fact", "42")
        await server.process.kill()
        await server.process.start()
        assert.strictEqual(await client.get("fact"), "42")
        client.disconnect()
      })
    }),
  )

  it.live("answer through a wire, and not through a deaf one", () =>
    Effect.gen(function* () {
      const server = yield* postgresServer()
      const { port, proxy } = yield* faultyProxy(server.port)
      const url = server.url.replace(`:${server.port}/`, `:${port}/`)
      yield* Effect.promise(async () => {
        assert.strictEqual(await answerOf(url, "select 42 as answer"), 42)
        proxy.become("deaf")
        const failed = await answerOf(url, "select 42 as answer", 300).catch(String)
        assert.match(String(failed), /timeout/)
        proxy.become("refuse")
        assert.match(String(await answerOf(url, "select 1").catch(String)), /ECONNRESET|terminated/)
        proxy.become("pass")
        assert.strictEqual(await answerOf(url, "select 42 as answer"), 42)
      })
    }),
  )
})
