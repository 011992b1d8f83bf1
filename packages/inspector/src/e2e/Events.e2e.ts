import * as fs from "node:fs"
import * as path from "node:path"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { type Inspected, inspected } from "../testing/Inspected.ts"
import { makeVast } from "../testing/VastTrail.ts"

const eventsMade = 1500
/** Each eleventh is denied. */
const deniedMade = Math.ceil(eventsMade / 11)

const eventOf = (index: number): AuditEventInput => ({
  type: index % 2 === 0 ? "patient.record.read" : "session.login",
  actor: { id: `u-${index % 23}`, type: "user" },
  outcome: index % 11 === 0 ? "denied" : "success",
  data: { index, ward: ["north", "west wing"][index % 2], note: index === 3 ? "=cmd\u202e" : "" },
})
const events = Array.from({ length: eventsMade }, (_, index) => eventOf(index))

const row = (page: Page, index: number) => page.locator(`.grid-row[data-row="${index}"]`)
const cell = (page: Page, index: number, column: string) =>
  page.evaluate(
    ([wanted, name]) => {
      const titles = [...document.querySelectorAll("[role=columnheader]")]
      const at = titles.findIndex((one) => one.textContent === name)
      const cells = document.querySelectorAll(`.grid-row[data-row="${wanted}"] [role=gridcell]`)
      return cells[at]?.textContent?.trim()
    },
    [index, column] as const,
  )
const grid = (page: Page) => page.getByRole("grid", { name: "Events" })
const counted = (page: Page, text: RegExp) =>
  page.locator(".events-tools").getByText(text).waitFor()
const filterBox = (page: Page) => page.getByRole("combobox", { name: "Filter" })

const filtered = async (page: Page, filter: string): Promise<void> => {
  await filterBox(page).fill(filter)
  await page.keyboard.press("Enter")
}

const opened = async ({ openView, page }: Inspected) => {
  await openView("Events")
  await row(page, 0).getByText("success").or(row(page, 0).getByText("denied")).waitFor()
}

const parametersOf = (page: Page): URLSearchParams =>
  new URLSearchParams(new URL(page.url()).hash.split("?")[1] ?? "")

