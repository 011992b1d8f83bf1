/**
 * A sink that sends records as OpenTelemetry logs over HTTP.
 *
 * A batch is one request. A receiver may take a part of it and say only how many it refused. Such
 * a batch counts as refused: it is sent again in halves, until the record that is refused stands
 * alone and goes to the dead letters. What was taken before is then there twice, told apart by
 * `audit.record.id`; the protocol knows no other way to find the record.
 *
 * - Source: OTLP 1.5 over HTTP, with JSON.
 *
 * @since 0.1.0
 */
import { validateHeaderName, validateHeaderValue } from "node:http"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { type DeliveredBatch, type Sink, SinkError } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ExportRecord from "../mapping/ExportRecord.ts"
import { type LogRecord, logRecordOf, plainRecordOf, requestOf } from "../mapping/Otlp.ts"
import { endpointOf } from "./Endpoint.ts"
import { type HttpAnswer, HttpConnection, type TlsOptions } from "./HttpRequest.ts"
import { InvalidNetworkSink } from "./InvalidNetworkSink.ts"
import * as NetworkSink from "./NetworkSink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface OtlpSinkOptions {
  /** Such as `https://collector.example:4318/v1/logs`. */
  readonly url: string
  /** Default `otlp`. */
  readonly name?: string | undefined
  /** More headers, such as an API key. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The resource's `service.name`. Default: the origin of the trail. */
  readonly service?: string | undefined
  /** Default `true`: gzip. */
  readonly isCompressed?: boolean | undefined
  /** Longest time for one request. Units: milliseconds. Default 10,000, as OTLP exporters have. */
  readonly timeoutMillis?: number | undefined
  readonly tls?: TlsOptions | undefined
}

const compress = promisify(gzip)
const utf8 = new TextDecoder()

const logRecordIn =
  (trail: string) =>
  (sequence: number, entry: Uint8Array): LogRecord =>
    Result.match(ExportRecord.read(trail, sequence, entry), {
      onSuccess: logRecordOf,
      onFailure: () => plainRecordOf(trail, sequence, utf8.decode(entry)),
    })

interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

// The beginning of an answer that was cut is no JSON, but the number stands before a long message.
const rejectedForm = /"rejectedLogRecords"\s*:\s*"?(\d+)/

/** What an answer says of refused records; `undefined` for one that is no answer of OTLP. */
const partialSuccessOf = ({ body, end }: HttpAnswer): PartialSuccess | undefined => {
  if (end === "broken") return undefined
  if (end === "cut") {
    if (!body.trimStart().startsWith("{")) return undefined
    return { rejected: Number(rejectedForm.exec(body)?.[1] ?? 0), message: "a long answer" }
  }
  if (body.trim() === "") return { rejected: 0, message: "" }
  const answer = parsed(body)
  if (answer === undefined) return undefined
  const { partialSuccess } = answer
  // A 64-bit integer, which is text in the JSON of OTLP; some write a number.
  const rejected = Number(partialSuccess?.rejectedLogRecords ?? 0)
  if (!(rejected >= 0)) return undefined
  return {
    rejected,
    message: JSON.stringify(partialSuccess?.errorMessage ?? "").slice(0, 200),
  }
}

interface ExportAnswer {
  readonly partialSuccess?: {
    readonly rejectedLogRecords?: unknown
    readonly errorMessage?: unknown
  } | null
}

const parsed = (body: string): ExportAnswer | undefined => {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === "object" && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

/** A header that can't be sent fails each request, so it is refused before. Keys are not shown. */
const wrongHeader = (headers: Readonly<Record<string, string>>): string | undefined => {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name)
    } catch {
      return "one of its headers has a name that HTTP does not allow"
    }
    try {
      validateHeaderValue(name, value)
    } catch {
      return `its header ${name} has a line break or another character that HTTP does not allow`
    }
  }
  return undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: OtlpSinkOptions): Effect.Effect<Sink, InvalidNetworkSink> => {
  const name = options.name ?? "otlp"
  const detail = wrongHeader(options.headers ?? {})
  if (detail !== undefined) return Effect.fail(new InvalidNetworkSink({ sink: name, detail }))
  return Effect.map(Effect.fromResult(endpointOf(name, options.url)), (url) => {
    const connection = new HttpConnection({ url, tls: options.tls })
    const sender = new NetworkSink.HttpSender(name, connection, {
      timeoutMillis: options.timeoutMillis,
      isQuoted: true,
    })
    const isCompressed = options.isCompressed ?? true
    const headers = {
      ...options.headers,
      "content-type": "application/json",
      ...(isCompressed ? { "content-encoding": "gzip" } : {}),
    }

    const send = Effect.fnUntraced(function* (batch: DeliveredBatch) {
      const records = yield* NetworkSink.converted(batch, logRecordIn(batch.trail))
      const text = Buffer.from(requestOf(options.service ?? batch.trail, records))
      const body = isCompressed ? yield* Effect.promise(() => compress(text)) : text
      const answer = yield* sender.send({ headers, body })
      const partial = partialSuccessOf(answer)
      if (partial === undefined) {
        const text = `it answered ${answer.status} with something that is not OTLP, or breaks off: look at its path`
        return yield* NetworkSink.unavailable(name, new Error(text))
      }
      if (partial.rejected > 0) {
        const detail = `${partial.rejected} of ${batch.entries.length} records: ${partial.message}`
        return yield* new SinkError({ sink: name, reason: "rejected", detail })
      }
    })

    return NetworkSink.make(name, send, () => connection.close())
  })
}
