/**
 * A timestamp authority of the test's own: `openssl ts` behind HTTP.
 *
 * @since 0.1.0
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

const program = "openssl"

const openssl = (directory: string, args: ReadonlyArray<string>): void => {
  try {
    execFileSync(program, args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] })
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Error("openssl is needed for this test: apt-get install -y openssl", {
        cause: error,
      })
    }
    throw error
  }
}

const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[lax]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = timeStamping
[server]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,serverAuth
[authority]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha512
signer_digest = sha256
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
`

/**
 * Which certificate signs: the authority's; one whose usage is not critical; a server's; one that
 * has expired; one under two CAs that vouch for each other and nobody else for them.
 *
 * @category models
 * @since 0.1.0
 */
export type SigningCertificate = "tsa" | "lax" | "server" | "expired" | "circle"

/**
 * What the authority does with the next requests.
 *
 * @category models
 * @since 0.1.0
 */
export type Behaviour = "answers" | "replays" | "refuses" | "fails" | "floods" | "hangs"

/**
 * @category models
 * @since 0.1.0
 */
export interface TestAuthority {
  readonly url: string
  /** The file with the certificate of its CA. */
  readonly ca: string
  behaviour: Behaviour
  /** How many requests have come. */
  requests: number
  /** Answers a request as the authority would, without HTTP. */
  readonly answer: (request: Uint8Array) => Buffer
  /**
   * Signs what a good answer says with another certificate of the same CA, as `openssl ts`
   * refuses to.
   */
  readonly signAgain: (response: Uint8Array, certificate: SigningCertificate) => Buffer
}

const keyOptions = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

const config = ["-config", "openssl.cnf"]

const makeRequest = (directory: string, name: string): void => {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.csr`]
  openssl(directory, ["req", ...keyOptions, ...files, "-subj", `/CN=Test ${name}`, ...config])
}

const issue = (
  directory: string,
  name: string,
  { ca = "ca", days = "2", extensions = name, out = name } = {},
): void => {
  const issuer = ["-CA", `${ca}.pem`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", days]
  const usage = ["-extfile", "openssl.cnf", "-extensions", extensions]
  const files = ["-in", `${name}.csr`, "-out", `${out}.pem`]
  openssl(directory, ["x509", "-req", ...files, ...issuer, ...usage])
}

const makeCertificates = (directory: string): void => {
  fs.writeFileSync(path.join(directory, "openssl.cnf"), configuration)
  const root = ["-x509", ...keyOptions, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"]
  openssl(directory, ["req", ...root, "-subj", "/CN=Test CA", ...config, "-extensions", "ca"])
  // Before any time that is signed with them: a certificate is not valid before it was made.
  for (const name of ["tsa", "lax", "server"]) {
    makeRequest(directory, name)
    issue(directory, name)
  }
}

/** Makes the certificate where it is not there yet. */
const makeCertificate = (directory: string, name: SigningCertificate): void => {
  if (fs.existsSync(path.join(directory, `${name}.pem`))) return
  makeRequest(directory, name)
  if (name !== "circle") {
    return issue(directory, name, name === "expired" ? { days: "-1", extensions: "tsa" } : {})
  }
  const [left, right] = ["left", "right"]
  for (const ca of [left, right]) {
    makeRequest(directory, ca)
    issue(directory, ca, { extensions: "ca" })
  }
  // Each by the other, in place of by the CA.
  issue(directory, left, { ca: right, extensions: "ca", out: "left-by-right" })
  issue(directory, right, { ca: left, extensions: "ca", out: "right-by-left" })
  issue(directory, name, { ca: left, extensions: "tsa" })
  const both = ["left-by-right", "right-by-left"].map((ca) =>
    fs.readFileSync(path.join(directory, `${ca}.pem`)),
  )
  fs.writeFileSync(path.join(directory, "circle.chain"), Buffer.concat(both))
}

/** The status "rejection" and nothing else, as DER: SEQUENCE { SEQUENCE { INTEGER 2 } }. */
const rejection = Buffer.from("30053003020102", "hex")

const listen = (server: http.Server): Effect.Effect<number> =>
  Effect.promise(
    () =>
      new Promise((resolve) => {
        server.listen(0, "127.0.0.1", () => {
          // It listens on a port, not on a path.
          resolve((server.address() as AddressInfo).port)
        })
      }),
  )

const make = (directory: string): Omit<TestAuthority, "url"> => {
  const file = (name: string, bytes: Uint8Array): void => {
    fs.writeFileSync(path.join(directory, name), bytes)
  }
  const read = (name: string): Buffer => fs.readFileSync(path.join(directory, name))
  return {
    ca: path.join(directory, "ca.pem"),
    behaviour: "answers",
    requests: 0,
    answer: (request) => {
      file("query.tsq", request)
      const section = ["-section", "authority", ...config]
      const signer = ["-signer", "tsa.pem", "-inkey", "tsa.key"]
      const files = ["-queryfile", "query.tsq", "-out", "reply.tsr"]
      openssl(directory, ["ts", "-reply", ...files, ...section, ...signer])
      return read("reply.tsr")
    },
    signAgain: (response, certificate) => {
      makeCertificate(directory, certificate)
      file("given.tsr", response)
      openssl(directory, ["ts", "-reply", "-in", "given.tsr", "-token_out", "-out", "token.der"])
      const content = ["-verify", "-noverify", "-inform", "DER", "-in", "token.der"]
      openssl(directory, ["cms", ...content, "-binary", "-out", "info.der"])
      const type = ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-nodetach", "-binary"]
      const chain = certificate === "circle" ? ["-certfile", "circle.chain"] : []
      const signer = ["-signer", `${certificate}.pem`, "-inkey", `${certificate}.key`, ...chain]
      const files = ["-in", "info.der", "-outform", "DER", "-out", "again.der"]
      openssl(directory, ["cms", "-sign", "-cades", "-md", "sha256", ...type, ...signer, ...files])
      const wrapped = ["-in", "again.der", "-token_in", "-out", "again.tsr"]
      openssl(directory, ["ts", "-reply", ...wrapped])
      return read("again.tsr")
    },
  }
}

/**
 * An authority with a CA of its own, gone with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const testAuthority: Effect.Effect<TestAuthority, never, Scope> = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "countersign-tsa-"))),
    (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true })),
  )
  makeCertificates(directory)
  let last: Buffer | undefined
  const respond = (authority: TestAuthority, request: Buffer, response: http.ServerResponse) => {
    authority.requests += 1
    response.setHeader("content-type", "application/timestamp-reply")
    switch (authority.behaviour) {
      case "answers":
        last = authority.answer(request)
        return response.end(last)
      case "replays":
        return response.end(last)
      case "refuses":
        return response.end(rejection)
      case "fails":
        response.statusCode = 503
        return response.end("later")
      case "floods":
        return response.end(Buffer.alloc(8 * 1024 * 1024))
      case "hangs":
        return response.write("0")
    }
  }
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => http.createServer()),
    (made) =>
      Effect.sync(() => {
        made.close()
        made.closeAllConnections()
      }),
  )
  const authority: TestAuthority = {
    ...make(directory),
    url: `http://127.0.0.1:${yield* listen(server)}/tsa`,
  }
  server.on("request", (request, response) => {
    const pieces: Array<Buffer> = []
    request.on("data", (piece: Buffer) => pieces.push(piece))
    request.on("end", () => respond(authority, Buffer.concat(pieces), response))
  })
  return authority
})
