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
      await openView("Welcome")
      await page.getByRole("heading", { name: "Countersign" }).waitFor()
    }),
  )

  it.live("checks the proof of an event itself", () =>
    inspected({ link: "event?sequence=7" }, async ({ page }) => {
      await page.getByText("Proven").first().waitFor()
      await page.getByText("checked here").first().waitFor()
    }),
  )

  it.live("believes no record that was changed", () =>
    inspected(
      {
        over: "directory",
        link: "event?sequence=7",
        meanwhile: (directory) => changeEntry(directory, 7),
      },
      async ({ page }) => {
        await page.getByText("NOT PROVEN").first().waitFor()
      },
    ),
  )

  it.live("opens over the files of a trail alone", () =>
    inspected({ over: "directory" }, async ({ page }) => {
      await page.getByText("the files alone").waitFor()
    }),
  )
})
