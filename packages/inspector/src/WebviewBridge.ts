/**
 * The extension's end of a webview's WebSockets. The page may not reach the network there, so it
 * posts what it sends, and the token never gets to it.
 *
 * @since 0.1.0
 */
import { subprotocolsFor } from "@countersign/monitor/protocol/MonitorProtocol"
import type { MonitorPlace } from "./InspectorRelay.ts"
import type { FromEditor, FromPage } from "./WebviewMessage.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface WebviewBridgeOptions {
  /** Where the monitor is now; `undefined`: nowhere, and the page tries again. */
  readonly find: () => Promise<MonitorPlace | undefined>
  readonly post: (message: FromEditor) => void
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WebviewBridge {
  readonly take: (message: Extract<FromPage, { readonly id: number }>) => void
  /** Ends every connection, as a monitor would: the page may open others. */
  readonly end: () => void
}

/** The page has one, and for a moment two while it connects again. */
const socketsMax = 4
/** As a browser says of a connection that never was, or that broke. */
const abnormal = 1006
const goingAway = 1001
const ordinary = 1000
/** More than a monitor lets wait for a viewer, and so a page that asks and asks ends here. */
const waitingBytesMax = 16 * 1024 * 1024

const textOf = (data: unknown): string =>
  data instanceof ArrayBuffer ? Buffer.from(data).toString("utf8") : String(data)

/**
 * @category constructors
 * @since 0.1.0
 */
export const webviewBridge = ({ find, post }: WebviewBridgeOptions): WebviewBridge => {
  /** `undefined`: the place is being looked for. */
  const sockets = new Map<number, WebSocket | undefined>()

  const closed = (id: number, code: number): void => {
    if (sockets.delete(id)) post({ type: "socket.close", id, code })
  }

  const open = async (id: number): Promise<void> => {
    if (sockets.has(id)) return
    if (sockets.size >= socketsMax) return post({ type: "socket.close", id, code: abnormal })
    sockets.set(id, undefined)
    const place = await find().catch(() => undefined)
    // The page may have closed it meanwhile.
    if (!sockets.has(id)) return
    if (place === undefined) return closed(id, abnormal)
    const socket = new WebSocket(place.url, subprotocolsFor(place.token))
    socket.binaryType = "arraybuffer"
    sockets.set(id, socket)
    socket.addEventListener("open", () => {
      if (sockets.has(id)) post({ type: "socket.open", id, protocol: socket.protocol })
    })
    socket.addEventListener("message", ({ data }) => {
      if (sockets.has(id)) post({ type: "socket.message", id, data: textOf(data) })
    })
    socket.addEventListener("error", () => closed(id, abnormal))
    socket.addEventListener("close", ({ code }) => closed(id, code))
  }

  return {
    take: (message) => {
      if (message.type === "socket.open") {
        void open(message.id).catch(() => closed(message.id, abnormal))
        return
      }
      const socket = sockets.get(message.id)
      if (message.type === "socket.close") {
        sockets.delete(message.id)
        socket?.close(ordinary)
      } else if (socket?.readyState === WebSocket.OPEN) {
        if (socket.bufferedAmount <= waitingBytesMax) return socket.send(message.data)
        socket.close()
        closed(message.id, abnormal)
      }
    },
    end: () => {
      for (const [id, socket] of sockets) {
        closed(id, goingAway)
        socket?.close(ordinary)
      }
    },
  }
}
