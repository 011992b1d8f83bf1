/**
 * The laws of sinks for those over a network, against receivers on loopback that keep what they
 * are sent.
 *
 * @since 0.1.0
 */
import { SinkError } from "@countersign/core/engine/Sink"
import type { StoredRecord } from "@countersign/core/testing/MemorySink"
import { type Law, laws } from "@countersign/core/testing/SinkLaws"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import type { LogRecord } from "../mapping/Otlp.ts"
import type { InvalidNetworkSink } from "../network/InvalidNetworkSink.ts"
import * as OtlpSink from "../network/OtlpSink.ts"
import * as SyslogSink from "../network/SyslogSink.ts"
import { secretOf } from "../network/WebhookSignature.ts"
import * as WebhookSink from "../network/WebhookSink.ts"
import { httpReceiver } from "./HttpReceiver.ts"
import { syslogReceiver } from "./SyslogReceiver.ts"

type Laws = Effect.Effect<ReadonlyArray<Law>, never, Scope>

const broken = ({ message }: InvalidNetworkSink) =>
  new SinkError({ sink: "test", reason: "unavailable", detail: message })

interface ExportRequest {
  readonly resourceLogs: ReadonlyArray<{
    readonly scopeLogs: ReadonlyArray<{ readonly logRecords: ReadonlyArray<LogRecord> }>
  }>
}

const attribute = ({ attributes }: LogRecord, name: string): string => {
  const value = attributes.find(({ key }) => key === name)?.value
  if (value === undefined) return ""
  if ("stringValue" in value) return value.stringValue
  return "intValue" in value ? value.intValue : ""
}

const logsIn = (body: Buffer): ReadonlyArray<StoredRecord> => {
  const request: ExportRequest = JSON.parse(body.toString("utf8"))
  return request.resourceLogs
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .map((record) => ({
      trail: attribute(record, "audit.trail"),
      sequence: Number(attribute(record, "audit.sequence")),
      bytes: Buffer.from(record.body.stringValue),
    }))
}

/** OTLP: each store is a path. */
export const otlpLaws: Laws = Effect.map(httpReceiver(), ({ requests, url }) =>
  laws(
    (store) => Effect.mapError(OtlpSink.make({ url: `${url}/${store}` }), broken),
    (store) =>
      Effect.sync(() =>
        requests.filter(({ path }) => path === `/${store}`).flatMap(({ body }) => logsIn(body)),
      ),
  ),
)

interface ReceivedEvent {
  readonly source: string
  readonly sequence: string
  readonly data_base64: string
}

const eventsIn = (body: Buffer): ReadonlyArray<StoredRecord> => {
  const events: ReadonlyArray<ReceivedEvent> = JSON.parse(body.toString("utf8"))
  return events.map((event) => ({
    trail: event.source.slice("//".length),
    sequence: Number(event.sequence),
    // The records of the laws are no events of an audit, which would come as `data`.
    bytes: Buffer.from(event.data_base64, "base64"),
  }))
}

/** Webhook: each store is a path. */
export const webhookLaws: Laws = Effect.map(httpReceiver(), ({ requests, url }) =>
  laws(
    (store) =>
      Effect.mapError(
        WebhookSink.make({
          url: `${url}/${store}`,
          secrets: [secretOf(Buffer.alloc(32, 1).toString("base64"))].flatMap((key) => key ?? []),
          allowsHttp: true,
          allowedNetworks: ["127.0.0.1"],
        }),
        broken,
      ),
    (store) =>
      Effect.sync(() =>
        requests.filter(({ path }) => path === `/${store}`).flatMap(({ body }) => eventsIn(body)),
      ),
  ),
)

const messageForm =
  /^<\d+>1 \S+ (\S+) \S+ - \S+ \[countersign@\d+ trail="([^"]*)" sequence="(\d+)"[^\]]*\] \ufeff(.*)$/s

const messageIn = (message: Buffer) => {
  const [, store = "", trail = "", sequence = "", text = ""] =
    messageForm.exec(message.toString("utf8")) ?? []
  return { store, record: { trail, sequence: Number(sequence), bytes: Buffer.from(text) } }
}

/** Syslog over TCP: each store is a host's name. */
export const syslogLaws: Laws = Effect.map(syslogReceiver(), ({ messages, port }) =>
  laws(
    (store) =>
      Effect.mapError(
        SyslogSink.make({
          host: "127.0.0.1",
          port,
          tls: false,
          hostname: store,
          holdMillis: 20,
        }),
        broken,
      ),
    (store) =>
      Effect.sync(() =>
        messages
          .map(messageIn)
          .filter((found) => found.store === store)
          .map(({ record }) => record),
      ),
  ),
)
