import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { Client } from "pg"
import { faultyProxy } from "./FaultyProxy.ts"
import { freshDatabase, postgresServer } from "./PostgresServer.ts"
import { redisServer } from "./RedisServer.ts"

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
