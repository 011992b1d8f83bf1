/**
 * A sink that sends records as syslog messages over TCP or TLS.
 *
 * Syslog has no acknowledgement. The best that TCP can say is that the receiver has read to the
 * end: so each batch has a connection of its own, which this side finishes and the receiver then
 * closes. A connection that is kept, as most senders do, loses what lies in its buffers when the
 * receiver goes away, and nobody learns of it. A receiver that closes by itself, before this side
 * has, has not taken the batch. One that reads and drops still loses it in silence: the trail has
 * it.
 *
 * - Source: RFC 6587, section 3.4.1, and RFC 5425: octet counting. RFC 5424: the message.
 *
 * @since 0.1.0
 */
import * as net from "node:net"
import * as tls from "node:tls"
import type { DeliveredBatch, Sink } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ExportRecord from "../mapping/ExportRecord.ts"
import * as Syslog from "../mapping/Syslog.ts"
import type { TlsOptions } from "./HttpRequest.ts"
import { InvalidNetworkSink } from "./InvalidNetworkSink.ts"
import * as NetworkSink from "./NetworkSink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SyslogSinkOptions extends Syslog.SyslogOptions {
  readonly host: string
  /** Default 6514 over TLS, as RFC 5425 has it, and 601 over TCP, as RFC 6587 has it. */
  readonly port?: number | undefined
  /** Default: TLS with Node's certificates. `false`: TCP in the clear. */
  readonly tls?: TlsOptions | false | undefined
  /** Default `syslog`. */
  readonly name?: string | undefined
  /** Longest time from the connection's start to its end. Units: milliseconds. Default 10,000. */
  readonly timeoutMillis?: number | undefined
  /**
   * How long a connection is held open after its last byte. A receiver that closes in this time
   * has not taken the batch: longer than it needs to give up what it can't use. Units:
   * milliseconds. Default 250. Bounds: 1 to 10,000, and less than `timeoutMillis`.
   */
  readonly holdMillis?: number | undefined
}

const utf8 = new TextDecoder()

/** A message after its length in bytes. */
const frameIn =
  (trail: string, options: Syslog.SyslogOptions) =>
  (sequence: number, entry: Uint8Array): string => {
    const message = Result.match(ExportRecord.read(trail, sequence, entry), {
      onSuccess: (record) => Syslog.writeWith(record, options),
      onFailure: () => Syslog.writePlain(trail, sequence, utf8.decode(entry), options),
    })
    return `${Buffer.byteLength(message)} ${message}`
  }

// A connection is opened and held for each batch, so a batch is larger than a request of HTTP.
const delivery = { recordsMax: 4096, bytesMax: 4_194_304 }

/**
 * Sends the bytes and waits until the receiver has closed after reading them all.
 *
 * A server that gives up (TLS that is spoken to in the clear, a relay whose storage is gone) closes
 * by itself, which looks like the answer to this side's end once that is sent. So each connection
 * is held first, also after a success: a receiver may go wrong at any time.
 */
const sent = (
  open: () => net.Socket,
  bytes: Buffer,
  holdMillis: number,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = open()
    let isFinished = false
    let hold: NodeJS.Timeout | undefined
    const fail = (error: Error): void => {
      clearTimeout(hold)
      signal.removeEventListener("abort", abort)
      socket.destroy()
      reject(error)
    }
    const abort = (): void => fail(new Error("no answer in time"))
    if (signal.aborted) return abort()
    signal.addEventListener("abort", abort)
    socket.on("error", fail)
    socket.once("finish", () => {
      isFinished = true
    })
    socket.once("end", () => {
      if (!isFinished) return fail(new Error("the receiver closed before it had read everything"))
      signal.removeEventListener("abort", abort)
      socket.destroy()
      resolve()
    })
    socket.once("close", () => fail(new Error("the connection broke before its end")))
    // A receiver of syslog has nothing to say. One of TLS that is spoken to in the clear does.
    socket.once("data", () => fail(new Error("the receiver answers, so it is none of syslog")))
    socket.write(bytes, () => {
      hold = setTimeout(() => socket.end(), holdMillis)
    })
  })

const opener = (options: SyslogSinkOptions): (() => net.Socket) => {
  const { host } = options
  if (options.tls === false) {
    const { port = 601 } = options
    return () => net.connect({ host, port })
  }
  const { port = 6514 } = options
  const { ca, cert, key } = options.tls ?? {}
  const trust = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // An address is no name to ask for.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
  }
  return () => tls.connect({ host, port, ...trust })
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: SyslogSinkOptions): Effect.Effect<Sink, InvalidNetworkSink> => {
  const { holdMillis = 250, host, name = "syslog", port = 601, timeoutMillis = 10_000 } = options
  const refused = (detail: string) => Effect.fail(new InvalidNetworkSink({ sink: name, detail }))
  if (host === "" || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return refused("it needs a host, and a port from 1 to 65535")
  }
  if (!(holdMillis >= 1 && holdMillis <= 10_000 && holdMillis < timeoutMillis)) {
    return refused("holdMillis is from 1 to 10000, and less than timeoutMillis")
  }
  const open = opener(options)
  const send = Effect.fnUntraced(function* (batch: DeliveredBatch) {
    const frames = yield* NetworkSink.converted(batch, frameIn(batch.trail, options))
    const bytes = Buffer.from(frames.join(""))
    yield* Effect.tryPromise({
      try: (interrupted) => {
        const late = AbortSignal.timeout(timeoutMillis)
        return sent(open, bytes, holdMillis, AbortSignal.any([interrupted, late]))
      },
      catch: (cause) => NetworkSink.unavailable(name, cause),
    })
  })
  return Effect.succeed(NetworkSink.make(name, send, () => undefined, delivery))
}
