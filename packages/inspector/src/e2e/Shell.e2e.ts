import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { inspected } from "../testing/Inspected.ts"

const tabs = (page: Page) => page.locator(".editor-area [role='tab']")
const titles = async (page: Page) => (await tabs(page).allInnerTexts()).map((text) => text.trim())
const groups = (page: Page) => page.locator(".dv-groupview")
const palette = (page: Page) => page.getByRole("dialog", { name: "Palette" })
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document
    return `${activeElement?.getAttribute("role") ?? activeElement?.tagName ?? ""} ${activeElement?.getAttribute("aria-label") ?? ""}`.trim()
  })
const until = async (what: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail("it did not come to be")
}
const untilTitles = (page: Page, wanted: ReadonlyArray<string>) =>
  until(async () => JSON.stringify(await titles(page)) === JSON.stringify(wanted)).catch(async () =>
    assert.deepStrictEqual(await titles(page), wanted),
  )

describe("the palette", () => {
  it.live("runs commands, the ones used last first, and gives the focus back", () =>
    inspected({}, async ({ page, runCommand }) => {
      await tabs(page).first().focus()
      const before = await focused(page)
      await page.keyboard.press("Control+Shift+p")
      await palette(page).getByRole("option").first().waitFor()
      await page.keyboard.press("Escape")
      await palette(page).waitFor({ state: "hidden" })
      assert.strictEqual(await focused(page), before)
      await runCommand("Theme: High contrast")
      assert.strictEqual(await page.locator("html").getAttribute("data-theme"), "contrast")
      await page.keyboard.press("F1")
      const first = palette(page).getByRole("option", { selected: true })
      await first.filter({ hasText: "Theme: High contrast" }).waitFor()
      await page.keyboard.press("ArrowUp")
      await page.keyboard.press("ArrowDown")
      await first.filter({ hasText: "Theme: High contrast" }).waitFor()
    }),
  )

  it.live("opens views, what was shown before, and says where nothing is called that", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Keyboard")
      await untilTitles(page, ["Welcome", "Keyboard"])
      await page.getByRole("searchbox", { name: /Find a key/ }).waitFor()
      await page.keyboard.press("Control+p")
      await palette(page).getByRole("option").first().filter({ hasText: "Welcome" }).waitFor()
      await page.keyboard.press("Enter")
      await until(async () => (await page.title()).startsWith("Welcome"))
      await page.keyboard.press("Control+p")
      await palette(page).getByRole("combobox").fill("zzzqqq")
      await palette(page).getByText("Nothing is called that.").waitFor()
    }),
  )

  it.live("goes to an event by its number", () =>
    inspected({}, async ({ page }) => {
      await page.keyboard.press("Control+g")
      await palette(page).getByRole("combobox").pressSequentially("3")
      await palette(page).getByRole("option", { selected: true, name: "Event 3" }).waitFor()
      await page.keyboard.press("Enter")
      await until(async () => page.url().endsWith("#event?sequence=3"))
    }),
  )
})

