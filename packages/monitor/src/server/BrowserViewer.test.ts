import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { build } from "rolldown"
import { Chromium } from "../testing/Chromium.ts"
import { served } from "../testing/ServedEngine.ts"
import type { Seen } from "../testing/ViewerPage.ts"

/** A module with all that it imports, as one that a browser loads. */
const bundled = async (entry: string) => {
  const {
    output: [chunk],
  } = await build({
    input: entry,
    platform: "browser",
    resolve: { conditionNames: ["@countersign/source", "browser", "import", "default"] },
    output: { format: "esm", minify: true, codeSplitting: false },
    logLevel: "silent",
    write: false,
  })
  // Left over is what no browser has, such as `node:fs`.
  return { code: chunk.code, imports: [...chunk.imports, ...chunk.dynamicImports] }
}

const sources = path.dirname(import.meta.dirname)
const index = `<!doctype html><link rel="icon" href="data:,"><title>viewer</title>
<style>body { color: rgb(1, 2, 3) }</style><script>inline = true</script>
<script type="module" src="./assets/viewer-DkS1x9aB.js"></script>`

let browser: Chromium
let code: string

beforeAll(async () => {
  ;[browser, { code }] = await Promise.all([
    Chromium.open(),
    bundled(path.join(sources, "testing", "ViewerPage.ts")),
  ])
}, 60_000)
afterAll(() => browser.close())

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const page = () =>
  new Map([
    ["index.html", bytes(index)],
    ["assets/viewer-DkS1x9aB.js", bytes(code)],
  ])

const evaluated = (expression: string) => Effect.promise(() => browser.evaluate(expression))

describe("a viewer in a browser", () => {
  it("imports the protocol, and a client of it, without a part of Node", async () => {
    for (const module of [
      "protocol/MonitorProtocol.ts",
      "protocol/Update.ts",
      "protocol/AlertOrder.ts",
      "server/MonitorClient.ts",
    ]) {
      assert.deepStrictEqual((await bundled(path.join(sources, module))).imports, [], module)
    }
    // The same look sees what there is to see.
    const { imports } = await bundled(path.join(sources, "server/Admission.ts"))
    assert.deepStrictEqual(imports, ["node:crypto"])
  })

  it.live("opens the page that the server names, and sees the engine with the token in it", () =>
    served(
      ({ directory, server }) =>
        Effect.gen(function* () {
          const url = Redacted.value(server.page ?? Redacted.make(""))
          yield* Effect.promise(() => browser.go(url))
          // What the function gives goes through JSON, as what it was given did.
          const seen = (yield* evaluated("see(location.href)")) as Seen
          assert.strictEqual(seen.about.directory, directory)
          assert.strictEqual(seen.frame?.snapshot.engine.state, "open")
          assert.isAtLeast(seen.frame?.sequence ?? 0, 2)
          const token = Redacted.value(server.token)
          const sent = browser.requests.map((request) => request.split("#")[0] ?? "")
          assert.isTrue(sent.every((request) => !request.includes(token)))
        }),
      { page: page() },
    ),
  )

  it.live("lets the page do nothing but load its files and talk to its server", () =>
    served(
      ({ server }) =>
        Effect.gen(function* () {
          const url = Redacted.value(server.page ?? Redacted.make(""))
          yield* Effect.promise(() => browser.go(url))
          const failing = (expression: string) =>
            evaluated(`Promise.resolve().then(() => ${expression}).then(() => "", String)`)
          assert.strictEqual(yield* evaluated("typeof inline"), "undefined")
          const colour = yield* evaluated("getComputedStyle(document.body).color")
          assert.strictEqual(colour, "rgb(0, 0, 0)")
          const markup = yield* failing('document.body.innerHTML = "<b></b>"')
          assert.match(String(markup), /TrustedHTML/)
          const elsewhere = server.url.replace("ws:", "http:").replace("127.0.0.1", "localhost")
          assert.match(String(yield* failing(`fetch("${elsewhere}")`)), /TypeError/)
          assert.strictEqual(yield* failing('fetch("/health")'), "")
        }),
      { page: page() },
    ),
  )
})
