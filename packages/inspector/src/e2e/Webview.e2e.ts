import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { Browser, Page } from "playwright-core"
import type { MonitorPlace } from "../InspectorRelay.ts"
import { propertyOf, type ThemeName, themes } from "../page/theme/Tokens.ts"
import { openBrowser } from "../testing/Browser.ts"
import { builtPage } from "../testing/BuiltPage.ts"
import { webviewBridge } from "../WebviewBridge.ts"
import { type FromEditor, type FromPage, readFromPage } from "../WebviewMessage.ts"
import { webviewPage } from "../WebviewPage.ts"

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".ttf": "font/ttf",
}

const listening = async (server: Server): Promise<string> => {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
}

/** Files on one origin, the document on another, as an editor has them. */
const webviewServers = async (directory: string, document: (files: string) => string) => {
  const files = createServer((request, response) => {
    const name = path.normalize(new URL(request.url ?? "/", "http://x").pathname)
    response.setHeader("content-type", types[path.extname(name)] ?? "text/plain")
    response.setHeader("access-control-allow-origin", "*")
    response.end(readFileSync(path.join(directory, name)))
  })
  const origin = await listening(files)
  const documents = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.end(document(origin))
  })
  const url = await listening(documents)
  const end = () => {
    for (const server of [files, documents]) {
      server.closeAllConnections()
      server.close()
    }
  }
  return { url, end }
}

/** As the extension hands them over. */
const threadsIn = (directory: string): ReadonlyMap<string, string> => {
  const assets = path.join(directory, "assets")
  const names = readdirSync(assets).filter((name) => /Thread-[\w-]{8,}\.js$/.test(name))
  return new Map(names.map((name) => [name, readFileSync(path.join(assets, name), "utf8")]))
}

interface Webview {
  readonly page: Page
  readonly posted: ReadonlyArray<FromPage>
  readonly complaints: ReadonlyArray<string>
  readonly post: (message: FromEditor) => Promise<void>
  readonly state: () => Promise<Record<string, string>>
}

interface WebviewOptions {
  readonly find: () => Promise<MonitorPlace | undefined>
  readonly link?: string
  readonly theme?: ThemeName
  /** What the page has kept before. */
  readonly state?: Record<string, string>
}

/** What stands on the document's global: the editor's function, and what these tests put beside it. */
interface EditorGlobal {
  acquireVsCodeApi: () => {
    readonly postMessage: (message: unknown) => void
    readonly getState: () => unknown
    readonly setState: (next: Record<string, string>) => void
  }
  keptState: Record<string, string>
  readonly toExtension: (message: unknown) => void
}

/** What an editor does to a document before its scripts run. */
const editorScript = async (page: Page, theme: ThemeName, state: Record<string, string>) => {
  const properties = Object.entries(themes[theme]).map(([token, value]) => [
    propertyOf(token),
    value,
  ])
  await page.addInitScript(
    ({ kept, given, name }) => {
      // No library's types know of a global that only an editor has.
      const editor = globalThis as unknown as EditorGlobal
      let state: unknown = kept
      editor.acquireVsCodeApi = () => ({
        postMessage: (message) => editor.toExtension(message),
        getState: () => state,
        setState: (next) => {
          state = next
          editor.keptState = next
        },
      })
      // Before the page's own script, which is deferred.
      document.addEventListener("readystatechange", () => {
        for (const [property = "", value = ""] of given)
          document.documentElement.style.setProperty(property, value)
        document.body.classList.add(name)
      })
    },
    {
      kept: state,
      given: properties,
      name: theme === "contrast" ? "vscode-high-contrast" : `vscode-${theme}`,
    },
  )
}

const withWebview = async (
  browser: Browser,
  { find, link = "", state = {}, theme = "dark" }: WebviewOptions,
  use: (webview: Webview) => Promise<void>,
): Promise<void> => {
  const directory = await builtPage()
  const { end, url } = await webviewServers(directory, (origin) =>
    webviewPage({
      index: readFileSync(path.join(directory, "index.html"), "utf8"),
      addressOf: (file) => `${origin}/${file}`,
      cspSource: origin,
      nonce: randomBytes(16).toString("hex"),
      link,
      target: "trail:/srv/trail",
      workers: threadsIn(directory),
    }),
  )
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const complaints: Array<string> = []
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text())
  })
  const posted: Array<FromPage> = []
  const post = (message: FromEditor) =>
    page.evaluate((data) => globalThis.postMessage(data, "*"), message)
  const bridge = webviewBridge({ find, post: (message) => void post(message).catch(() => {}) })
  await page.exposeFunction("toExtension", (message: unknown) => {
    const read = readFromPage(message)
    if (read === undefined) {
      complaints.push(`posted ${JSON.stringify(message)}`)
      return
    }
    posted.push(read)
    if ("id" in read) bridge.take(read)
  })
  await editorScript(page, theme, state)
  await page.goto(url)
  // As above: the function runs in the page, where the script has put it.
  const keptState = () => page.evaluate(() => (globalThis as unknown as EditorGlobal).keptState)
  try {
    await use({ page, posted, complaints, post, state: keptState })
    assert.deepStrictEqual(complaints, [])
  } finally {
    bridge.end()
    await context.close()
    end()
  }
}

