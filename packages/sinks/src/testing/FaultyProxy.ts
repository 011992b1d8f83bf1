/**
 * A wire between a client and a server that tests can cut, freeze, or make deaf.
 *
 * @since 0.1.0
 */
import * as net from "node:net"
import * as Effect from "effect/Effect"

/**
 * What the wire does to bytes.
 *
 * - `pass`: hands them on.
 * - `blackhole`: takes them and hands nothing on, in both directions; connections stay open.
 * - `deaf`: hands on what the client says and swallows what the server answers.
 * - `refuse`: resets each connection, old and new.
 *
 * @category models
 * @since 0.1.0
 */
export type WireMode = "pass" | "blackhole" | "deaf" | "refuse"

/**
 * A proxy on loopback in front of one port.
 *
 * @category models
 * @since 0.1.0
 */
export class FaultyProxy {
  private readonly server: net.Server
  private readonly sockets = new Set<net.Socket>()
  private readonly target: number
  private mode: WireMode = "pass"
  private watchers: Array<(bytes: Buffer) => void> = []

  constructor(target: number) {
    this.target = target
    this.server = net.createServer((client) => this.connect(client))
  }

  /** Listens, and says on which port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject)
      this.server.listen(0, "127.0.0.1", () => {
        const address = this.server.address()
        if (typeof address === "object" && address !== null) resolve(address.port)
        else reject(new Error("the system gave no port"))
      })
    })
  }

  /** How many connections there are. */
  get connections(): number {
    return this.sockets.size / 2
  }

  /** From now on the wire does this. What a black hole swallowed never arrives. */
  become(mode: WireMode): void {
    this.mode = mode
    if (mode === "refuse") this.cut()
  }

  /** Resets every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Is told what clients say, before it is handed on: the place to cut between two messages. */
  watch(watcher: (bytes: Buffer) => void): void {
    this.watchers.push(watcher)
  }

  close(): Promise<void> {
    this.cut()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  private connect(client: net.Socket): void {
    if (this.mode === "refuse") {
      client.resetAndDestroy()
      return
    }
    const server = net.connect(this.target, "127.0.0.1")
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket)
      socket.on("error", () => socket.destroy())
      socket.once("close", () => {
        this.sockets.delete(socket)
        // A black hole does not even say that the other side is gone.
        if (this.mode !== "blackhole") other.destroy()
      })
    }
    client.on("data", (bytes: Buffer) => {
      for (const watcher of this.watchers) watcher(bytes)
      if (this.mode === "pass" || this.mode === "deaf") server.write(bytes)
    })
    server.on("data", (bytes: Buffer) => {
      if (this.mode === "pass") client.write(bytes)
    })
  }
}

/**
 * A proxy in front of a port, with the port that it listens on; both go with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const faultyProxy = (target: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const proxy = new FaultyProxy(target)
      return { proxy, port: await proxy.listen() }
    }),
    ({ proxy }) => Effect.promise(() => proxy.close()),
  )
