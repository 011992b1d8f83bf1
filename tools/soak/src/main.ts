/** `npm run soak`: an engine under load whose servers die, and what the servers have in the end. */
import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { Audit } from "@countersign/core/Audit"
import type { DeliveryStatus } from "@countersign/core/engine/DeliveryStatus"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import { type FaultyProxy, faultyProxy } from "@countersign/sinks/testing/FaultyProxy"
import { type PostgresServer, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { type RedisServer, redisServer } from "@countersign/sinks/testing/RedisServer"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { Client } from "pg"
import { type Arguments, parseArguments, usage } from "./arguments.ts"
import { haunt, type Tally, type Victim } from "./chaos.ts"
import { compare, type Comparison } from "./comparison.ts"

const streamMax = 100_000
const catchUpMillisMax = 600_000
const stream = "soak"

const withPort = (url: string, port: number): string => {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}

const query = async (url: string, text: string): Promise<void> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on("error", () => undefined)
  try {
    await client.connect()
    await client.query(text)
  } catch {
    // The server may be down at this moment, and then nobody is connected.
  } finally {
    await client.end().catch(() => undefined)
  }
}

const command = async (url: string, ...words: readonly [string, ...Array<string>]) => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on("error", () => undefined)
  try {
    await client.connect()
    const [name, ...rest] = words
    return await client.call(name, ...rest)
  } finally {
    client.disconnect()
  }
}

const makeKey = (file: string): void => {
  const { privateKey } = generateKeyPairSync("ed25519")
  fs.writeFileSync(file, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 })
}

const eventOf = (number: number) => ({
  type: "patient.record.read",
  actor: { id: `u-${number % 977}`, type: "user" as const },
  outcome: "success" as const,
  classification: "PHI" as const,
  target: [{ id: `p-${(number * 7919) % 50_021}`, type: "Patient" }],
  tenant: "north",
  data: { number, reason: "ward round" },
})

interface Load {
  readonly accepted: number
  readonly refused: number
  readonly memoryMax: number
  readonly lagMax: number
}

/** Records at a fixed rate; what is refused keeps its number, and the next try has it again. */
const record = async (audit: Audit["Service"], given: Arguments): Promise<Load> => {
  const startedMillis = performance.now()
  const endMillis = given.minutes * 60_000
  let accepted = 0
  let refused = 0
  let memoryMax = 0
  let lagMax = 0
  let lookAtMillis = 0
  while (true) {
    const elapsed = performance.now() - startedMillis
    if (elapsed >= endMillis) break
    const due = Math.floor((elapsed * given.perSecond) / 1000)
    while (accepted < due) {
      if (audit.recordUnsafe(eventOf(accepted))._tag !== "Accepted") {
        refused += 1
        break
      }
      accepted += 1
    }
    if (elapsed >= lookAtMillis) {
      lookAtMillis = elapsed + 1_000
      memoryMax = Math.max(memoryMax, process.memoryUsage.rss())
      lagMax = Math.max(lagMax, ...audit.status().sinks.map(({ lag }) => lag))
    }
    await pause(1)
  }
  return { accepted, refused, memoryMax, lagMax }
}

/** Seconds until no sink has anything left to get. */
const catchUp = async (audit: Audit["Service"]): Promise<number> => {
  const from = performance.now()
  while (audit.status().sinks.some(({ lag }) => lag > 0)) {
    if (performance.now() - from > catchUpMillisMax) {
      throw new Error(`still behind: ${JSON.stringify(audit.status().sinks)}`)
    }
    await pause(100)
  }
  return (performance.now() - from) / 1000
}

const line = (name: string, value: number | string): void =>
  console.log(
    `${name.padEnd(34)} ${(typeof value === "number" ? value.toLocaleString("en-US") : value).padStart(12)}`,
  )

/** What the stream still holds: the newest records, each once, without a gap. */
const checkStream = async (url: string) => {
  const reply = await command(url, "XRANGE", stream, "-", "+")
  // XRANGE answers with pairs of an id and a flat list of fields and values.
  const found = (reply as ReadonlyArray<readonly [string, ReadonlyArray<string>]>).map(
    ([, fields]) => Number(fields[fields.indexOf("sequence") + 1]),
  )
  const gaps = found.filter(
    (sequence, index) => index > 0 && sequence !== (found[index - 1] ?? 0) + 1,
  )
  return { held: found.length, gaps: gaps.length, last: found.at(-1) ?? -1 }
}

interface Servers {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly postgresWire: FaultyProxy
  readonly redisWire: FaultyProxy
}