describe("tabs", () => {
  it.live(
    "split, close by key and middle button, come back, and fill the place of all groups",
    () =>
      inspected({}, async ({ openView, page }) => {
        await openView("Keyboard")
        await page.keyboard.press("Control+\\")
        await untilTitles(page, ["Welcome", "Keyboard", "Keyboard"])
        await page.keyboard.press("Control+k")
        await page.keyboard.press("Control+\\")
        assert.strictEqual(await groups(page).count(), 3)
        await page.keyboard.press("Control+k")
        await page.keyboard.press("Control+m")
        await until(async () => (await groups(page).filter({ visible: true }).count()) === 1)
        await page.keyboard.press("Control+k")
        await page.keyboard.press("Control+m")
        await until(async () => (await groups(page).filter({ visible: true }).count()) === 3)
        await tabs(page).nth(2).focus()
        await page.keyboard.press("Delete")
        await untilTitles(page, ["Welcome", "Keyboard", "Keyboard"])
        await tabs(page).nth(2).locator(".tab").click({ button: "middle" })
        await untilTitles(page, ["Welcome", "Keyboard"])
        await page.keyboard.press("Alt+w")
        await page.keyboard.press("Alt+w")
        await page.getByText("Nothing is open.").waitFor()
        await page.keyboard.press("Alt+Shift+T")
        await page.keyboard.press("Alt+Shift+T")
        await until(async () => (await tabs(page).count()) === 2)
      }),
  )

  it.live("have a menu by Shift+F10 and by the right button", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Keyboard")
      await tabs(page).nth(1).focus()
      await page.keyboard.press("Shift+F10")
      const menu = page.getByRole("menu", { name: "Tab" })
      await menu
        .getByRole("menuitem", { name: /^Close/ })
        .first()
        .waitFor()
      await page.keyboard.press("Escape")
      assert.match(await focused(page), /^tab/)
      await page.keyboard.press("Shift+F10")
      await menu.waitFor()
      await page.keyboard.press("s")
      await page.keyboard.press("Enter")
      await untilTitles(page, ["Welcome", "Keyboard", "Keyboard"])
      await tabs(page).nth(1).locator(".tab").click({ button: "right" })
      await menu.getByRole("menuitem", { name: "Close others" }).click()
      await untilTitles(page, ["Keyboard", "Keyboard"])
      await tabs(page).first().locator(".tab").click({ button: "right" })
      await menu.getByRole("menuitem", { name: "Copy permalink" }).click()
      await page.getByRole("log").getByText("it carries no token").waitFor()
      const copied = await page.evaluate(() => navigator.clipboard.readText())
      assert.match(copied, /^http:\/\/127\.0\.0\.1:\d+\/#keyboard$/)
    }),
  )

  it.live("are dragged into a group of their own", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Keyboard")
      const area = await page.locator(".editor-area").boundingBox()
      assert.isNotNull(area)
      await tabs(page)
        .nth(1)
        .dragTo(page.locator(".editor-area"), {
          targetPosition: { x: area.width - 20, y: area.height / 2 },
        })
      await until(async () => (await groups(page).count()) === 2)
    }),
  )

  it.live("are where they were after a reload, and so is the token", () =>
    inspected({}, async ({ openView, page, untilState }) => {
      await openView("Keyboard")
      await page.keyboard.press("Control+\\")
      await page.getByRole("searchbox").last().fill("split")
      await until(async () => page.url().includes("filter=split"))
      await page.keyboard.press("Control+j")
      await page.reload()
      await untilState("Live")
      await untilTitles(page, ["Welcome", "Keyboard", "Keyboard"])
      assert.strictEqual(await page.getByRole("searchbox").last().inputValue(), "split")
      await page.getByRole("tab", { name: "Problems" }).waitFor()
    }),
  )

  it.live("open from a permalink, and another address opens another", () =>
    inspected({ link: "keyboard?filter=theme" }, async ({ openLink, page }) => {
      assert.strictEqual(await page.getByRole("searchbox").inputValue(), "theme")
      assert.notInclude(page.url(), "token")
      await openLink("welcome")
      await page.getByRole("heading", { name: "Countersign" }).waitFor()
      await openLink("nonsense?x=1")
      await openLink("../../etc")
      await untilTitles(page, ["Keyboard", "Welcome"])
    }),
  )

  it.live("hand the focus from group to group", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Keyboard")
      await page.keyboard.press("Control+\\")
      const inGroup = () =>
        page.evaluate(() =>
          [...document.querySelectorAll(".dv-groupview")].findIndex((group) =>
            group.contains(document.activeElement),
          ),
        )
      await page.keyboard.press("Control+1")
      await until(async () => (await inGroup()) === 0)
      await page.keyboard.press("Control+2")
      await until(async () => (await inGroup()) === 1)
      await page.keyboard.press("Control+k")
      await page.keyboard.press("ArrowLeft")
      await until(async () => (await inGroup()) === 0)
    }),
  )
})

