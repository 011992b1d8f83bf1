import { once } from "node:events"
import * as net from "node:net"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { Monitor } from "@countersign/monitor/Monitor"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { openBrowser } from "../testing/Browser.ts"
import { builtPage } from "../testing/BuiltPage.ts"
import { openPage } from "../testing/PageDriver.ts"

const token = "a-token-that-stays-the-same-over-a-restart"

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  // A server on a port has an address of this form.
  return typeof address === "object" && address !== null ? address.port : 0
}

/** The seconds that the status bar says. */
const ageIn = (text: string): number => Number(/(\d+) s/.exec(text)?.[1] ?? Number.NaN)

describe("an engine that ends and begins anew", () => {
  it.live("is shown as old with its age while it is away, and is live again by itself", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      const server = {
        page: yield* Effect.promise(builtPage),
        port: yield* Effect.promise(freePort),
        token: Redacted.make(token),
        frameMillis: 100,
      }
      const running = (use: () => Promise<unknown>) =>
        fixture.withAudit(
          Effect.scoped(
            Effect.gen(function* () {
              yield* Layer.build(Monitor.layer({ server }))
              const audit = yield* Audit
              yield* audit.record(AuditFixture.event)
              yield* audit.publish
              yield* Effect.promise(use)
            }),
          ),
        )
      const browser = yield* openBrowser
      const url = `http://127.0.0.1:${server.port}/#token=${token}`
      let driver: Awaited<ReturnType<typeof openPage>> | undefined
      yield* running(async () => {
        driver = await openPage(browser, url, { expected: /WebSocket|ERR_CONNECTION_REFUSED/ })
        await driver.openView("Flow")
        await driver.page.getByRole("region", { name: "The flow and its causes" }).waitFor()
      })
      if (driver === undefined) return assert.fail("the page was not opened")
      const { complaints, page, untilState } = driver
      const banner = page.locator(".past-banner").getByText("The newest figures are those of")
      const status = page.getByRole("contentinfo", { name: "Status" })
      yield* Effect.promise(async () => {
        await untilState("Stale")
        const said = status.getByText(/not connected/i)
        await said.waitFor()
        await banner.waitFor()
        const before = ageIn(await said.innerText())
        await page.waitForFunction(
          (least) =>
            Number(/(\d+) s/.exec(document.querySelector(".status-bar")?.textContent ?? "")?.[1]) >
            least,
          before,
        )
      })
      yield* running(async () => {
        await untilState("Live")
        await status.getByText(/not connected/i).waitFor({ state: "hidden" })
        await banner.waitFor({ state: "hidden" })
      })
      assert.deepStrictEqual(complaints, [])
    }).pipe(Effect.scoped),
  )
})
