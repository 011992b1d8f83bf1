/**
 * What can go wrong between this process and a Redis, said without any secret.
 *
 * A reply of Redis may quote the arguments of the command that it refuses, which are passwords
 * and records. So of a reply only its first word is kept, and what that word means.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A call to Redis that failed.
 *
 * @category errors
 * @since 0.1.0
 */
export class RedisFault extends Schema.TaggedError<RedisFault>("@countersign/sinks/RedisFault")(
  "RedisFault",
  {
    code: Schema.tag("AUD-4401"),
    isRetryable: Schema.tag(true),
    /** Host, port and database. */
    address: Schema.String,
    /**
     * `unreachable`: there is no connection. `timeout`: no answer in time; what was asked may
     * have been done. `unfit`: its settings endanger records. `refused`: it said no.
     */
    reason: Schema.Literals(["unreachable", "timeout", "unfit", "refused"]),
    /** The first word of what it said, such as `OOM`; empty where it said nothing. */
    word: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: Redis at ${this.address}: ${this.detail}`
  }
}

/**
 * An address that is none, or options that contradict themselves.
 *
 * @category errors
 * @since 0.1.0
 */
export class RedisOptionsInvalid extends Schema.TaggedError<RedisOptionsInvalid>(
  "@countersign/sinks/RedisOptionsInvalid",
)("RedisOptionsInvalid", {
  code: Schema.tag("AUD-4402"),
  isRetryable: Schema.tag(false),
  option: Schema.String,
  wanted: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the option ${this.option} of a Redis connection must be ${this.wanted}`
  }
}

const meanings: Readonly<Record<string, string>> = {
  BUSY: "a script keeps it busy",
  CLUSTERDOWN: "its cluster is down",
  LOADING: "it is loading its data",
  MASTERDOWN: "it is a replica that has lost its master",
  MISCONF: "it can't write to its own disk",
  MOVED: "another node of its cluster holds the key; give that node's address",
  NOAUTH: "it wants a password",
  NOGROUP: "the stream or its group is not there",
  NOPERM: "its user may not run this command, or not on this key",
  NOREPLICAS: "it has fewer replicas than its settings want",
  OOM: "its memory is full (maxmemory)",
  READONLY: "it is a replica, which takes no writes",
  WRONGPASS: "it refused the user or the password",
  WRONGTYPE: "the key holds something else; give another name",
}

const wordPattern = /^-?([A-Z]{3,16})(?= )/u
const codePattern = /^[A-Z_]{3,24}$/u

/**
 * The first word of an error that Redis answered; `undefined` for any other error.
 *
 * @category predicates
 * @since 0.1.0
 */
export const wordOf = (cause: unknown): string | undefined =>
  cause instanceof Error && cause.name === "ReplyError"
    ? (wordPattern.exec(cause.message)?.[1] ?? "ERR")
    : undefined

/**
 * The fault that an error of the client stands for. Nothing of the error itself is kept: it
 * holds the command's arguments.
 *
 * @category constructors
 * @since 0.1.0
 */
export const faultOf = (address: string, cause: unknown): RedisFault => {
  if (cause instanceof RedisFault) return cause
  const word = wordOf(cause)
  if (word !== undefined) {
    const detail = `${meanings[word] ?? "it refused the command"} (${word})`
    return new RedisFault({ address, reason: "refused", word, detail })
  }
  if (cause instanceof Error && /timed out|ETIMEDOUT/u.test(cause.message)) {
    return new RedisFault({ address, reason: "timeout", word: "", detail: "no answer in time" })
  }
  const code =
    cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""
  const why = codePattern.test(code) ? ` (${code})` : ""
  return new RedisFault({
    address,
    reason: "unreachable",
    word: "",
    detail: `there is no connection${why}`,
  })
}
