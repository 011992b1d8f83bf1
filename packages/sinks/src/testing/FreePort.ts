/**
 * A port of the loopback interface that nobody listens on.
 *
 * @since 0.1.0
 */
import * as net from "node:net"

/**
 * Asks the system for a port that is free now. Another process may take it before its user does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port)
        else reject(new Error("the system gave no port"))
      })
    })
  })
