/**
 * The files of a built page, served on the address of the monitor that it shows.
 *
 * All files are read and compressed at the start. A request names one of them or none: its path is
 * looked up in a map, and nothing of it reaches the disk. No token is asked for, since the files
 * hold nothing of a trail; the page itself connects with the token of its fragment, which a browser
 * sends to nobody.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as path from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * The page that a server was told to serve can't be served.
 *
 * @category errors
 * @since 0.1.0
 */
export class MonitorPageInvalid extends Schema.TaggedError<MonitorPageInvalid>(
  "@countersign/monitor/MonitorPageInvalid",
)("MonitorPageInvalid", {
  code: Schema.tag("AUD-6604"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the page can't be served: ${this.detail}`
  }
}

/**
 * Bytes by name, such as `index.html` and `assets/index-DkS1x9aB.js`.
 *
 * @category models
 * @since 0.1.0
 */
export type PageFiles = ReadonlyMap<string, Uint8Array>

/**
 * @category models
 * @since 0.1.0
 */
export interface StaticPage {
  /** Answers a request for one of the files; `false`: it is none, and nothing was answered. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => boolean
}

/**
 * Most files of a page.
 *
 * @category constants
 * @since 0.1.0
 */
export const filesMax = 2000

/**
 * Most bytes of all files of a page.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageBytesMax = 64 * 1024 * 1024

const levelsMax = 8
const indexName = "index.html"
/** Who reads nothing of an answer for so long is cut off. */
const idleMillis = 30_000

/** What a page may do: load what lies beside it, and talk to the server that it comes from. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ")

const securityHeaders = {
  "content-security-policy": contentPolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  vary: "accept-encoding",
} as const

const text = (type: string) => ({ type: `${type}; charset=utf-8`, isText: true })
const binary = (type: string) => ({ type, isText: false })

const kinds: ReadonlyMap<string, { readonly type: string; readonly isText: boolean }> = new Map([
  [".html", text("text/html")],
  [".js", text("text/javascript")],
  [".mjs", text("text/javascript")],
  [".css", text("text/css")],
  [".json", text("application/json")],
  [".map", text("application/json")],
  [".webmanifest", text("application/manifest+json")],
  [".txt", text("text/plain")],
  [".svg", text("image/svg+xml")],
  [".wasm", { type: "application/wasm", isText: true }],
  [".ttf", { type: "font/ttf", isText: true }],
  [".woff", binary("font/woff")],
  [".woff2", binary("font/woff2")],
  [".png", binary("image/png")],
  [".jpg", binary("image/jpeg")],
  [".webp", binary("image/webp")],
  [".ico", binary("image/x-icon")],
])
const unknownKind = binary("application/octet-stream")

/** What a bundler makes, as Vite does: in `assets/`, with a hash of the content in the name. */
const hashedName = /^assets\/(?:.*\/)?[^/]*-[\w-]{8,}\.\w+$/

interface Form {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string | number>>
  readonly tag: string
}

interface ServedFile {
  readonly plain: Form
  readonly gzipped: Form | undefined
}

const squeeze = promisify(gzip)

const servedFile = async (name: string, bytes: Uint8Array): Promise<ServedFile> => {
  const { isText, type } = kinds.get(path.posix.extname(name).toLowerCase()) ?? unknownKind
  const digest = hash("sha256", bytes, "base64url").slice(0, 22)
  const form = (body: Uint8Array, tag: string, more: Readonly<Record<string, string>>): Form => ({
    body,
    tag,
    headers: {
      ...securityHeaders,
      "content-type": type,
      "content-length": body.length,
      "cache-control": hashedName.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
      etag: tag,
      ...more,
    },
  })
  const plain = form(bytes, `"${digest}"`, {})
  const small = isText ? await squeeze(bytes, { level: 9 }) : bytes
  return small.length < bytes.length
    ? { plain, gzipped: form(small, `"${digest}-gzip"`, { "content-encoding": "gzip" }) }
    : { plain, gzipped: undefined }
}

/** Whether `gzip` is among what is accepted, and not with the weight 0. */
const takesGzip = (accepted: string): boolean =>
  accepted.split(",").some((each) => {
    const [coding = "", ...parameters] = each.toLowerCase().replaceAll(" ", "").split(";")
    return coding === "gzip" && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })

const answerWith = (file: ServedFile, request: IncomingMessage, response: ServerResponse): void => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { ...securityHeaders, allow: "GET, HEAD", "content-length": 0 })
    return void response.end()
  }
  const accepted = request.headers["accept-encoding"] ?? ""
  const form = (takesGzip(accepted) ? file.gzipped : undefined) ?? file.plain
  const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim())
  response.setTimeout(idleMillis, () => response.destroy())
  if (known.includes(form.tag)) {
    const { "content-length": _, ...headers } = form.headers
    response.writeHead(304, headers)
    return void response.end()
  }
  response.writeHead(200, form.headers)
  response.end(request.method === "GET" ? form.body : undefined)
}

/** As a browser asks for it. */
const pathOf = (name: string): string => `/${name.split("/").map(encodeURIComponent).join("/")}`

const readable = (files: number, bytes: number): Effect.Effect<void, MonitorPageInvalid> => {
  if (files > filesMax) {
    return Effect.fail(new MonitorPageInvalid({ detail: `more than ${filesMax} files` }))
  }
  return bytes > pageBytesMax
    ? Effect.fail(new MonitorPageInvalid({ detail: `more than ${pageBytesMax} bytes` }))
    : Effect.void
}

/** All files of a directory, but for those whose name begins with a dot. */
const filesOf = Effect.fnUntraced(function* (root: string) {
  const disk = yield* Disk
  const found = new Map<string, Uint8Array>()
  const waiting: Array<ReadonlyArray<string>> = [[]]
  let bytes = 0
  for (let names = waiting.pop(); names !== undefined; names = waiting.pop()) {
    const directory = names
    for (const name of yield* disk.list(path.join(root, ...directory))) {
      if (name.startsWith(".")) continue
      const file = path.join(root, ...directory, name)
      const status = yield* disk.status(file)
      if (status?.isDirectory === true) {
        if (directory.length >= levelsMax) {
          return yield* new MonitorPageInvalid({ detail: `${file} lies too deep` })
        }
        waiting.push([...directory, name])
      } else if (status !== undefined) {
        bytes += status.sizeBytes
        yield* readable(found.size + 1, bytes)
        found.set([...directory, name].join("/"), yield* disk.readFile(file))
      }
    }
  }
  return found
})

/**
 * Reads and compresses a page.
 *
 * @param page a directory with an `index.html`, or files by name
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  page: string | PageFiles,
): Effect.Effect<StaticPage, MonitorPageInvalid | DiskError, Disk> =>
  Effect.gen(function* () {
    const files: PageFiles = typeof page === "string" ? yield* filesOf(path.resolve(page)) : page
    if (!files.has(indexName)) {
      const where = typeof page === "string" ? path.resolve(page) : "its files"
      return yield* new MonitorPageInvalid({ detail: `there is no ${indexName} in ${where}` })
    }
    yield* readable(
      files.size,
      [...files.values()].reduce((sum, { length }) => sum + length, 0),
    )
    const served = new Map<string, ServedFile>()
    for (const [name, bytes] of files) {
      served.set(pathOf(name), yield* Effect.promise(() => servedFile(name, bytes)))
    }
    return {
      answer: (request, response) => {
        const { url = "" } = request
        const file = served.get(url === "/" ? pathOf(indexName) : url)
        if (file === undefined) return false
        answerWith(file, request, response)
        return true
      },
    }
  })
