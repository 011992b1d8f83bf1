/**
 * What tests of streams share: batches to deliver, and what a stream holds.
 *
 * @since 0.1.0
 */
import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import type { StoredRecord } from "@countersign/core/testing/MemorySink"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { redisServer } from "./RedisServer.ts"

/** The trail of {@link batchOf}. */
export const trail = "example.org/audit/stream"

/** Numbers from `from` up to, not including, `to`. */
export const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from }, (_, index) => from + index)

/** Records that hold nothing but their number. */
export const batchOf = (firstSequence: number, count: number, padding = ""): DeliveredBatch => {
  const entries = range(firstSequence, firstSequence + count).map((n) =>
    Buffer.from(JSON.stringify({ n, padding })),
  )
  const bytes = entries.reduce((sum, entry) => sum + entry.byteLength, 0)
  return { trail, firstSequence, entries, bytes }
}

/** A client that answers in the shapes of the protocol's second version. */
export const plainClient = (url: string): Redis => {
  const client = new Redis(url, { protocol: 2 })
  // Without a listener a killed server is written to the console.
  client.on("error", () => undefined)
  return client
}

/** One server for the tests of a file, and a client of it; `close` is for after the last. */
export const sharedServer = async () => {
  const scope = Scope.makeUnsafe()
  const starting = redisServer(["--maxmemory", "512mb"])
  const server = await Effect.runPromise(Scope.provide(starting, scope))
  const client = plainClient(server.url)
  const close = () => {
    client.disconnect()
    return Effect.runPromise(Scope.close(scope, Exit.void))
  }
  return { client, close, server }
}

/** Everything in a stream of records. */
export const storedIn = async (
  client: Redis,
  stream: string,
): Promise<ReadonlyArray<StoredRecord>> => {
  const entries = await client.xrangeBuffer(stream, "-", "+")
  return entries.map(([, [, of = "", , sequence = "", , bytes = Buffer.alloc(0)]]) => ({
    trail: String(of),
    sequence: Number(String(sequence)),
    bytes,
  }))
}

/** The sequences in a stream of records. */
export const sequencesIn = async (client: Redis, stream: string): Promise<ReadonlyArray<number>> =>
  (await storedIn(client, stream)).map(({ sequence }) => sequence)

/** Reads new entries as a member of a group; returns their identifiers. */
export const readAs = async (
  client: Redis,
  stream: string,
  group: string,
  count: number,
): Promise<ReadonlyArray<string>> => {
  const args = ["GROUP", group, "me", "COUNT", count, "STREAMS", stream, ">"]
  const reply: unknown = await client.call("XREADGROUP", ...args)
  // The shape that the command is documented to have.
  const found = reply as ReadonlyArray<readonly [string, ReadonlyArray<readonly [string]>]> | null
  return (found?.[0]?.[1] ?? []).map(([id]) => id)
}
