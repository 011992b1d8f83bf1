/**
 * The newest events of each actor and each target, in Redis, for pages that show "what happened
 * last" without asking a database.
 *
 * A cache and nothing more: bounded for each actor and target, gone after its time, incomplete
 * after a flush. The same event is never shown twice, however often it is delivered.
 *
 * Events lie in compressed blocks of up to 32 that follow each other in a trail; an actor's or
 * target's list holds only where they lie. Names of keys are digests: an actor's id appears in
 * no key.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { SinkError, type DeliveredBatch, type Sink } from "@countersign/core/engine/Sink"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { RedisArgument } from "./FramedCommand.ts"
import { RedisConnection, type RedisOptions } from "./RedisConnection.ts"
import { type RedisFault, RedisOptionsInvalid } from "./RedisFault.ts"
import { keepRecent, readRecent } from "./RecentScripts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecentEventsOptions extends RedisOptions {
  /** Default `recent`. */
  readonly name?: string
  /** In front of all keys. Default `countersign:recent`. */
  readonly prefix?: string
  /** Events kept for each actor and target. Default 100. Bounds: 1 to 1000. */
  readonly countMax?: number
  /** How long events are kept. Default one day. */
  readonly timeToLive?: Duration.Input
}

/**
 * Whose events; `all` are everybody's, of all tenants.
 *
 * Type and tenant are part of who is meant, and absent where the event names none: user 7 is not
 * service 7, and patient 7 of one clinic is not that of another.
 *
 * @category models
 * @since 0.1.0
 */
export type RecentOf =
  | {
      readonly actor: string
      readonly type?: string | undefined
      readonly tenant?: string | undefined
    }
  | { readonly target: string; readonly type: string; readonly tenant?: string | undefined }
  | "all"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecentEvent {
  readonly trail: string
  readonly sequence: number
  /** Canonical bytes. */
  readonly bytes: Uint8Array
}

/**
 * A sink that fills the cache, and its reader.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecentEvents extends Sink {
  /** The newest first. */
  readonly read: (
    of: RecentOf,
    count?: number,
  ) => Effect.Effect<ReadonlyArray<RecentEvent>, RedisFault>
}

const blockRecords = 32
// Thirty-two entries of the largest size, and the ends of their lines.
const blockBytesMax = blockRecords * 65_536
const countMaxDefault = 100
const secondsDefault = 24 * 60 * 60

const compress = promisify(zlib.zstdCompress)
const decompress = promisify(zlib.zstdDecompress)

const digestOf = (...parts: ReadonlyArray<string | undefined>): string =>
  createHash("sha256")
    // An absent part is written otherwise than an empty one.
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest("base64url")
    .slice(0, 22)

/** Members of equal times are ordered by text, so the texts are equally long. */
const memberOf = (sequence: number, of: string): string =>
  `${String(sequence).padStart(16, "0")}@${of}`

/**
 * Opens the cache. It may be on a server that evicts.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: RecentEventsOptions,
): Effect.fn.Return<RecentEvents, RedisOptionsInvalid> {
  const countMax = options.countMax ?? countMaxDefault
  if (!(Number.isSafeInteger(countMax) && countMax >= 1 && countMax <= 1000)) {
    return yield* new RedisOptionsInvalid({
      option: "countMax",
      wanted: "a whole number from 1 to 1000",
    })
  }
  const connection = yield* RedisConnection.make(options, false)
  // A reader who gives up must not cut a delivery off.
  const reader = yield* RedisConnection.make(options, false)
  const name = options.name ?? "recent"
  const seconds =
    options.timeToLive === undefined
      ? secondsDefault
      : Math.max(1, Math.ceil(Duration.toSeconds(Duration.fromInputUnsafe(options.timeToLive))))
  const prefix = options.prefix ?? "countersign:recent"
  const tagged = /\{[^}]+\}/u.test(prefix) ? prefix : `{${prefix}}`
  let isClosed = false
  const unavailable = (detail: string) =>
    Effect.fail(new SinkError({ sink: name, reason: "unavailable", detail }))

  const keep = Effect.fnUntraced(function* (batch: DeliveredBatch) {
    // Before anything is waited for: the bytes are only lent.
    const { lists, plain } = arrange(batch, tagged)
    const blocks = yield* Effect.promise(() =>
      Promise.all(plain.map(async (block) => ({ ...block, packed: await compress(block.bytes) }))),
    )
    const args: Array<RedisArgument> = [seconds, countMax, blocks.length]
    for (const { first, key, packed } of blocks) args.push(key, batch.trail, first, packed)
    for (const [key, members] of lists) args.push(key, members.length, ...members)
    yield* connection.evaluate(keepRecent, [tagged], args)
  })

  return {
    name,
    // Where the engine is to go on: a cache that was flushed begins with what is new.
    position: () => (isClosed ? unavailable("it is closed") : Effect.succeed(undefined)),
    deliver: (batch) =>
      Effect.suspend(() => {
        if (isClosed) return unavailable("it is closed")
        if (batch.entries.length === 0) return Effect.void
        return Effect.catchTag(keep(batch), "RedisFault", ({ message }) => unavailable(message))
      }),
    close: Effect.suspend(() => {
      isClosed = true
      return Effect.andThen(connection.close, reader.close)
    }),
    read: (of, count = countMax) =>
      count < 1
        ? Effect.succeed([])
        : Effect.flatMap(
            reader.evaluate(
              readRecent,
              [listOf(tagged, of), tagged],
              [Math.min(Math.floor(count), countMax)],
            ),
            (reply) => Effect.promise(() => unpack(reply)),
          ),
  }
})

const listOf = (prefix: string, of: RecentOf): string => {
  if (of === "all") return `${prefix}:all`
  return "actor" in of
    ? `${prefix}:actor:${digestOf("actor", of.tenant, of.type, of.actor)}`
    : `${prefix}:target:${digestOf("target", of.tenant, of.type, of.target)}`
}

interface PlainBlock {
  readonly key: string
  readonly first: number
  readonly bytes: Buffer
}

interface Arranged {
  readonly plain: ReadonlyArray<PlainBlock>
  /** Of each list: time and place of its new members by turns. */
  readonly lists: ReadonlyMap<string, Array<RedisArgument>>
}

