/**
 * Tells of alerts as syslog messages: over UDP, TCP, or a stream socket of this machine.
 *
 * - Source: RFC 5424: the message. RFC 5426: UDP. RFC 6587, section 3.4.1: octet counting.
 *
 * @since 0.1.0
 */
import * as dgram from "node:dgram"
import * as net from "node:net"
import * as os from "node:os"
import { boundedText } from "@countersign/core/engine/CauseText"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import type { AlertSeverity } from "./Alert.ts"
import type { AlertChange } from "./AlertBook.ts"
import {
  type AlertTarget,
  AlertTargetInvalid,
  type DeliveryOptions,
  NoticeFailed,
  sending,
} from "./AlertTarget.ts"
import { changeLine, type Notice } from "./Notice.ts"

/**
 * `udp`: nobody says whether it came. `tcp` and `unix`: the receiver has read it when it closes.
 * `unix` is a stream socket: Node has no datagrams there, which most `/dev/log` are.
 *
 * @category models
 * @since 0.1.0
 */
export type SyslogTransport =
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }

/**
 * @category models
 * @since 0.1.0
 */
export interface SyslogTargetOptions extends DeliveryOptions {
  /** Default `syslog`. */
  readonly name?: string | undefined
  readonly to: SyslogTransport
  /** Default: this machine's. */
  readonly hostname?: string | undefined
  /** Default `countersign`. */
  readonly appName?: string | undefined
  /** 0 to 23. Default 13, log audit. */
  readonly facility?: number | undefined
  /** As which the structured data is named. Default 32473, which RFC 5612 keeps for examples. */
  readonly enterpriseNumber?: number | undefined
}

// RFC 5424 table 2: critical, error, warning, informational; notice for what is over.
const severityCodes: Readonly<Record<AlertSeverity, number>> = {
  critical: 2,
  error: 3,
  warning: 4,
  info: 6,
}
const noticeCode = 5

// What receivers over UDP should take (RFC 5424, section 6.1). Units: bytes.
const messageBytesMax = 2048
const headerBytesMax = 1024

const headerField = (text: string, lengthMax: number): string =>
  text.replaceAll(/[^\x21-\x7e]/gu, "?").slice(0, lengthMax) || "-"

const param = (name: string, value: string | number, bytesMax: number): string =>
  ` ${name}="${boundedText(String(value).replaceAll(/\p{Cc}/gu, " "), bytesMax).replaceAll(/["\\\]]/g, String.raw`\$&`)}"`

/**
 * One message, at most 2048 bytes.
 *
 * @category encoding
 * @since 0.1.0
 */
export const messageOf = (
  change: AlertChange,
  atMillis: number,
  options: Omit<SyslogTargetOptions, "to">,
): string => {
  const { alert, turn } = change
  const { appName = "countersign", enterpriseNumber = 32_473, facility = 13 } = options
  const isOver = turn === "resolved" || turn === "acknowledged"
  const priority = facility * 8 + (isOver ? noticeCode : severityCodes[alert.severity])
  const data = [
    param("id", alert.id, 300),
    param("rule", alert.rule, 64),
    param("severity", alert.severity, 16),
    param("subject", alert.subject, 200),
    ...(alert.value === null ? [] : [param("value", alert.value, 32)]),
  ].join("")
  const header = [
    `<${priority}>1`,
    new Date(atMillis).toISOString(),
    headerField(options.hostname ?? os.hostname(), 255),
    headerField(appName, 48),
    String(process.pid),
    turn,
    `[alert@${enterpriseNumber}${data}]`,
  ].join(" ")
  // MSG is UTF-8, so it begins with the byte order mark (section 6.4).
  return boundedText(
    `${header} \ufeff${boundedText(changeLine(change), messageBytesMax - headerBytesMax)}`,
    messageBytesMax,
  )
}

const overUdp = (host: string, port: number, messages: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket(net.isIPv6(host) ? "udp6" : "udp4")
    let left = messages.length
    socket.once("error", (cause) => {
      socket.close()
      reject(cause)
    })
    for (const message of messages) {
      socket.send(message, port, host, (cause) => {
        left -= 1
        if (cause !== null) return void socket.emit("error", cause)
        if (left > 0) return
        socket.close()
        resolve()
      })
    }
  })

/** Sends everything, says that this is all, and waits until the other side has read to the end. */
const overStream = (
  open: () => net.Socket,
  messages: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = open()
    signal.addEventListener("abort", () => socket.destroy(new Error("no answer in time")))
    socket.once("error", reject)
    socket.once("close", () => reject(new Error("the connection broke before its end")))
    socket.once("end", () => {
      resolve()
      socket.destroy()
    })
    // Nobody has anything to say here; without a reader its end would not be seen.
    socket.resume()
    socket.end(messages.map((text) => `${Buffer.byteLength(text)} ${text}`).join(""))
  })

const sent = (
  to: SyslogTransport,
  messages: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<void> => {
  if (to.kind === "udp") return overUdp(to.host, to.port, messages)
  const open = () =>
    to.kind === "unix"
      ? net.connect({ path: to.path })
      : net.connect({ host: to.host, port: to.port })
  return overStream(open, messages, signal)
}

const refusal = ({ facility = 13, to }: SyslogTargetOptions): string | undefined => {
  if (!Number.isInteger(facility) || facility < 0 || facility > 23) {
    return "a facility is a number from 0 to 23"
  }
  if (to.kind === "unix") return to.path === "" ? "it needs the path of a socket" : undefined
  return to.host === "" || !Number.isInteger(to.port) || to.port < 1 || to.port > 65_535
    ? "it needs a host, and a port from 1 to 65535"
    : undefined
}

/**
 * Lives as long as the scope.
 *
 * - Errors: `AlertTargetInvalid`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: SyslogTargetOptions,
): Effect.fn.Return<AlertTarget, AlertTargetInvalid, Scope> {
  const { name = "syslog", to } = options
  const wrong = refusal(options)
  if (wrong !== undefined) return yield* new AlertTargetInvalid({ target: name, detail: wrong })
  const send = ({ atMillis, changes }: Notice) =>
    Effect.tryPromise({
      try: (signal) =>
        sent(
          to,
          changes.map((change) => messageOf(change, atMillis, options)),
          signal,
        ),
      catch: (cause) =>
        new NoticeFailed({
          target: name,
          isRetryable: true,
          detail: cause instanceof Error ? cause.message : String(cause),
        }),
    })
  return yield* sending(name, send, options)
})
