import { assert, describe, it } from "@effect/vitest"
import { inspected } from "../testing/Inspected.ts"

const wrong = "x".repeat(43)

describe("the page's way in", () => {
  it.live("is asked for where nobody has shown a token, and taken from a pasted address", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      await page.goto(url.replace(/#.*/, ""))
      const field = page.getByLabel("Address or token")
      await field.waitFor()
      assert.strictEqual(await page.locator(".workbench").count(), 0)
      await field.fill("nonsense")
      await page.keyboard.press("Enter")
      assert.isFalse(await field.evaluate((input) => (input as HTMLInputElement).validity.valid))
      await field.fill(url)
      await page.keyboard.press("Enter")
      await page.locator(".workbench[data-connection='Live']").waitFor()
      assert.notInclude(page.url(), "token")
      await page.reload()
      await page.locator(".workbench[data-connection='Live']").waitFor()
    }),
  )

  it.live("is anew where another address is pasted over the page's own, and hides that token", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      await page.goto(url)
      await page.locator(".workbench[data-connection='Live']").waitFor()
      // The same document for the browser, which loads nothing by itself.
      await page.goto(url.replace(/token=.*/, `token=${wrong}`))
      await page.getByText("does not take this token").first().waitFor()
      assert.notInclude(page.url(), "token")
      await page.goto(url)
      await page.locator(".workbench[data-connection='Live']").waitFor()
      assert.notInclude(page.url(), "token")
    }),
  )

  it.live("is refused with a wrong token: it says so, tries no more, and takes another", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      let sockets = 0
      page.on("websocket", () => {
        sockets += 1
      })
      await page.goto(url.replace(/token=.*/, `token=${wrong}`))
      await page.getByRole("alert").getByText("does not take this token").waitFor()
      assert.strictEqual(sockets, 1)
      await page.waitForTimeout(2500)
      assert.strictEqual(sockets, 1)
      await page.getByLabel("Address or token").fill(url)
      await page.getByRole("button", { name: "Connect" }).click()
      await page.locator(".workbench[data-connection='Live']").waitFor()
    }),
  )

  it.live("works where the browser keeps nothing", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      await page.addInitScript(() => {
        for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, {
            get: () => {
              throw new DOMException("denied", "SecurityError")
            },
          })
        }
      })
      const errors: Array<string> = []
      page.on("pageerror", (error) => errors.push(error.message))
      await page.goto(url)
      await page.locator(".workbench[data-connection='Live']").waitFor()
      await page.keyboard.press("Control+\\")
      await page.keyboard.press("Control+j")
      await page.getByRole("tab", { name: "Problems" }).waitFor()
      // Another token, typed in, goes by the address for once.
      await page.keyboard.press("Control+Shift+p")
      await page
        .getByRole("dialog", { name: "Palette" })
        .getByRole("combobox")
        .fill(">Give another token")
      await page.keyboard.press("Enter")
      await page.getByLabel("Address or token").fill(url)
      await page.keyboard.press("Enter")
      await page.locator(".workbench[data-connection='Live']").waitFor()
      assert.notInclude(page.url(), "token")
      assert.deepStrictEqual(errors, [])
    }),
  )

  it.live("is said to be blocked where WebSockets are, and the problem stands in the panel", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      await page.addInitScript(() => {
        Object.defineProperty(window, "WebSocket", {
          value: function Blocked() {
            throw new DOMException("blocked", "SecurityError")
          },
        })
      })
      await page.goto(url)
      await page.locator(".workbench[data-connection='Stale']").waitFor()
      await page.getByRole("main").getByText("lets no WebSocket through").waitFor()
      await page.getByRole("button", { name: "Not connected" }).click()
      await page.getByRole("tab", { name: "Problems, 1" }).waitFor()
      assert.match(await page.title(), /^\(1\) /)
    }),
  )

  it.live("takes fewer frames while nobody sees the page", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      await page.addInitScript(() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true })
      })
      let frames = 0
      page.on("websocket", (socket) => {
        socket.on("framereceived", ({ payload }) => {
          if (String(payload).includes('"Changed"')) frames += 1
        })
      })
      await page.goto(url)
      await page.locator(".workbench[data-connection='Live']").waitFor()
      await page.waitForTimeout(8000)
      const before = frames
      await page.waitForTimeout(4000)
      // Four in a second where it is seen.
      assert.isAtMost(frames - before, 4)
    }),
  )

  it.live("keeps what was known where the monitor begins anew, and asks for another token", () =>
    inspected({}, async ({ context, url }) => {
      const page = await context.newPage()
      const sockets: Array<() => Promise<void>> = []
      await page.routeWebSocket(/monitor/, (socket) => {
        if (sockets.length > 0) return void socket.close()
        socket.connectToServer()
        sockets.push(() => socket.close())
      })
      await page.route(/\/monitor$/, (route) => route.fulfill({ status: 401 }))
      await page.goto(url)
      await page.locator(".workbench[data-connection='Live']").waitFor()
      await sockets[0]?.()
      await page.locator(".workbench[data-connection='Refused']").waitFor()
      await page.getByRole("heading", { name: "This trail" }).waitFor()
      await page.getByRole("button", { name: "Give another token…" }).click()
      await page.getByRole("dialog", { name: "Connect with another token" }).waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("button", { name: "Refused: give another token" }).waitFor()
    }),
  )

  it.live(
    "is the editor's own in a webview, where bars are hidden and commands show their parts",
    () =>
      inspected({}, async ({ context, url }) => {
        const page = await context.newPage()
        await page.addInitScript(
          (token) => {
            // The extension's part: it holds the socket, and posts what goes over it.
            const sockets = new Map<number, WebSocket>()
            const post = (data: unknown) => dispatchEvent(new MessageEvent("message", { data }))
            const open = (id: number) => {
              const names = ["countersign.monitor.v1", `countersign.token.${token}`]
              const socket = new WebSocket(`ws://${location.host}/monitor`, names)
              sockets.set(id, socket)
              const opened = () => post({ type: "socket.open", id, protocol: socket.protocol })
              socket.addEventListener("open", opened)
              socket.addEventListener("message", ({ data }) =>
                post({ type: "socket.message", id, data }),
              )
              socket.addEventListener("close", ({ code }) =>
                post({ type: "socket.close", id, code }),
              )
            }
            let state: unknown
            Object.assign(globalThis, {
              acquireVsCodeApi: () => ({
                getState: () => state,
                setState: (next: unknown) => {
                  state = next
                },
                postMessage: (message: { type: string; id: number; data: string }) => {
                  if (message.type === "socket.open") open(message.id)
                  if (message.type === "socket.send") sockets.get(message.id)?.send(message.data)
                  if (message.type === "socket.close") sockets.get(message.id)?.close()
                },
              }),
            })
          },
          url.replace(/.*token=/, ""),
        )
        await page.goto(url.replace(/#.*/, ""))
        await page.locator(".workbench[data-connection='Live']").waitFor()
        for (const bar of [".activity-bar", ".status-bar", ".side-bar"]) {
          assert.isFalse(await page.locator(bar).isVisible(), bar)
        }
        await page.keyboard.press("Control+p")
        assert.strictEqual(await page.getByRole("dialog").count(), 0)
        await page.keyboard.press("Alt+Shift+p")
        const palette = page.getByRole("dialog", { name: "Palette" })
        await palette.getByRole("combobox").fill(">Show Engine")
        await palette
          .getByRole("option", { name: /Show Engine/ })
          .first()
          .waitFor()
        await page.keyboard.press("Enter")
        await page.locator(".side-bar").waitFor()
        await page.keyboard.press("Alt+b")
        await page.locator(".side-bar").waitFor({ state: "hidden" })
      }),
  )
})