/** Cuts a batch into blocks on a fixed grid, and says in which lists its events belong. */
const arrange = ({ entries, firstSequence, trail }: DeliveredBatch, prefix: string): Arranged => {
  const of = digestOf("trail", trail)
  const lists = new Map<string, Array<RedisArgument>>()
  const plain: Array<PlainBlock> = []
  let block: Array<string> = []
  let first = firstSequence
  for (const [index, entry] of entries.entries()) {
    const sequence = firstSequence + index
    const text = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("utf8")
    block.push(text)
    const { millis, names } = partsOf(text, prefix)
    for (const name of names) {
      const members = lists.get(name)
      if (members === undefined) lists.set(name, [millis, memberOf(sequence, of)])
      else members.push(millis, memberOf(sequence, of))
    }
    if ((sequence + 1) % blockRecords !== 0 && index + 1 < entries.length) continue
    const key = `${prefix}:block:${of}:${Math.floor(first / blockRecords)}`
    plain.push({ key, first, bytes: Buffer.from(block.join("\n")) })
    block = []
    first = sequence + 1
  }
  return { plain, lists }
}

const textIn = (value: unknown, name: string): string | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
  return typeof found === "string" ? found : undefined
}

/** Whose lists an event belongs in, and when it was. What is no event belongs in everybody's. */
const partsOf = (text: string, prefix: string) => {
  const names = new Set([listOf(prefix, "all")])
  let millis = 0
  try {
    const event: unknown = JSON.parse(text)
    if (typeof event === "object" && event !== null) {
      const tenant = textIn(event, "tenant")
      const by = "actor" in event ? event.actor : undefined
      const actor = textIn(by, "id")
      if (actor !== undefined) {
        names.add(listOf(prefix, { actor, type: textIn(by, "type"), tenant }))
      }
      for (const each of "target" in event && Array.isArray(event.target) ? event.target : []) {
        const target = textIn(each, "id")
        const type = textIn(each, "type")
        if (target !== undefined && type !== undefined) {
          names.add(listOf(prefix, { target, type, tenant }))
        }
      }
      const time = "time" in event && typeof event.time === "string" ? Date.parse(event.time) : 0
      millis = Number.isNaN(time) ? 0 : time
    }
  } catch {
    // Records are JSON; whatever else came is still kept among all.
  }
  return { millis, names }
}

type Reply = readonly [
  members: ReadonlyArray<Buffer>,
  blocks: ReadonlyArray<readonly [key: Buffer, fields: ReadonlyArray<Buffer>]>,
]

const unpack = async (reply: unknown): Promise<ReadonlyArray<RecentEvent>> => {
  // The script's own shape.
  const [members, blocks] = reply as Reply
  const found = new Map<string, RecentEvent>()
  for (const [key, fields] of blocks) {
    const of = key.toString().split(":").at(-2) ?? ""
    const values = new Map<string, Buffer>()
    for (let at = 0; at + 1 < fields.length; at += 2) {
      values.set(String(fields[at]), fields[at + 1] ?? Buffer.alloc(0))
    }
    const trail = String(values.get("trail") ?? "")
    values.delete("trail")
    for (const [first, packed] of values) {
      for (const [index, text] of (await linesOf(packed)).entries()) {
        const sequence = Number(first) + index
        found.set(memberOf(sequence, of), { trail, sequence, bytes: Buffer.from(text) })
      }
    }
  }
  return members.flatMap((member) => found.get(String(member)) ?? [])
}

/** The entries of a block; none where somebody else wrote it. */
const linesOf = async (packed: Buffer): Promise<ReadonlyArray<string>> => {
  try {
    const plain = await decompress(packed, { maxOutputLength: blockBytesMax })
    return plain.toString("utf8").split("\n")
  } catch {
    return []
  }
}
