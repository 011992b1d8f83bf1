import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { type IncomingHttpHeaders, request } from "node:http"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { served } from "../testing/ServedEngine.ts"
import type { MonitorServer } from "./MonitorServer.ts"
import { filesMax } from "./StaticPage.ts"

const script = `export const text = ${JSON.stringify("much ".repeat(400))}`
const page = new Map(
  Object.entries({
    "index.html": "<!doctype html><title>page</title>",
    "icon.png": "\u0089PNG",
    "some-component.js": "export {}",
    "with space.txt": "text",
    "assets/index-DkS1x9aB.js": script,
  }).map(([name, text]) => [name, new Uint8Array(Buffer.from(text))] as const),
)

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks for a path exactly as it stands, which `fetch` would tidy. */
const asked = (
  server: MonitorServer["Service"],
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Effect.Effect<Got> =>
  Effect.callback((resume) => {
    const { hostname, port } = new URL(server.url.replace("ws:", "http:"))
    const sent = request({ hostname, port, path: target, method, headers }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        ),
      )
    })
    sent.end()
  })

const statusOf = (...how: Parameters<typeof asked>) =>
  Effect.map(asked(...how), ({ status }) => status)

describe("StaticPage", () => {
  it.live("serves each file under its name, and the index at the root, without a token", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const root = yield* asked(server, "/")
          assert.strictEqual(root.status, 200)
          assert.strictEqual(root.body.toString(), "<!doctype html><title>page</title>")
          assert.strictEqual(root.headers["content-type"], "text/html; charset=utf-8")
          for (const [target, type] of [
            ["/index.html", "text/html; charset=utf-8"],
            ["/icon.png", "image/png"],
            ["/with%20space.txt", "text/plain; charset=utf-8"],
            ["/assets/index-DkS1x9aB.js", "text/javascript; charset=utf-8"],
          ]) {
            const got = yield* asked(server, target ?? "")
            assert.strictEqual(got.status, 200, target)
            assert.strictEqual(got.headers["content-type"], type)
          }
        }),
      { page },
    ),
  )

  it.live("lets a page load what lies beside it, talk to its server, and nothing else", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const { headers } = yield* asked(server, "/")
          const policy = headers["content-security-policy"]
          assert.deepStrictEqual(typeof policy === "string" ? policy.split("; ") : [], [
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
          ])
          assert.strictEqual(headers["x-content-type-options"], "nosniff")
          assert.strictEqual(headers["referrer-policy"], "no-referrer")
          assert.strictEqual(headers["cross-origin-opener-policy"], "same-origin")
          assert.strictEqual(headers["cross-origin-resource-policy"], "same-origin")
        }),
      { page },
    ),
  )

  it.live("knows its files alone, whatever a path looks like", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          for (const target of [
            "/nothing",
            "/assets",
            "/assets/",
            "/../../../../etc/passwd",
            "/assets/../index.html",
            "/%2e%2e/index.html",
            "/assets%2findex-DkS1x9aB.js",
            "/index.html?token=secret",
            "/__proto__",
            "//index.html",
            "http://evil.example/index.html",
          ]) {
            assert.strictEqual(yield* statusOf(server, target), 404, target)
          }
          for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
            assert.strictEqual(yield* statusOf(server, "/", {}, method), 405, method)
          }
          const head = yield* asked(server, "/", {}, "HEAD")
          assert.deepStrictEqual([head.status, head.body.length], [200, 0])
          assert.strictEqual(yield* statusOf(server, "/health"), 200)
        }),
      { page },
    ),
  )

  it.live("answers to its own names alone, and to no page of another origin", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          assert.strictEqual(yield* statusOf(server, "/", { host: "evil.example" }), 421)
          assert.strictEqual(yield* statusOf(server, "/", { origin: "http://evil.example" }), 403)
        }),
      { page },
    ),
  )

  it.live("is kept for good where its name has a hash, and is asked for again elsewhere", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const keeping = (target: string) =>
            Effect.map(asked(server, target), ({ headers }) => headers["cache-control"])
          const forGood = "public, max-age=31536000, immutable"
          assert.strictEqual(yield* keeping("/assets/index-DkS1x9aB.js"), forGood)
          assert.strictEqual(yield* keeping("/"), "no-cache")
          assert.strictEqual(yield* keeping("/some-component.js"), "no-cache")
          const { headers } = yield* asked(server, "/")
          const again = yield* asked(server, "/", { "if-none-match": `"x", ${headers.etag ?? ""}` })
          assert.deepStrictEqual([again.status, again.body.length], [304, 0])
          assert.strictEqual(yield* statusOf(server, "/", { "if-none-match": '"x"' }), 200)
        }),
      { page },
    ),
  )

  it.live("sends what was compressed at the start to whoever takes it", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const target = "/assets/index-DkS1x9aB.js"
          for (const accepted of ["gzip", "br;q=1, GZIP;q=0.5"]) {
            const small = yield* asked(server, target, { "accept-encoding": accepted })
            assert.strictEqual(small.headers["content-encoding"], "gzip")
            assert.isBelow(small.body.length, script.length / 4)
            assert.strictEqual(gunzipSync(small.body).toString(), script)
            assert.strictEqual(small.headers.vary, "accept-encoding")
          }
          for (const accepted of ["identity", "gzip;q=0", "br, gzip; q=0.00"]) {
            const plain = yield* asked(server, target, { "accept-encoding": accepted })
            assert.isUndefined(plain.headers["content-encoding"])
            assert.strictEqual(plain.body.toString(), script)
          }
        }),
      { page },
    ),
  )

  it.live("reads a directory once, with what lies deeper, and none of what is hidden", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      mkdirSync(path.join(directory, "assets", "deep"), { recursive: true })
      writeFileSync(path.join(directory, "index.html"), "first")
      writeFileSync(path.join(directory, ".env"), "SECRET=1")
      writeFileSync(path.join(directory, "assets", "deep", "a.css"), "a{}")
      yield* served(
        ({ server }) =>
          Effect.gen(function* () {
            writeFileSync(path.join(directory, "index.html"), "second")
            writeFileSync(path.join(directory, "late.html"), "late")
            assert.strictEqual((yield* asked(server, "/")).body.toString(), "first")
            assert.strictEqual(yield* statusOf(server, "/assets/deep/a.css"), 200)
            assert.strictEqual(yield* statusOf(server, "/late.html"), 404)
            assert.strictEqual(yield* statusOf(server, "/.env"), 404)
          }),
        { page: directory },
      )
    }).pipe(Effect.scoped),
  )

  it.live("refuses at the start what is no page, or one without an end", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const refused = (given: string | ReadonlyMap<string, Uint8Array>) =>
        Effect.map(
          Effect.flip(served(() => Effect.void, { page: given })),
          ({ message }) => message,
        )
      assert.include(yield* refused(directory), "AUD-6604")
      assert.include(yield* refused(path.join(directory, "absent")), "no index.html")
      symlinkSync(directory, path.join(directory, "loop"))
      assert.match(yield* refused(directory), /lies too deep/)
      const many = Array.from({ length: filesMax }, (_, index) => `${index}.txt`)
      const files = ["index.html", ...many].map((name) => [name, new Uint8Array()] as const)
      assert.include(yield* refused(new Map(files)), `more than ${filesMax} files`)
    }).pipe(Effect.scoped),
  )

  it.live("names its address with the token where no request carries it", () =>
    Effect.gen(function* () {
      const none = yield* served(({ server }) => Effect.succeed(server.page))
      assert.isUndefined(none)
      yield* served(
        ({ server }) =>
          Effect.sync(() => {
            const url = new URL(Redacted.value(server.page ?? Redacted.make("")))
            assert.strictEqual(url.hash, `#token=${Redacted.value(server.token)}`)
            assert.strictEqual(url.search, "")
            assert.strictEqual(`ws://${url.host}/monitor`, server.url)
          }),
        { page },
      )
    }),
  )
})
