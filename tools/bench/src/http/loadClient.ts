/**
 * The client of the reference workload, in a process of its own: prebuilt requests over a fixed
 * number of connections, one request at a time on each. It sends for as long as it is told, and
 * ends with its parent.
 */
import * as net from "node:net"
import { prepareRequests } from "./clinicRequests.ts"

/** Send for so long; only what is answered after `settleMillis` counts. */
export interface LoadOrder {
  readonly port: number
  readonly connections: number
  readonly settleMillis: number
  readonly millis: number
  /** What to send in turn; by default the requests of the reference workload. Counts at the first order. */
  readonly requests?: ReadonlyArray<string>
}

export type LoadAnswer =
  | { readonly _tag: "Done"; readonly answered: number; readonly total: number }
  | { readonly _tag: "Failed"; readonly detail: string }

let requests: ReadonlyArray<Buffer> = []
const headerEnd = Buffer.from("\r\n\r\n")
const lengthName = "content-length: "

/** Length of a complete response; 0 while it is incomplete. Throws for anything but 200. */
const responseBytes = (bytes: Buffer): number => {
  const end = bytes.indexOf(headerEnd)
  if (end < 0) return 0
  const header = bytes.toString("latin1", 0, end)
  if (!header.startsWith("HTTP/1.1 200")) throw new Error(header.slice(0, header.indexOf("\r\n")))
  const at = header.toLowerCase().indexOf(lengthName)
  if (at < 0) throw new Error("a response without a length")
  return end + headerEnd.length + Number.parseInt(header.slice(at + lengthName.length), 10)
}

class Connection {
  onAnswer: () => boolean = () => false
  private readonly socket: net.Socket
  private held: Buffer | undefined
  private next: number

  constructor(socket: net.Socket, first: number) {
    this.socket = socket
    this.next = first
    socket.setNoDelay(true)
    socket.on("data", (chunk: Buffer) => this.receive(chunk))
  }

  send(): void {
    const request = requests[this.next % requests.length]
    this.next += 1
    if (request !== undefined) this.socket.write(request)
  }

  private receive(chunk: Buffer): void {
    const bytes = this.held === undefined ? chunk : Buffer.concat([this.held, chunk])
    const complete = responseBytes(bytes)
    if (complete === 0 || bytes.length < complete) {
      this.held = bytes
      return
    }
    if (bytes.length > complete) throw new Error("two responses to one request")
    this.held = undefined
    if (this.onAnswer()) this.send()
  }
}

const connect = (port: number, first: number): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.once("error", reject)
    socket.once("connect", () => {
      socket.off("error", reject)
      socket.on("error", failed)
      socket.on("close", () => failed(new Error("the server closed a connection")))
      resolve(new Connection(socket, first))
    })
  })

let connections: ReadonlyArray<Connection> = []

const run = async (order: LoadOrder): Promise<LoadAnswer> => {
  if (connections.length === 0) {
    requests = order.requests?.map((text) => Buffer.from(text)) ?? prepareRequests(2048)
    connections = await Promise.all(
      Array.from({ length: order.connections }, (_, index) => connect(order.port, index * 61)),
    )
  }
  return new Promise((resolve) => {
    const from = performance.now() + order.settleMillis
    const until = from + order.millis
    let answered = 0
    let total = 0
    let busy = connections.length
    for (const connection of connections) {
      connection.onAnswer = () => {
        const now = performance.now()
        total += 1
        if (now < until) {
          if (now >= from) answered += 1
          return true
        }
        busy -= 1
        if (busy === 0) resolve({ _tag: "Done", answered, total })
        return false
      }
      connection.send()
    }
  })
}

const tell = (answer: LoadAnswer): void => void process.send?.(answer)

const failed = (cause: unknown): void => {
  // Without a parent there is nobody to tell, and the work is over.
  if (!process.connected || process.send === undefined) process.exit()
  process.send({ _tag: "Failed", detail: String(cause) } satisfies LoadAnswer, () =>
    process.exit(1),
  )
}

process.on("uncaughtException", failed)
process.on("disconnect", () => process.exit())
process.on("message", (order: LoadOrder) => {
  run(order).then(tell, failed)
})
