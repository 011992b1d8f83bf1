import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { violationsOf } from "../testing/Accessible.ts"
import { type Inspected, inspected } from "../testing/Inspected.ts"
import { lively } from "../testing/LivelyTrail.ts"

/** Views that show one thing, which quick open does not list; more than the page has are passed over. */
const links = ["event?sequence=12", "event?sequence=7", "events?filter=outcome%3Ddenied"]
const themes = ["Dark", "Light", "High contrast"]

const settled = async (page: Page): Promise<void> => {
  await page.locator(".view-loading").first().waitFor({ state: "hidden" })
  // Two frames, so that what came with the last answer is drawn.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

const inEachTheme = async (
  { page, runCommand }: Inspected,
  where: string,
  found: Array<string>,
): Promise<void> => {
  for (const theme of themes) {
    await runCommand(`Theme: ${theme}`)
    await settled(page)
    for (const violation of await violationsOf(page)) found.push(`${where}, ${theme}: ${violation}`)
  }
}

describe("accessibility", () => {
  it.live("has no violation in any view, in three themes", () =>
    inspected(lively(), async (inspector) => {
      const { openLink, openView, viewTitles } = inspector
      const found: Array<string> = []
      for (const title of await viewTitles()) {
        await openView(title)
        await inEachTheme(inspector, title, found)
      }
      for (const link of links) {
        await openLink(link)
        await inEachTheme(inspector, link, found)
      }
      assert.deepStrictEqual(found, [])
    }),
  )

  it.live("has none in what opens over the page, with two tabs beside each other", () =>
    inspected(lively(), async ({ page, runCommand }) => {
      const found: Array<string> = []
      await runCommand("Tabs: Split to the right")
      for (const keys of ["Control+p", "Control+Shift+p", "Control+g"]) {
        await page.keyboard.press("F6")
        await page.keyboard.press(keys)
        await page.getByRole("dialog").waitFor()
        for (const violation of await violationsOf(page)) found.push(`${keys}: ${violation}`)
        await page.keyboard.press("Escape")
        await page.getByRole("dialog").waitFor({ state: "hidden" })
      }
      assert.deepStrictEqual(found, [])
    }),
  )

  it.live("has none in a narrow window, and no view that is wider than it", () =>
    inspected(
      { ...lively(), viewport: { width: 700, height: 430 } },
      async ({ openView, page, viewTitles }) => {
        const found: Array<string> = []
        for (const title of await viewTitles()) {
          await openView(title)
          await settled(page)
          for (const violation of await violationsOf(page)) found.push(`${title}: ${violation}`)
          const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          if (over > 0) found.push(`${title}: the page is ${over} pixels wider than the window`)
        }
        assert.deepStrictEqual(found, [])
      },
    ),
  )
})
