import { assert, describe, it } from "@effect/vitest"
import { inspected } from "../testing/Inspected.ts"
import { changeEntry } from "../testing/Tampering.ts"

describe("the inspector in a browser", () => {
  it.live("opens, connects, and does what the palette is told", () =>
    inspected({}, async ({ page, openView, runCommand, url }) => {
      assert.match(url, /#token=/)
      assert.notInclude(page.url(), "token")
      await page.getByRole("contentinfo", { name: "Status" }).getByText("live").waitFor()
      await runCommand("Theme: Light")
      assert.strictEqual(await page.locator("html").getAttribute("data-theme"), "light")
      await page.getByRole("tree", { name: "Supervisor tree" }).getByText("pool").waitFor()
      await openView("Events")
      await page.getByRole("grid").getByText("patient.record.read").first().waitFor()
    }),
  )

  it.live("checks the proof of an event itself", () =>
    inspected({ link: "event?sequence=7" }, async ({ page }) => {
      await page.getByText("Proven").first().waitFor()
      await page.getByText("checked here").first().waitFor()
    }),
  )

  it.live("verifies a trail that nobody writes, and lands on the record that was changed", () =>
    inspected(
      { over: "directory", meanwhile: (directory) => changeEntry(directory, 7) },
      async ({ page, runCommand }) => {
        await runCommand("Verify: The whole trail, here in this page")
        await page.getByText("NOT PROVEN").first().waitFor()
        assert.match(page.url(), /#event\?.*sequence=7/)
      },
    ),
  )
})
