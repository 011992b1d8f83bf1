import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { inspected } from "../testing/Inspected.ts"
import { lively } from "../testing/LivelyTrail.ts"

/** What has the focus: the part of the workbench, the composite in it, and whether it can be seen. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const parts = [".activity-bar", ".side-bar", ".editor-area", ".panel", ".status-bar"]
    const composites = "[role=tree], [role=grid], [role=tablist], [role=listbox]"
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    const host = document.activeElement
    const composite = host?.closest(composites)
    const { height, width } = active?.getBoundingClientRect() ?? { height: 0, width: 0 }
    return {
      name: active?.getAttribute("aria-label") ?? active?.textContent?.trim().slice(0, 40) ?? "",
      tag: active?.tagName ?? "",
      part: parts.find((part) => host?.closest(part)) ?? "",
      composite: composite
        ? [...document.querySelectorAll(composites)].indexOf(composite)
        : undefined,
      isSeen: height > 0 && width > 0,
    }
  })

type Focus = Awaited<ReturnType<typeof focused>>

const isSame = (one: Focus, other: Focus): boolean =>
  one.name === other.name && one.tag === other.tag && one.part === other.part

/** Every stop of the Tab key, from the first to where it leaves the page. */
const stops = async (page: Page, most = 200): Promise<ReadonlyArray<Focus>> => {
  const found: Array<Focus> = []
  while (found.length < most) {
    await page.keyboard.press("Tab")
    const next = await focused(page)
    if (next.tag === "BODY" || next.tag === "HTML") return found
    if (found[0] !== undefined && isSame(found[0], next)) return found
    found.push(next)
  }
  return found
}

describe("the page by keyboard alone", () => {
  it.live("has one stop of the Tab key in each tree, table and list, in every view", () =>
    inspected(lively(), async ({ openView, page, viewTitles }) => {
      for (const title of await viewTitles()) {
        await openView(title)
        await page.locator(".view-loading").first().waitFor({ state: "hidden" })
        await page.evaluate(() => {
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
        })
        const found = await stops(page)
        assert.isBelow(found.length, 200, `${title}: Tab never comes round`)
        const composites = found.flatMap(({ composite }) => composite ?? [])
        assert.deepStrictEqual(composites, [...new Set(composites)], title)
        const unseen = found.filter(({ isSeen }) => !isSeen).map(({ name }) => name)
        assert.deepStrictEqual(unseen, [], title)
      }
    }),
  )

  it.live("goes round its parts with F6, and back with Shift+F6", () =>
    inspected(lively(), async ({ page }) => {
      const round = async (keys: string): Promise<ReadonlyArray<string>> => {
        const parts: Array<string> = []
        for (let step = 0; step < 8; step += 1) {
          await page.keyboard.press(keys)
          const { part } = await focused(page)
          if (parts[0] === part) return parts
          parts.push(part)
        }
        return parts
      }
      const forth = await round("F6")
      assert.includeMembers([...forth], [".editor-area"])
      assert.isAtLeast(forth.length, 2)
      const back = await round("Shift+F6")
      assert.sameMembers([...back], [...forth])
    }),
  )

  it.live("gives the focus back when the palette closes, and shows where it is", () =>
    inspected(lively(), async ({ page }) => {
      await page.keyboard.press("F6")
      const before = await focused(page)
      await page.keyboard.press("Control+Shift+p")
      assert.strictEqual((await focused(page)).tag, "INPUT")
      await page.keyboard.press("Tab")
      assert.strictEqual((await focused(page)).tag, "INPUT")
      await page.keyboard.press("Escape")
      assert.deepStrictEqual(await focused(page), before)
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(
          document.activeElement ?? document.body,
        )
        return `${outlineStyle} ${outlineWidth}`
      })
      assert.match(outline, /^solid [1-9]/)
    }),
  )

  it.live("opens, splits, moves between and closes tabs", () =>
    inspected(lively(), async ({ openView, page, viewTitles }) => {
      const [, other = "Welcome"] = await viewTitles()
      await openView(other)
      const tabs = page.locator(".editor-area [role=tab]")
      const count = await tabs.count()
      await page.keyboard.press("Control+\\")
      await page.waitForFunction(
        (least) => document.querySelectorAll(".editor-area [role=tab]").length > least,
        count,
      )
      const link = page.url()
      await page.keyboard.press("Alt+PageUp")
      await page.keyboard.press("Alt+PageDown")
      assert.strictEqual(page.url(), link)
      await page.keyboard.press("Alt+w")
      await page.waitForFunction(
        (most) => document.querySelectorAll(".editor-area [role=tab]").length <= most,
        count,
      )
    }),
  )

  it.live("lists every key of every command", () =>
    inspected(lively(), async ({ page }) => {
      await page.keyboard.press("F6")
      await page.keyboard.press("Shift+?")
      const help = page.locator("[data-view=keyboard]")
      await help.locator("kbd").first().waitFor()
      const keys = (await help.innerText()).split("\n")
      for (const wanted of ["Ctrl+P", "Ctrl+Shift+P", "F6", "Ctrl+\\", "Alt+W"]) {
        assert.isTrue(
          keys.some((text) => text.includes(wanted)),
          `${wanted} is not among ${keys.join(" ")}`,
        )
      }
    }),
  )
})
