import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { violationsOf } from "../testing/Accessible.ts"
import { type InspectedOptions, inspected } from "../testing/Inspected.ts"
import { livelyEvents } from "../testing/LivelyTrail.ts"
import { changeEntry } from "../testing/Tampering.ts"

const events = livelyEvents(900)
const over = { over: "directory", events } as const
const tampered: InspectedOptions = {
  ...over,
  meanwhile: (directory) => changeEntry(directory, 300),
}

const card = (page: Page, name: "Here in this page" | "By the server") =>
  page.getByRole("region", { name, exact: true }).and(page.locator(".verify-card"))
const status = (page: Page) => page.getByRole("contentinfo", { name: "Status" })
const map = (page: Page) => page.getByRole("grid", { name: "Segments of the trail" })
const landed = (page: Page) => page.getByRole("heading", { name: "Event 300 of" }).waitFor()

/** Where dockview puts the views; what is around them has tests of its own. */
const views = ".dv-dockview"

describe("the whole trail, verified in a browser", () => {
  it.live("is verified here and by the server, beside a running engine", () =>
    inspected({ events }, async ({ openView, page }) => {
      await status(page).getByText("Not verified").waitFor()
      await openView("Verify")
      await card(page, "Here in this page").getByRole("button", { name: "Verify" }).click()
      await card(page, "Here in this page")
        .getByText("have signed", { exact: false })
        .or(card(page, "Here in this page").getByText("has signed"))
        .waitFor()
      await status(page).getByText("Verified here").waitFor()
      await page.getByText(/4 segments of 256 entries: 4 clean/).waitFor()
      await card(page, "By the server").getByRole("button", { name: "Verify" }).click()
      await card(page, "By the server").getByText("as they were signed").waitFor()
      await status(page).getByText("Verified by the server").waitFor()
    }),
  )

  it.live("hashes in a thread of its own, which the page's policy lets be", () =>
    inspected(over, async ({ page, runCommand }) => {
      const thread = page.waitForEvent("worker")
      await runCommand("Verify: The whole trail, here in this page")
      assert.match((await thread).url(), /HashThread/)
      await status(page).getByText("Verified here").waitFor()
    }),
  )

  it.live("lands on the record that was changed, whoever verifies", () =>
    inspected(tampered, async ({ page, runCommand }) => {
      await runCommand("Verify: The whole trail, here in this page")
      await landed(page)
      await page.locator(".proof-verdict").getByText("NOT PROVEN").first().waitFor()
      await status(page).getByText("TAMPERED WITH here").waitFor()
      await runCommand("Tabs: Close")
      await runCommand("Verify: The whole trail, by the server")
      await landed(page)
      await status(page).getByText("TAMPERED WITH by the server").waitFor()
    }),
  )

  it.live("shows where on a map that is walked by keys, and in a list", () =>
    inspected(tampered, async ({ openView, page, runCommand }) => {
      await runCommand("Verify: The whole trail, here in this page")
      await landed(page)
      await openView("Verify")
      await page.getByText(/4 segments of 256 entries: 3 clean, 1 broken/).waitFor()
      await map(page).getByRole("gridcell").first().focus()
      await page.keyboard.press("ArrowRight")
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))
      assert.strictEqual(focused, "Entries 256 to 511: broken")
      await page.keyboard.press("Enter")
      await landed(page)
      await openView("Verify")
      await page.getByRole("button", { name: "Open entry 300" }).click()
      await landed(page)
    }),
  )

  it.live(
    "is not verified where a bundle was cut, and the bundles after it are still looked at",
    () =>
      inspected(
        {
          ...over,
          meanwhile: (directory) => {
            fs.truncateSync(path.join(directory, "tile/entries/001"), 5000)
          },
        },
        async ({ openView, page, runCommand }) => {
          await runCommand("Verify: The whole trail, here in this page")
          await status(page).getByText("TAMPERED WITH here").waitFor()
          await openView("Verify")
          await page.getByText(/4 segments of 256 entries: 3 clean, 1 broken/).waitFor()
        },
      ),
  )

  it.live("is not verified where the checkpoint's signature was forged", () =>
    inspected(
      {
        ...over,
        meanwhile: (directory) => {
          const file = path.join(directory, "checkpoint")
          const note = fs.readFileSync(file, "utf8")
          fs.writeFileSync(
            file,
            note.replace(
              /.{12}\n$/,
              (end) => `${Array.from(end.trim()).toReversed().join("").replace(/^=+/, "")}==\n`,
            ),
          )
        },
      },
      async ({ openView, page, runCommand }) => {
        await runCommand("Verify: The whole trail, here in this page")
        await status(page).getByText("TAMPERED WITH here").waitFor()
        await openView("Verify")
        await page.getByRole("heading", { name: "Findings" }).waitFor()
      },
    ),
  )

  it.live("says how it is in the side bar, which starts it too", () =>
    inspected(over, async ({ page, runCommand }) => {
      await runCommand("View: Show Verify")
      const side = page.locator("#side-bar").getByRole("region", { name: "Here in this page" })
      await side.getByText("Not verified in this visit").waitFor()
      await side.getByRole("button", { name: "Verify" }).click()
      await side.getByText("Verified", { exact: true }).waitFor()
    }),
  )

  it.live("breaks no rule of accessibility with its outcome, in any theme", () =>
    inspected(tampered, async ({ openView, page, runCommand }) => {
      await runCommand("Verify: The whole trail, by the server")
      await landed(page)
      await runCommand("Verify: The whole trail, here in this page")
      await landed(page)
      await openView("Verify")
      const found: Array<string> = []
      for (const theme of ["Dark", "Light", "High contrast"]) {
        await runCommand(`Theme: ${theme}`)
        for (const each of await violationsOf(page, views)) found.push(`${theme}: ${each}`)
      }
      assert.deepStrictEqual(found, [])
    }),
  )
})
