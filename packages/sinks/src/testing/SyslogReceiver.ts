/**
 * A server of syslog over TCP or TLS that keeps the messages it reads.
 *
 * @since 0.1.0
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import * as tls from "node:tls"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

const program = "openssl"

/**
 * @category models
 * @since 0.1.0
 */
export interface SyslogReceiver {
  readonly port: number
  /** Messages of connections that were read to their end, without their lengths. */
  readonly messages: ReadonlyArray<Buffer>
  /** Breaks the next connection off after its first bytes. */
  readonly breakNext: () => void
  /** From now on each connection is closed, tidily, once its first bytes were read and dropped. */
  readonly closeEarly: () => void
  /** Takes the next connection and reads nothing from it. */
  readonly hangNext: () => void
}

/**
 * Cuts a stream of octet-counted frames (RFC 6587, section 3.4.1). Throws on anything else.
 *
 * @category decoding
 * @since 0.1.0
 */
export const framesOf = (bytes: Buffer): ReadonlyArray<Buffer> => {
  const frames: Array<Buffer> = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const digits = bytes.subarray(at, space).toString("latin1")
    if (space < 0 || !/^[1-9]\d*$/.test(digits)) throw new Error(`no length at byte ${at}`)
    const end = space + 1 + Number(digits)
    if (end > bytes.length) throw new Error(`the frame at byte ${at} is cut off`)
    frames.push(bytes.subarray(space + 1, end))
    at = end
  }
  return frames
}

/**
 * A key and a certificate of `localhost`, PEM, by the `openssl` command.
 *
 * @category constructors
 * @since 0.1.0
 */
export const localhostCertificate = (): { readonly cert: string; readonly key: string } => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-tls-"))
  try {
    const args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(" ")
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    const files = ["-keyout", "key.pem", "-out", "cert.pem"]
    execFileSync(program, [...args, ...names, ...files], { cwd: directory, stdio: "ignore" })
    const read = (file: string) => fs.readFileSync(path.join(directory, file), "utf8")
    return { cert: read("cert.pem"), key: read("key.pem") }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** Listens on loopback as long as the scope lasts; over TLS with a certificate. */
export const syslogReceiver = (certificate?: {
  readonly cert: string
  readonly key: string
}): Effect.Effect<SyslogReceiver, never, Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const messages: Array<Buffer> = []
        const sockets = new Set<net.Socket>()
        let breaks = 0
        let hangs = 0
        let closesEarly = false
        const serve = (socket: net.Socket): void => {
          const chunks: Array<Buffer> = []
          sockets.add(socket)
          socket.on("error", () => socket.destroy())
          socket.once("close", () => sockets.delete(socket))
          if (hangs > 0) {
            hangs -= 1
            return
          }
          socket.on("data", (chunk: Buffer) => {
            if (breaks > 0) {
              breaks -= 1
              socket.destroy()
              return
            }
            if (closesEarly) return void socket.end()
            chunks.push(chunk)
          })
          socket.once("end", () => void messages.push(...framesOf(Buffer.concat(chunks))))
        }
        const server =
          certificate === undefined ? net.createServer(serve) : tls.createServer(certificate, serve)
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
        // Listening on a port, a server has an address of this kind.
        const { port } = server.address() as net.AddressInfo
        return {
          server,
          sockets,
          receiver: {
            port,
            messages,
            breakNext: () => void (breaks += 1),
            hangNext: () => void (hangs += 1),
            closeEarly: () => void (closesEarly = true),
          },
        }
      }),
      ({ server, sockets }) =>
        Effect.promise(
          () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              for (const socket of sockets) socket.destroy()
            }),
        ),
    ),
    ({ receiver }) => receiver,
  )