describe("the events in a browser", () => {
  it.live("are all there: each is reached by keys, and by the address", () =>
    inspected({ events }, async (use) => {
      const { page } = use
      await opened(use)
      await counted(page, /1,50\d events/)
      const rows = Number(await grid(page).getAttribute("aria-rowcount")) - 1
      assert.isAtLeast(rows, eventsMade)
      await grid(page).focus()
      await page.keyboard.press("Control+End")
      await row(page, rows - 1)
        .getByText("0", { exact: true })
        .waitFor()
      await page.keyboard.press("Control+Home")
      await page.keyboard.press("PageDown")
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("ArrowDown")
      const active = await grid(page).getAttribute("aria-activedescendant")
      assert.isTrue(await page.locator(`[id="${active}"]`).isVisible())
      const at = parametersOf(page).get("at")
      await page
        .getByRole("heading", { name: `Event ${Number(at).toLocaleString("en")}` })
        .waitFor()
      await page.reload()
      await use.untilState("Live")
      await page.locator('.grid-row[aria-selected="true"]').getByText(`${at}`).first().waitFor()
    }),
  )

  it.live("are filtered by what is typed, completed and clicked", () =>
    inspected({ events }, async (use) => {
      const { page } = use
      await opened(use)
      await filterBox(page).click()
      await page.keyboard.type("outc")
      await page.getByRole("option", { name: /^outcome/ }).waitFor()
      await page.keyboard.press("ArrowDown")
      await page.keyboard.press("Enter")
      await page.keyboard.type("==")
      await page.getByText('Column 9: Found "="').waitFor()
      await page.keyboard.press("Backspace")
      await page.keyboard.type("den")
      await page.keyboard.press("ArrowDown")
      await page.keyboard.press("Enter")
      assert.strictEqual(await filterBox(page).inputValue(), "outcome=denied ")
      await page.keyboard.press("Escape")
      await page.keyboard.press("Enter")
      await counted(page, new RegExp(`^${deniedMade} of`))
      assert.strictEqual(parametersOf(page).get("filter"), "outcome=denied")

      // The cell under the keys, its menu, and a value of the preview.
      await row(page, 2)
        .getByText("patient.record.read")
        .or(row(page, 2).getByText("session.login"))
        .click()
      const kind = await cell(page, 2, "type")
      await page.keyboard.press("+")
      await page.waitForFunction((text) => location.hash.includes(`type%3D${text}`), kind)
      await row(page, 1).locator("[data-column='4']").click()
      await page.keyboard.press("Shift+F10")
      const menu = page.getByRole("menu")
      await menu.getByRole("menuitem", { name: /^Without actor.id=/ }).click()
      await page.waitForFunction(() => location.hash.includes("actor.id%21%3D"))
      await row(page, 0).locator("[data-column='1']").click()
      await page.getByRole("treeitem", { name: /^ward:/ }).click()
      await menu.getByRole("menuitem", { name: /^Only data.ward=/ }).click()
      await page.waitForFunction(() => location.hash.includes("data.ward%3D"))

      await filtered(page, "outcome=nothing")
      await page.getByText("No event passes this filter.").waitFor()
    }),
  )

  it.live("come while somebody follows, and move nothing while somebody reads", () =>
    inspected({ events: events.slice(0, 50) }, async (use) => {
      const { page, record } = use
      await opened(use)
      const first = await cell(page, 0, "Sequence")
      await record([eventOf(1), eventOf(3)])
      const button = page.getByRole("button", { name: /^\d+ new$/ })
      await button.waitFor()
      assert.strictEqual(await cell(page, 0, "Sequence"), first)
      await button.click()
      await page.waitForFunction(
        (before) =>
          Number(document.querySelector('[data-row="0"] [role=gridcell]')?.textContent) >=
          before + 2,
        Number(first),
      )
      await page.getByRole("button", { name: "Follow" }).click()
      await record([eventOf(11)])
      await row(page, 0).getByText("denied").waitFor()
      // Whoever goes back to read is not moved on.
      await grid(page).focus()
      await page.keyboard.press("Control+End")
      await page.getByRole("button", { name: "Follow" }).waitFor()
      await page.keyboard.press("Control+Home")
      await record([eventOf(13)])
      await button.waitFor()
      await row(page, 0).getByText("denied").waitFor()
    }),
  )

  it.live("stay where they are read while millions of others are found", () => {
    let findRest = (): void => undefined
    const before = async (page: Page) => {
      findRest = await makeVast(page, 20_000_000, 15_000_000)
    }
    return inspected({ link: "events", before }, async ({ page }) => {
      await grid(page).locator(".grid-row").first().waitFor()
      await page.evaluate(() => document.querySelector(".grid")?.scrollTo(0, 4_000_000))
      const seen = () =>
        page.evaluate(() => {
          const box = document.querySelector(".grid")?.getBoundingClientRect()
          return [...document.querySelectorAll<HTMLElement>(".grid-row")]
            .filter((one) => {
              const { bottom, top } = one.getBoundingClientRect()
              return box !== undefined && top > box.top + 60 && bottom < box.bottom - 60
            })
            .map((one) => Number(one.dataset["row"]))
            .toSorted((a, b) => a - b)
        })
      await page.waitForFunction(
        () => Number(document.querySelector<HTMLElement>(".grid-row")?.dataset["row"]) > 1_000_000,
      )
      const read = await seen()
      assert.isAbove(read.length, 3)
      findRest()
      await page.waitForFunction(
        () => document.querySelector(".grid")?.getAttribute("aria-rowcount") === "20000001",
      )
      assert.deepStrictEqual(await seen(), read)
    })
  })

  it.live("are shown with what lies around them, and opened", () =>
    inspected({ events }, async (use) => {
      const { page } = use
      await opened(use)
      await filtered(page, "data.index=700")
      await counted(page, /^1 of/)
      await row(page, 0).locator("[data-column='2']").click()
      const at = Number(parametersOf(page).get("at"))
      await page.getByRole("button", { name: "Show around" }).click()
      const selected = page.locator('.grid-row[aria-selected="true"]')
      await selected.getByText(String(at)).first().waitFor()
      assert.isTrue(await selected.isVisible())
      assert.isNull(parametersOf(page).get("filter"))
      await counted(page, /1,50\d events/)
      await grid(page).focus()
      await page.keyboard.press("Enter")
      await page.waitForFunction((place) => location.hash.includes(`event?sequence=${place}`), at)
    }),
  )

  it.live("are saved as a file of lines, and as a table that holds no formula", () =>
    inspected({ events }, async (use) => {
      const { page } = use
      await opened(use)
      await filtered(page, "outcome=denied")
      await counted(page, new RegExp(`^${deniedMade} of`))
      await page.keyboard.press("Alt+e")
      const saved = async (): Promise<string> => {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Export", exact: true }).last().click(),
        ])
        return fs.readFileSync(await download.path(), "utf8")
      }
      const lines = (await saved()).trimEnd().split("\n")
      assert.strictEqual(lines.length, deniedMade)
      for (const line of lines) assert.include(line, '"outcome":"denied"')
      await filtered(page, "data.index=3")
      await counted(page, /^1 of/)
      await page.getByRole("button", { name: "Columns" }).click()
      await page.getByLabel("Add a field").fill("data.note")
      await page.getByRole("button", { name: "Add", exact: true }).click()
      await page.getByRole("button", { name: "Done" }).click()
      await row(page, 0)
        .getByText(String.raw`=cmd\u{202E}`)
        .first()
        .waitFor()
      await page.keyboard.press("Alt+e")
      await page.getByRole("radio", { name: /^CSV/ }).check()
      assert.include(await saved(), `"'=cmd\u202e"`)

      await page.getByRole("button", { name: "Copy as command" }).click()
      const command = await page.evaluate(() => navigator.clipboard.readText())
      assert.match(command, /^countersign query \S+ 'data.index=3' --json$/)
    }),
  )

  it.live("are shown without an engine, and around what can't be read", () => {
    const meanwhile = (directory: string) => {
      const tiles = path.join(directory, "tile")
      const names = fs.readdirSync(tiles, { recursive: true, encoding: "utf8" })
      const broken = names.filter((name) => /entries[/\\](?:.*[/\\])?002(?:\.\w+)?$/.test(name))
      assert.isAbove(broken.length, 0)
      for (const name of broken) fs.writeFileSync(path.join(tiles, name), "rubbish")
    }
    return inspected({ events, over: "directory", meanwhile }, async (use) => {
      const { page } = use
      await opened(use)
      await page.getByRole("button", { name: "Newest first" }).click()
      await page.locator('[data-row="0"]').getByText("0", { exact: true }).waitFor()
      await grid(page).focus()
      await page.evaluate(() => document.querySelector(".grid")?.scrollTo(0, 600 * 22))
      await row(page, 605).getByText("can't be read").waitFor()
      await filtered(page, "outcome=denied")
      await page.getByText("256 entries could not be searched").waitFor()
      const rows = Number(await grid(page).getAttribute("aria-rowcount")) - 1
      assert.isAbove(rows, deniedMade / 2)
      assert.isBelow(rows, deniedMade)
    })
  })
})
