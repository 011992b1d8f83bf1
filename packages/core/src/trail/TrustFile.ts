/**
 * The keys of a trail as its owner publishes them: what a verifier is given to believe.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { KeyRange } from "./KeyChain.ts"
import { hashBytes } from "./MerkleTree.ts"
import { identityOf } from "./Rotation.ts"
import * as SignedNote from "./SignedNote.ts"

/**
 * Largest trust file that is read. Units: bytes. Room for ten years of daily keys.
 *
 * @category constants
 * @since 0.1.0
 */
export const trustBytesMax = 4 * 1024 * 1024

const keysMax = 10_000

/**
 * A text that is no trust file, or one that contradicts itself.
 *
 * @category errors
 * @since 0.1.0
 */
export class TrustFileInvalid extends Schema.TaggedError<TrustFileInvalid>(
  "@countersign/core/TrustFileInvalid",
)("TrustFileInvalid", {
  code: Schema.tag("AUD-3702"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the trust file is not one to rely on: ${this.detail}`
  }
}

const Size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

const TrustText = Schema.fromJsonString(
  Schema.Struct({
    version: Schema.Literal(1),
    origin: Schema.String,
    keys: Schema.Array(
      Schema.Struct({
        verifierKey: Schema.String,
        from: Size,
        to: Schema.optionalKey(Size),
        root: Schema.optionalKey(Schema.String),
        revoked: Schema.optionalKey(
          Schema.Struct({
            at: Size,
            reason: Schema.String,
            root: Schema.optionalKey(Schema.String),
          }),
        ),
      }),
    ).check(Schema.isMinLength(1), Schema.isMaxLength(keysMax)),
  }),
)
type TrustText = typeof TrustText.Type

/**
 * A key that may be believed, and where.
 *
 * @category models
 * @since 0.1.0
 */
export interface TrustedKey {
  readonly key: SignedNote.VerifierKey
  /** The smallest size that it may sign. */
  readonly from: number
  /** The largest size that it may sign; absent while it is in force. */
  readonly to?: number
  /** The root over `to` entries. Shape: 32 bytes. */
  readonly root?: Uint8Array
  /** From where on its signature counts for nothing, and why; the root is over `at` entries. */
  readonly revoked?: {
    readonly at: number
    readonly reason: string
    readonly root?: Uint8Array
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface TrustFile {
  readonly origin: string
  /** In order; each begins where the one before it ends. */
  readonly keys: ReadonlyArray<TrustedKey>
}

const decodeText = Schema.decodeUnknownResult(TrustText, {
  onExcessProperty: "error",
  errors: "first",
})
const encodeText = Schema.encodeSync(TrustText)

const invalid = (detail: string) => Result.fail(new TrustFileInvalid({ detail }))

/** The 32 bytes of a root, in the one form that stands for them. */
const rootOf = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  return bytes.length === hashBytes && bytes.toString("base64") === text ? bytes : undefined
}

/** `undefined` where a root is none. */
const trustedOf = (
  key: SignedNote.VerifierKey,
  { from, revoked, root, to }: TrustText["keys"][number],
): TrustedKey | undefined => {
  const [ended, until] = [rootOf(root ?? ""), rootOf(revoked?.root ?? "")]
  if (root !== undefined && ended === undefined) return undefined
  if (revoked?.root !== undefined && until === undefined) return undefined
  return {
    key,
    from,
    ...(to === undefined ? {} : { to }),
    ...(ended === undefined ? {} : { root: ended }),
    ...(revoked === undefined
      ? {}
      : {
          revoked: {
            at: revoked.at,
            reason: revoked.reason,
            ...(until === undefined ? {} : { root: until }),
          },
        }),
  }
}

/** What is wrong with a key where it stands, if anything. */
const problemOf = (
  { from, key, revoked, root, to }: TrustedKey,
  previous: TrustedKey | undefined,
  seen: ReadonlySet<string>,
  origin: string,
): string | undefined => {
  if (key.name !== origin) return `is for ${key.name}, and the file is for ${origin}`
  if (to !== undefined && to <= from) return `ends at size ${to}, where it begins or before`
  if (root !== undefined && to === undefined) {
    return "gives a root and no `to`, which is the size that a root is over"
  }
  if (revoked !== undefined && (revoked.at < from || revoked.at > (to ?? revoked.at))) {
    return `is revoked at size ${revoked.at}, which is outside of its range`
  }
  if (seen.has(identityOf(key))) return "is there twice"
  if (previous !== undefined && previous.to === undefined) {
    return "follows one that has no end; give that one its `to`"
  }
  return previous !== undefined && previous.to !== from
    ? `begins at size ${from}, but the one before it ends at size ${previous.to}`
    : undefined
}

/**
 * Reads a trust file; what it does not know, and what does not fit together, is refused.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (bytes: Uint8Array): Result.Result<TrustFile, TrustFileInvalid> => {
  if (bytes.byteLength > trustBytesMax) return invalid(`it has more than ${trustBytesMax} bytes`)
  const text = SignedNote.decodeText(bytes)
  if (text === undefined) return invalid("it is not UTF-8")
  const decoded = decodeText(text)
  if (Result.isFailure(decoded)) return invalid(decoded.failure.message)
  const { keys: listed, origin } = decoded.success
  const keys: Array<TrustedKey> = []
  const seen = new Set<string>()
  for (const [index, text] of listed.entries()) {
    const key = SignedNote.parseVerifierKey(text.verifierKey)
    if (Result.isFailure(key)) return invalid(`key ${index + 1}: ${key.failure.detail}`)
    const trusted = trustedOf(key.success, text)
    if (trusted === undefined) return invalid(`key ${index + 1} gives a root that is none`)
    const problem = problemOf(trusted, keys.at(-1), seen, origin)
    if (problem !== undefined) return invalid(`key ${index + 1} ${problem}`)
    seen.add(identityOf(trusted.key))
    keys.push(trusted)
  }
  return Result.succeed({ origin, keys })
}

/**
 * Writes a trust file.
 *
 * @param ranges in order
 * @category encoding
 * @since 0.1.0
 */
export const format = (origin: string, ranges: ReadonlyArray<KeyRange>): string => {
  const plain: TrustText = {
    version: 1,
    origin,
    keys: ranges.map(({ from, key, root, to }) => ({
      verifierKey: SignedNote.formatVerifierKey(key.name, key.publicKey),
      from,
      ...(to === undefined ? {} : { to }),
      ...(root === undefined ? {} : { root: Buffer.from(root).toString("base64") }),
    })),
  }
  return `${JSON.stringify(JSON.parse(encodeText(plain)), undefined, 2)}\n`
}
