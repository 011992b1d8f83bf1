/**
 * The signature of a webhook, and its check for those who receive one.
 *
 * It is that of Standard Webhooks, for which there are libraries in most languages: HMAC-SHA256
 * over the message's id, its time and its body, so that neither can be changed, and an old message
 * is not taken for a new one.
 *
 * - Source: Standard Webhooks 1.0.
 *
 * @since 0.1.0
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * A webhook that is not to be believed.
 *
 * @category errors
 * @since 0.1.0
 */
export class SignatureRefused extends Schema.TaggedError<SignatureRefused>(
  "@countersign/sinks/SignatureRefused",
)("SignatureRefused", {
  code: Schema.tag("AUD-4603"),
  isRetryable: Schema.tag(false),
  /** `time`: signed well, but not now; look at both clocks. */
  reason: Schema.Literals(["missing", "time", "signature"]),
}) {
  override get message(): string {
    const why = {
      missing: "it has no webhook-id, webhook-timestamp and webhook-signature",
      time: "it is too old, or from the future",
      signature: "its signature is not by any of the secrets",
    }[this.reason]
    return `${this.code}: the webhook is refused: ${why}`
  }
}

/**
 * The shared key, as bytes.
 *
 * @category models
 * @since 0.1.0
 */
export type WebhookSecret = Redacted.Redacted<Uint8Array>

const secretForm = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/
const secretBytesMin = 24
const secretBytesMax = 64

/**
 * The key in a text such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`: base64 of 24 to 64 bytes.
 * `undefined` for any other.
 *
 * @category decoding
 * @since 0.1.0
 */
export const secretOf = (text: string): WebhookSecret | undefined => {
  const bytes = Buffer.from(secretForm.exec(text)?.[1] ?? "", "base64")
  return bytes.length >= secretBytesMin && bytes.length <= secretBytesMax
    ? Redacted.make(Uint8Array.from(bytes))
    : undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SignedMessage {
  readonly id: string
  /** Units: seconds since 1970. */
  readonly timestamp: number
  /** The bytes as they were sent: parsing and printing them again gives others. */
  readonly body: Uint8Array
}

const macOf = (secret: WebhookSecret, { body, id, timestamp }: SignedMessage): Buffer =>
  createHmac("sha256", Redacted.value(secret)).update(`${id}.${timestamp}.`).update(body).digest()

/**
 * The headers that a message is sent with.
 *
 * @param secrets one signature for each: while a key is being changed, the old and the new
 * @category encoding
 * @since 0.1.0
 */
export const headersOf = (
  secrets: ReadonlyArray<WebhookSecret>,
  message: SignedMessage,
): Readonly<Record<string, string>> => ({
  "webhook-id": message.id,
  "webhook-timestamp": String(message.timestamp),
  "webhook-signature": secrets
    .map((secret) => `v1,${macOf(secret, message).toString("base64")}`)
    .join(" "),
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ReceivedMessage {
  /** The header of this name, or `undefined`. */
  readonly header: (name: string) => string | undefined
  readonly body: Uint8Array
  /** Units: seconds since 1970. */
  readonly nowSeconds: number
  /**
   * How far apart the clocks may be, in both directions: one that comes from so far in the future
   * is good for twice as long. Units: seconds. Default 300.
   */
  readonly toleranceSeconds?: number | undefined
}

const signaturesMax = 16

/**
 * For receivers: the id of a message that was signed with one of the secrets, not long ago. The
 * time that the comparison takes says nothing about the signature. Keep the ids for twice the
 * tolerance, and a message that comes twice is known.
 *
 * @category verification
 * @since 0.1.0
 */
export const verify = (
  secrets: ReadonlyArray<WebhookSecret>,
  received: ReceivedMessage,
): Result.Result<string, SignatureRefused> => {
  const id = received.header("webhook-id")
  const time = received.header("webhook-timestamp")
  const signatures = received.header("webhook-signature")
  if (!id || time === undefined || !/^\d{1,12}$/.test(time) || signatures === undefined) {
    return Result.fail(new SignatureRefused({ reason: "missing" }))
  }
  const timestamp = Number(time)
  const macs = secrets.map((secret) => macOf(secret, { id, timestamp, body: received.body }))
  const isSigned = signatures
    .split(" ", signaturesMax)
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => Buffer.from(signature.slice("v1,".length), "base64"))
    .some((given) => macs.some((mac) => mac.length === given.length && timingSafeEqual(mac, given)))
  if (!isSigned) return Result.fail(new SignatureRefused({ reason: "signature" }))
  return Math.abs(received.nowSeconds - timestamp) > (received.toleranceSeconds ?? 300)
    ? Result.fail(new SignatureRefused({ reason: "time" }))
    : Result.succeed(id)
}