const live = (page: Page, state: "Live" | "Stale" = "Live") =>
  page.locator(`.workbench[data-connection="${state}"]`).waitFor()

const serverOf = (audit: Context.Context<Audit>, scope: Scope.Scope) =>
  MonitorServer.layer({ frameMillis: 100 }).pipe(
    Layer.provide(NodeDisk.layer),
    Layer.buildWithScope(scope),
    Effect.provide(audit),
    Effect.map((context) => {
      const { token, url } = Context.get(context, MonitorServer)
      return { url, token: Redacted.value(token) }
    }),
  )

type Restart = () => Promise<void>

/** The page in a browser, and an engine whose monitor can begin anew on another port. */
const withEngine = (
  use: (
    browser: Browser,
    find: () => Promise<MonitorPlace | undefined>,
    restart: Restart,
  ) => Promise<void>,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const running = Effect.gen(function* () {
      const context = yield* Effect.context<Audit>()
      const audit = yield* Audit
      yield* audit.record(AuditFixture.event)
      yield* audit.publish
      let scope = yield* Scope.make()
      let place: MonitorPlace | undefined = yield* serverOf(context, scope)
      const restart: Restart = async () => {
        place = undefined
        await done(Scope.close(scope, Exit.void))
        scope = await done(Scope.make())
        place = await done(serverOf(context, scope))
      }
      const browser = yield* openBrowser
      yield* Effect.promise(() => use(browser, async () => place, restart))
      yield* Scope.close(scope, Exit.void)
    })
    yield* fixture.withAudit(Effect.scoped(running))
  }).pipe(Effect.scoped)

/** The extension restarts a server from a callback, which is no effect. */
const done = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

describe("the page in a webview", () => {
  it.live("lives on what the extension posts, without a network and without the token", () =>
    withEngine((browser, find) =>
      withWebview(browser, { find }, async ({ page, posted }) => {
        await live(page)
        await page.getByRole("heading", { name: "Countersign" }).waitFor()
        const said = await page.locator(".welcome").innerText()
        assert.include(said, "Alt+P opens a view or an event, Alt+Shift+P runs a command")
        assert.strictEqual(await page.locator("html").getAttribute("data-host"), "webview")
        const { token } = (await find()) ?? { token: "" }
        assert.isAbove(token.length, 30)
        assert.notInclude(JSON.stringify(posted), token)
        assert.notInclude(await page.content(), token)
      }),
    ),
  )

  it.live("finds the engine again where it begins anew", () =>
    withEngine((browser, find, restart) =>
      withWebview(browser, { find }, async ({ page, posted }) => {
        await live(page)
        const before = posted.filter(({ type }) => type === "socket.open").length
        await restart()
        await page.waitForFunction(() => document.querySelector("[data-connection]") !== null)
        for (;;) {
          await live(page)
          if (posted.filter(({ type }) => type === "socket.open").length > before) break
          await page.waitForTimeout(100)
        }
        await live(page)
      }),
    ),
  )

  it.live("keeps what it looks at in the editor's hands, and opens what the editor asks for", () =>
    withEngine((browser, find) =>
      withWebview(
        browser,
        { find, state: { theme: "dark" } },
        async ({ page, post, posted, state }) => {
          await live(page)
          await post({ type: "link", link: "welcome" })
          await page.getByRole("heading", { name: "Countersign" }).waitFor()
          assert.include(await state(), { target: "trail:/srv/trail", theme: "dark" })
          assert.deepInclude(posted, { type: "link", link: "welcome" })
        },
      ),
    ),
  )

  it.live("starts its threads, although their files are of another origin", () =>
    withEngine((browser, find) =>
      withWebview(browser, { find }, async ({ page }) => {
        await live(page)
        const [thread = ""] = threadsIn(await builtPage()).keys()
        assert.match(thread, /^HashThread-/)
        const answer = await page.evaluate(
          (name) =>
            new Promise((resolve) => {
              const files = document.querySelector<HTMLScriptElement>("script[src]")?.src
              const started = new Worker(new URL(name, files), { type: "module" })
              started.addEventListener("message", ({ data }) => resolve(data))
              started.addEventListener("error", ({ message }) => resolve(message))
              started.postMessage({ _tag: "Start", size: 0, expected: [] })
              started.postMessage({ _tag: "Finish", root: new Uint8Array(32) })
            }),
          thread,
        )
        assert.propertyVal(answer, "_tag", "Finished")
      }),
    ),
  )

  it.live("wears the editor's theme", () =>
    withEngine(async (browser, find) => {
      for (const theme of ["dark", "light", "contrast"] as const) {
        await withWebview(browser, { find, theme }, async ({ page }) => {
          await live(page)
          const shown = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
          const wanted = await page.evaluate((colour) => {
            const probe = document.createElement("i")
            probe.style.color = colour
            document.body.append(probe)
            return getComputedStyle(probe).color
          }, themes[theme]["editor-background"])
          assert.strictEqual(shown, wanted)
        })
      }
    }),
  )
})
