/**
 * What a Redis says of itself, and whether records are safe with it.
 *
 * @since 0.1.0
 */

/**
 * The part of a server's settings that decides about records.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisFacts {
  readonly version: string
  readonly role: string
  /** What it throws away when its memory is full. */
  readonly policy: string
  /** Units: bytes. 0: no limit. */
  readonly maxmemoryBytes: number
  readonly isAppendOnly: boolean
  readonly isLoading: boolean
}

const infoLine = /^([a-z_0-9]+):(.*)$/u

/**
 * Reads the answer to `INFO`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const parse = (info: string): RedisFacts => {
  const values = new Map<string, string>()
  for (const line of info.split(/\r?\n/u)) {
    const [, name, value] = infoLine.exec(line) ?? []
    if (name !== undefined && value !== undefined) values.set(name, value)
  }
  return {
    version: values.get("redis_version") ?? "unknown",
    role: values.get("role") ?? "unknown",
    policy: values.get("maxmemory_policy") ?? "unknown",
    maxmemoryBytes: Number(values.get("maxmemory") ?? 0),
    isAppendOnly: values.get("aof_enabled") === "1",
    isLoading: values.get("loading") === "1",
  }
}

/**
 * Why records can't be given to this server; `undefined` where they can.
 *
 * A policy that evicts any key may throw away the stream, or the positions that keep a record
 * from being stored twice. Policies that evict only keys with an expiry never meet either.
 *
 * @category predicates
 * @since 0.1.0
 */
export const unfitness = (facts: RedisFacts): string | undefined => {
  if (facts.isLoading) return "it is loading its data"
  if (facts.role !== "master") return `it is a ${facts.role}, which takes no writes`
  if (facts.policy === "noeviction" || facts.policy.startsWith("volatile-")) return undefined
  return (
    `its maxmemory-policy is ${facts.policy}, which may throw records away; ` +
    "set it to noeviction (CONFIG SET maxmemory-policy noeviction, and in redis.conf)"
  )
}

/**
 * What to know about a server that records are given to all the same.
 *
 * @category predicates
 * @since 0.1.0
 */
export const warnings = (facts: RedisFacts): ReadonlyArray<string> => [
  ...(facts.isAppendOnly
    ? []
    : [
        "its append-only file is off: a restart forgets records, which are then delivered again from the trail (set appendonly yes)",
      ]),
  ...(facts.maxmemoryBytes > 0
    ? []
    : ["it has no memory limit (maxmemory 0): what fills it up ends it"]),
]