describe("the parts of the page", () => {
  it.live("are gone round by F6 and back, and nothing holds the focus", () =>
    inspected({}, async ({ page }) => {
      const partOf = () =>
        page.evaluate(() =>
          ["activity-bar", "side-bar", "editor-area", "panel", "status-bar"].find(
            (name) => document.activeElement?.closest(`.${name}`) !== null,
          ),
        )
      await page.keyboard.press("Control+j")
      await page.locator(".panel").waitFor()
      const round = []
      for (let step = 0; step < 6; step += 1) {
        await page.keyboard.press("F6")
        round.push(await partOf())
      }
      const there = new Set(round)
      for (const part of ["activity-bar", "editor-area", "panel", "status-bar"]) {
        assert.isTrue(there.has(part), part)
      }
      const last = await partOf()
      await page.keyboard.press("F6")
      await page.keyboard.press("Shift+F6")
      assert.strictEqual(await partOf(), last)
    }),
  )

  it.live("are resized by keys, and keep their size", () =>
    inspected({}, async ({ page, untilState }) => {
      const edge = page.getByRole("separator", { name: "Width of the side bar" })
      await edge.focus()
      const before = Number(await edge.getAttribute("aria-valuenow"))
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("ArrowRight")
      assert.strictEqual(Number(await edge.getAttribute("aria-valuenow")), before + 40)
      const box = await page.locator(".side-bar").boundingBox()
      assert.strictEqual(box?.width, before + 40)
      await page.keyboard.press("Control+j")
      const height = page.getByRole("separator", { name: "Height of the panel" })
      await height.focus()
      await page.keyboard.press("ArrowUp")
      const tall = Number(await height.getAttribute("aria-valuenow"))
      await page.reload()
      await untilState("Live")
      assert.strictEqual(Number(await edge.getAttribute("aria-valuenow")), before + 40)
      assert.strictEqual(Number(await height.getAttribute("aria-valuenow")), tall)
    }),
  )

  it.live("write times as was chosen, on the next visit as well", () =>
    inspected({}, async ({ page, untilState }) => {
      await page.getByRole("button", { name: /^Times: UTC/ }).click()
      await page.reload()
      await untilState("Live")
      await page.getByRole("button", { name: /^Times: local/ }).waitFor()
    }),
  )

  for (const theme of ["dark", "light", "contrast"] as const) {
    it.live(`show in the theme ${theme} where the focus is`, () =>
      inspected({ theme }, async ({ page }) => {
        assert.strictEqual(await page.locator("html").getAttribute("data-theme"), theme)
        const unseen: Array<string> = []
        for (let step = 0; step < 25; step += 1) {
          await page.keyboard.press("Tab")
          const [name, outline] = await page.evaluate(() => {
            const { activeElement } = document
            if (activeElement === null || activeElement === document.body) return ["", "solid"]
            const inside = activeElement.querySelector(":scope > *")
            const styles = [activeElement, inside].flatMap((one) =>
              one === null
                ? []
                : [
                    getComputedStyle(one).outlineStyle,
                    getComputedStyle(one, "::after").outlineStyle,
                    getComputedStyle(one, "::before").outlineStyle,
                  ],
            )
            return [activeElement.outerHTML.slice(0, 120), styles.join(" ")]
          })
          if (!/solid|auto|dashed/.test(outline ?? "")) unseen.push(name ?? "")
        }
        assert.deepStrictEqual(unseen, [])
      }),
    )
  }

  it.live("fit a page of 700 by 430, as at 200 %, without scrolling it", () =>
    inspected({ viewport: { width: 700, height: 430 } }, async ({ openView, page }) => {
      const overflow = () =>
        page.evaluate(() => {
          const { clientHeight, clientWidth, scrollHeight, scrollWidth } = document.documentElement
          return [scrollWidth - clientWidth, scrollHeight - clientHeight]
        })
      assert.deepStrictEqual(await overflow(), [0, 0])
      assert.strictEqual(await page.locator(".side-bar").count(), 0)
      await page.keyboard.press("Control+b")
      await page.locator(".side-bar").waitFor()
      await page.keyboard.press("Control+j")
      await page.locator(".panel").waitFor()
      assert.deepStrictEqual(await overflow(), [0, 0])
      await openView("Keyboard")
      const field = page.getByRole("searchbox", { name: /Find a key/ })
      const [box, bar] = [
        await field.boundingBox(),
        await page.locator(".status-bar").boundingBox(),
      ]
      assert.isAtMost((box?.x ?? 999) + (box?.width ?? 999), 700)
      assert.isAtMost((bar?.y ?? 999) + (bar?.height ?? 999), 430)
    }),
  )
})

describe("what the page tells", () => {
  it.live("stands in notices and messages, and goes when it is dismissed", () =>
    inspected({}, async ({ page, runCommand }) => {
      await runCommand("Tabs: Copy the permalink")
      const notice = page.getByRole("log").getByText("The permalink is copied")
      await notice.waitFor()
      await page.getByRole("button", { name: /^Dismiss/ }).click()
      await notice.waitFor({ state: "hidden" })
      await runCommand("View: Show the messages")
      await page.getByRole("tabpanel").getByText("The permalink is copied").waitFor()
    }),
  )

  it.live("is text to copy by hand where the browser lets it copy nothing", () =>
    inspected({}, async ({ page, runCommand }) => {
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("denied"))
      })
      await runCommand("Tabs: Copy the permalink")
      const dialog = page.getByRole("dialog", { name: "The browser lets this page copy nothing" })
      await dialog.waitFor()
      const chosen = await dialog.getByRole("textbox").evaluate((area) => {
        const { selectionEnd, selectionStart, value } = area as HTMLTextAreaElement
        return value.slice(selectionStart, selectionEnd)
      })
      assert.match(chosen, /#welcome$/)
      for (const keys of ["Tab", "Tab", "Shift+Tab", "Tab"]) {
        await page.keyboard.press(keys)
        assert.isTrue(
          await dialog.evaluate((one) => one.contains(document.activeElement)),
          `${keys} leaves the dialog`,
        )
      }
      await page.keyboard.press("Escape")
      await dialog.waitFor({ state: "hidden" })
      assert.strictEqual(await page.getByText("The permalink is copied").count(), 0)
    }),
  )
})
