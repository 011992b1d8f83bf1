/**
 * A sink that posts records to a URL that somebody else has chosen.
 *
 * The body is a batch of CloudEvents. It is signed, so that the receiver can tell it from
 * anybody's; and the URL is not trusted: where it leads is checked when the connection is made, a
 * redirection is not followed, and the answer is read up to a limit.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { DeliveredBatch, Sink, SinkError } from "@countersign/core/engine/Sink"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as CloudEvents from "../mapping/CloudEvents.ts"
import * as ExportRecord from "../mapping/ExportRecord.ts"
import { type Network, networkOf } from "./AddressPolicy.ts"
import { endpointOf } from "./Endpoint.ts"
import { guardedLookup, literalRefusal, type Resolve } from "./GuardedLookup.ts"
import { HttpConnection, type TlsOptions } from "./HttpRequest.ts"
import { InvalidNetworkSink } from "./InvalidNetworkSink.ts"
import * as NetworkSink from "./NetworkSink.ts"
import { headersOf, type WebhookSecret } from "./WebhookSignature.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface WebhookSinkOptions {
  readonly url: string
  /** At least one. Two while a key is being changed: a receiver may have either. */
  readonly secrets: ReadonlyArray<WebhookSecret>
  /** Default `webhook`. */
  readonly name?: string | undefined
  /**
   * Networks that may be asked though they are not public, such as `10.1.0.0/16`. Default: none.
   * The metadata services of clouds are link-local: allow no network that holds one.
   */
  readonly allowedNetworks?: ReadonlyArray<string> | undefined
  /** `true`: the records may travel in the clear. Default `false`: https alone. */
  readonly allowsHttp?: boolean | undefined
  /** Longest time for one request. Units: milliseconds. Default 10,000. */
  readonly timeoutMillis?: number | undefined
  readonly tls?: TlsOptions | undefined
  /** Resolves names. Default: the system. */
  readonly resolve?: Resolve | undefined
}

const eventIn =
  (trail: string) =>
  (sequence: number, entry: Uint8Array): string =>
    Result.match(ExportRecord.read(trail, sequence, entry), {
      onSuccess: CloudEvents.write,
      onFailure: () => CloudEvents.writePlain(trail, sequence, entry),
    })

/** The same for the same records, whenever they are sent: a receiver that has seen it is done. */
const messageId = ({ entries, firstSequence, trail }: DeliveredBatch): string => {
  const digest = createHash("sha256").update(trail).digest("hex").slice(0, 16)
  return `msg_${digest}_${firstSequence}_${entries.length}`
}

const networksOf = (
  name: string,
  texts: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<Network>, InvalidNetworkSink> => {
  const networks: Array<Network> = []
  for (const text of texts) {
    const network = networkOf(text)
    if (network === undefined) {
      const detail = `${text.slice(0, 64)} is no network such as 10.1.0.0/16`
      return Result.fail(new InvalidNetworkSink({ sink: name, detail }))
    }
    networks.push(network)
  }
  return Result.succeed(networks)
}

const wrong = (
  name: string,
  { allowsHttp, secrets }: WebhookSinkOptions,
  url: URL,
): InvalidNetworkSink | undefined => {
  if (secrets.length === 0) {
    return new InvalidNetworkSink({ sink: name, detail: "it needs a secret to sign with" })
  }
  return url.protocol !== "https:" && allowsHttp !== true
    ? new InvalidNetworkSink({
        sink: name,
        detail: "its URL is not https, and http is not allowed",
      })
    : undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: WebhookSinkOptions,
): Effect.fn.Return<Sink, InvalidNetworkSink> {
  const name = options.name ?? "webhook"
  const url = yield* Effect.fromResult(endpointOf(name, options.url))
  const allowed = yield* Effect.fromResult(networksOf(name, options.allowedNetworks ?? []))
  const problem = wrong(name, options, url)
  if (problem !== undefined) return yield* problem
  const lookup = guardedLookup(allowed, options.resolve)
  const connection = new HttpConnection({ url, tls: options.tls, lookup })
  const sender = new NetworkSink.HttpSender(name, connection, {
    timeoutMillis: options.timeoutMillis,
    isQuoted: false,
  })

  const send = Effect.fnUntraced(function* (
    batch: DeliveredBatch,
  ): Effect.fn.Return<void, SinkError> {
    const refusal = literalRefusal(url.hostname, allowed)
    if (refusal !== undefined) return yield* NetworkSink.unavailable(name, refusal)
    const events = yield* NetworkSink.converted(batch, eventIn(batch.trail))
    const body = Buffer.from(`[${events.join(",")}]`)
    const timestamp = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const signed = headersOf(options.secrets, { id: messageId(batch), timestamp, body })
    const headers = { ...signed, "content-type": "application/cloudevents-batch+json" }
    yield* sender.send({ headers, body })
  })

  return NetworkSink.make(name, send, () => connection.close())
})