const victimsOf = (servers: Servers): ReadonlyArray<Victim> => [
  {
    name: "PostgreSQL",
    process: servers.postgres.process,
    wire: servers.postgresWire,
    terminate: () =>
      query(
        servers.postgres.url,
        `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name like 'countersign%'`,
      ),
  },
  {
    name: "Redis",
    process: servers.redis.process,
    wire: servers.redisWire,
    terminate: () =>
      command(servers.redis.url, "CLIENT", "KILL", "TYPE", "normal").then(
        () => undefined,
        // It may be down at this moment.
        () => undefined,
      ),
  },
]

interface Outcome {
  readonly given: Arguments
  readonly tallies: ReadonlyArray<Tally>
  readonly load: Load
  readonly seconds: number
  readonly standing: ReadonlyArray<DeliveryStatus>
  readonly found: Comparison
  readonly held: Awaited<ReturnType<typeof checkStream>>
}

/** Prints everything, and says whether it is as promised. */
const print = ({ found, given, held, load, seconds, standing, tallies }: Outcome): boolean => {
  line("seconds of load", given.minutes * 60)
  for (const tally of tallies) for (const [name, count] of tally) line(name, count)
  line("events accepted", load.accepted)
  line("events refused and tried again", load.refused)
  line("memory at most, MiB", Math.round(load.memoryMax / 2 ** 20))
  line("lag of a sink at most, records", load.lagMax)
  line("seconds to catch up after it", seconds.toFixed(1))
  for (const { deadLetters, delivered, sink } of standing) {
    line(`${sink}: delivered`, delivered)
    line(`${sink}: dead letters`, deadLetters)
  }
  line("records in the trail", found.records)
  line("rows in PostgreSQL", found.rows)
  line("missing", found.missing)
  line("twice", found.twice)
  line("different", found.different)
  line("events of the load found", found.events)
  line("out of order", found.outOfOrder)
  line("newest records in Redis", held.held)
  line("gaps among them", held.gaps)
  const faults = tallies.reduce((sum, tally) => sum + tally.size, 0)
  const expected = given.minutes * 60 * given.perSecond
  line("events a second", load.accepted / (given.minutes * 60))
  // A soak without its load, or without a fault, shows nothing.
  const isSoak = load.accepted >= 0.99 * expected && faults > 0
  const isExact =
    isSoak &&
    found.rows === found.records &&
    found.events === load.accepted &&
    found.missing + found.twice + found.different + found.outOfOrder === 0 &&
    held.gaps === 0 &&
    held.last === found.records - 1
  if (!isSoak) console.log("NOT under the load or the faults that were asked for")
  else console.log(isExact ? "each event exactly once, in order" : "NOT exactly once, in order")
  return isExact
}

const soak = Effect.fnUntraced(function* (
  given: Arguments,
  directory: string,
): Effect.fn.Return<boolean, never, Scope.Scope> {
  const postgres = yield* postgresServer()
  const redis = yield* redisServer(["--appendfsync", "everysec", "--maxmemory", "2gb"])
  const postgresWire = yield* faultyProxy(postgres.port)
  const redisWire = yield* faultyProxy(redis.port)
  const servers: Servers = {
    postgres,
    redis,
    postgresWire: postgresWire.proxy,
    redisWire: redisWire.proxy,
  }
  const sinks = yield* Effect.orDie(
    Effect.all([
      PostgresSink.make({ url: Redacted.make(withPort(postgres.url, postgresWire.port)) }),
      RedisStreamSink.make({
        url: Redacted.make(withPort(redis.url, redisWire.port)),
        stream,
        countMax: streamMax,
        keep: "newest",
      }),
    ]),
  )
  return yield* Effect.promise(async () => {
    const trail = path.join(directory, "trail")
    makeKey(`${trail}.key`)
    const runtime = ManagedRuntime.make(Audit.layer({ directory: trail, sinks }))
    const audit = await runtime.runPromise(Effect.service(Audit))
    const random = randomOf(given.seed)
    const stop = new AbortController()
    const haunted = Promise.all(
      victimsOf(servers).map((victim) =>
        haunt(victim, randomOf(Math.floor(random() * 2 ** 32)), stop.signal),
      ),
    )
    const load = await record(audit, given)
    stop.abort()
    const tallies = await haunted
    await runtime.runPromise(audit.publish)
    const seconds = await catchUp(audit)
    const { sinks: standing } = audit.status()
    await runtime.runPromise(audit.close)
    await runtime.dispose()
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    const found = await compare(trail, client)
    await client.end()
    const held = await checkStream(redis.url)

    return print({ given, tallies, load, seconds, standing, found, held })
  })
})

const given = parseArguments(process.argv.slice(2))
if (typeof given === "string") {
  console.error(`${given}\n\n${usage}`)
  process.exitCode = 2
} else {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-soak-"))
  process.on("exit", () => fs.rmSync(directory, { recursive: true, force: true }))
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1))
  const isExact = await Effect.runPromise(Effect.scoped(soak(given, directory)))
  process.exitCode = isExact ? 0 : 1
}
