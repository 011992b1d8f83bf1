/**
 * What lies beside a file of records and says what is in it: from which record to which, how
 * many, and under which hash.
 *
 * It is not signed. Whoever can change the file can change it too; what it is good for is to
 * find accidents, and to know with what of the trail the file is to be compared.
 *
 * @since 0.1.0
 */
import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { compressions } from "./Compression.ts"

const sequence = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
)
const sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/**
 * @category schemas
 * @since 0.1.0
 */
export const Sidecar = Schema.Struct({
  /** Form of this text. */
  version: Schema.Literal(1),
  /** Name of the file, without its directory. */
  file: Schema.NonEmptyString,
  /** Form of the file, such as `ndjson` or `parquet`. */
  format: Schema.NonEmptyString,
  /** Origin of the trail that the records are of. */
  trail: Schema.String,
  /** The filter that let the records through, where there was one. */
  filter: Schema.optionalKey(Schema.String),
  /** Sequence numbers of the first and the last record; without records neither is there. */
  first: Schema.optionalKey(sequence),
  last: Schema.optionalKey(sequence),
  count: sequence,
  /** Of the file as it lies there. */
  bytes: sequence,
  sha256,
  compression: Schema.Literals(compressions),
  /** Of what was compressed. */
  contentBytes: sequence,
  /** Not there where the file is encrypted: a hash lets others try what was in it. */
  contentSha256: Schema.optionalKey(sha256),
  encryption: Schema.optionalKey(Schema.Literal("aes-256-gcm")),
  /** RFC 3339 in UTC. */
  begun: Schema.String,
  finished: Schema.String,
  /** The newest signed note that the trail had when the file was made. Not verified. */
  checkpoint: Schema.optionalKey(Schema.String),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Sidecar = typeof Sidecar.Type

/**
 * An instant as a sidecar has it: RFC 3339 in UTC.
 *
 * @param millis milliseconds since 1970
 * @category encoding
 * @since 0.1.0
 */
export const instantOf = (millis: number): string => new Date(millis).toISOString()

/**
 * A sidecar of exports is some hundred bytes and a note; anything larger is none. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const sidecarBytesMax = 2 * 1024 * 1024

const fromJson = Schema.decodeUnknownOption(Schema.fromJsonString(Sidecar))

/**
 * @category encoding
 * @since 0.1.0
 */
export const encode = (sidecar: Sidecar): Buffer =>
  Buffer.from(`${JSON.stringify(sidecar, undefined, 2)}\n`)

/**
 * The sidecar, or `undefined` where the bytes are none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array): Sidecar | undefined => {
  const found = Option.getOrUndefined(fromJson(Buffer.from(bytes).toString("utf8")))
  if (found === undefined) return undefined
  const { count, first, last } = found
  if (count === 0) return first === undefined && last === undefined ? found : undefined
  if (first === undefined || last === undefined) return undefined
  return last >= first && count <= last - first + 1 ? found : undefined
}

/**
 * The text of a signed note, if it is a checkpoint of this trail.
 *
 * @category decoding
 * @since 0.1.0
 */
export const noteOf = (bytes: Uint8Array | undefined, trail: string): string | undefined => {
  if (bytes === undefined) return undefined
  const signed = Checkpoint.parseSigned(bytes)
  return Result.isSuccess(signed) && signed.success.checkpoint.origin === trail
    ? Buffer.from(bytes).toString("utf8")
    : undefined
}
