/**
 * The query cache's tier in Redis.
 *
 * Redis is no authority: whoever can write to it could put words into the audit's mouth. So an
 * answer lies there encrypted (AES-256-GCM), bound to its key; one that was not sealed with the
 * same secret, or lies under another key, is none.
 *
 * @since 0.1.0
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import type { CacheTier } from "./CacheTier.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisTierOptions {
  /** Such as `redis://:password@cache:6379/0`. */
  readonly url: Redacted.Redacted
  /** What answers are sealed with: any text, the same for all processes that share them. */
  readonly secret: Redacted.Redacted
  /** What the keys begin with. Default `countersign:query:`. */
  readonly prefix?: string
}

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const connectMillis = 1_000
const retryMillisMax = 2_000

/**
 * A tier over a connection of its own, which is closed with the scope. It is made also where
 * there is no Redis, and connects when there is one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisTierOptions): Effect.Effect<CacheTier, never, Scope.Scope> =>
  Effect.gen(function* () {
    const prefix = options.prefix ?? "countersign:query:"
    const seal = new Seal(Redacted.value(options.secret))
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => connect(Redacted.value(options.url))),
      (client) => Effect.sync(() => client.disconnect()),
    )
    return {
      name: "redis",
      get: (key) =>
        Effect.tryPromise(() => client.getBuffer(prefix + key)).pipe(
          Effect.map((sealed) => (sealed === null ? undefined : seal.open(key, sealed))),
        ),
      set: (key, answer, ttlMillis) =>
        Effect.tryPromise(() =>
          client.set(
            prefix + key,
            seal.close(key, answer),
            "PX",
            Math.max(1, Math.round(ttlMillis)),
          ),
        ).pipe(Effect.asVoid),
    }
  })

const connect = (url: string): Redis => {
  const client = new Redis(url, {
    connectTimeout: connectMillis,
    // Without these two, questions would wait in memory for a server that is away.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, retryMillisMax),
  })
  // Said by the tier's count of errors; unheard it would be printed for each attempt.
  client.on("error", () => undefined)
  return client
}

/** Encrypts answers under a secret, each bound to its key. */
class Seal {
  private readonly key: Buffer

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync("sha256", secret, "", "countersign query cache", keyBytes))
  }

  close(key: string, answer: string): Buffer {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce)
    cipher.setAAD(Buffer.from(key))
    const sealed = Buffer.concat([cipher.update(answer, "utf8"), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  open(key: string, sealed: Buffer): string | undefined {
    if (sealed.byteLength < nonceBytes + tagBytes) return undefined
    const nonce = sealed.subarray(0, nonceBytes)
    const decipher = createDecipheriv("aes-256-gcm", this.key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(key))
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    const answer = decipher.update(sealed.subarray(nonceBytes + tagBytes))
    try {
      return Buffer.concat([answer, decipher.final()]).toString("utf8")
    } catch {
      return undefined
    }
  }
}
