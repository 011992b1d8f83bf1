/**
 * Tells of alerts by a signed request over HTTP.
 *
 * The signature is that of Standard Webhooks: HMAC-SHA256 over id, time and body. A receiver of
 * Countersign's other webhooks checks it in the same way.
 *
 * - Source: Standard Webhooks 1.0.
 *
 * @since 0.1.0
 */
import { createHash, createHmac } from "node:crypto"
import { httpFailure, httpPost, isHttpUrl } from "@countersign/core/platform/HttpPost"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Scope } from "effect/Scope"
import {
  type AlertTarget,
  AlertTargetInvalid,
  type DeliveryOptions,
  NoticeFailed,
  sending,
} from "./AlertTarget.ts"
import type { Notice } from "./Notice.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface WebhookTargetOptions extends DeliveryOptions {
  /** Default `webhook`. */
  readonly name?: string | undefined
  /** https; http only for this machine's own addresses, or with `allowsHttp`. */
  readonly url: string
  /** Base64 of 24 to 64 bytes, with or without `whsec_` before it. */
  readonly secret: Redacted.Redacted
  readonly allowsHttp?: boolean | undefined
}

const answerBytesMax = 1_048_576
const secretBytesMin = 24
const secretBytesMax = 64
const secretForm = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const millisPerSecond = 1000
// "Later" of HTTP: request timeout, too early, too many requests.
const retriedStatuses = new Set([408, 425, 429])

/** What is posted. */
const bodyOf = ({ atMillis, changes, group, omitted }: Notice): Buffer<ArrayBuffer> =>
  Buffer.from(
    JSON.stringify({
      type: "countersign.alerts",
      at: new Date(atMillis).toISOString(),
      group,
      omitted,
      changes: changes.map(({ alert, turn }) => ({ turn, alert })),
    }),
  )

const keyOf = (secret: Redacted.Redacted): Buffer =>
  Buffer.from(secretForm.exec(Redacted.value(secret))?.[1] ?? "", "base64")

const refusal = ({ allowsHttp = false, secret, url }: WebhookTargetOptions): string | undefined => {
  if (!isHttpUrl(url)) return "its URL is none, or has a user name and a password"
  const { hostname, protocol } = new URL(url)
  if (protocol === "http:" && !allowsHttp && !loopback.test(hostname)) return "its URL is not https"
  const { length } = keyOf(secret)
  return length < secretBytesMin || length > secretBytesMax
    ? `its secret is not base64 of ${secretBytesMin} to ${secretBytesMax} bytes`
    : undefined
}

/**
 * Lives as long as the scope. Tries again when there is no answer, or one that says so; a refusal is
 * final, and counted.
 *
 * - Errors: `AlertTargetInvalid`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: WebhookTargetOptions,
): Effect.fn.Return<AlertTarget, AlertTargetInvalid, Scope> {
  const { name = "webhook", secret, url } = options
  const wrong = refusal(options)
  if (wrong !== undefined) return yield* new AlertTargetInvalid({ target: name, detail: wrong })
  // Many a receiver's path is its secret.
  const { origin } = new URL(url)
  const failed = (isRetryable: boolean, detail: string) =>
    new NoticeFailed({ target: name, isRetryable, detail: `${origin}: ${detail}` })
  const send = Effect.fnUntraced(function* (notice: Notice) {
    const body = bodyOf(notice)
    // The same for each try, so that a receiver knows a notice that comes twice.
    const id = `alrt_${createHash("sha256").update(body).digest("hex").slice(0, 32)}`
    const seconds = Math.floor((yield* Clock.currentTimeMillis) / millisPerSecond)
    const mac = createHmac("sha256", keyOf(secret)).update(`${id}.${seconds}.`).update(body)
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,${mac.digest("base64")}`,
    }
    const { status } = yield* Effect.tryPromise({
      try: (signal) => httpPost(url, { answerBytesMax, body, headers, signal }),
      catch: (cause) => failed(true, httpFailure(cause)),
    })
    if (status >= 200 && status < 300) return
    return yield* failed(status >= 500 || retriedStatuses.has(status), `answers ${status}`)
  })
  return yield* sending(name, send, options)
})
