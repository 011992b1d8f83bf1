import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { type Inspected, type InspectedOptions, inspected } from "../testing/Inspected.ts"
import { lively } from "../testing/LivelyTrail.ts"

/** Views that show one thing, which quick open does not list. */
const links = [
  "event?sequence=12",
  "event?part=proof&sequence=12",
  "configuration?part=edit",
  "copybook?copybook=sample%3Abank-day.cpy&data=sample%3Amonday.dat",
  "records?copybook=sample%3Abank-day.cpy&data=sample%3Amonday.dat&other=sample%3Amonday.dat",
]

const options: InspectedOptions = {
  ...lively(),
  forcedColors: "active",
  monitor: {
    alerts: {
      rules: {
        rules: [
          {
            name: "slabs-used",
            kind: "threshold",
            of: { metric: "countersign_pool_slabs" },
            is: "at-least",
            bound: 1,
            severity: "error",
            summary: "{value} slabs are there",
          },
        ],
      },
      targets: [],
    },
    metrics: { interval: "200 millis" },
  },
}

/** What a person would miss on the page as it is now. */
const missedOn = (page: Page): Promise<ReadonlyArray<string>> =>
  page.evaluate(() => {
    const system = (name: string): string => {
      const asked = document.createElement("span")
      asked.style.color = name
      document.body.append(asked)
      const { color } = getComputedStyle(asked)
      asked.remove()
      return color
    }
    const canvas = system("Canvas")
    const known = new Set(
      "Canvas CanvasText LinkText GrayText Highlight HighlightText ButtonFace ButtonText ButtonBorder Field FieldText Mark"
        .split(" ")
        .map(system),
    )
    const missed: Array<string> = []
    const seen = (selector: string): ReadonlyArray<Element> =>
      [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility())
    const named = (element: Element): string =>
      element.cloneNode() instanceof Element
        ? (element.cloneNode() as Element).outerHTML.slice(0, 160)
        : ""
    const isEdged = (element: Element): boolean => {
      const style = getComputedStyle(element)
      return style.borderBottomStyle !== "none" && style.borderBottomColor !== canvas
    }
    // A tab or an item of a menu stands among others of its kind, and a link is underlined.
    const buttons =
      "button:not([role]), select, input:not([type=radio], [type=checkbox], [type=range])"
    for (const element of seen(buttons)) {
      const isKnown = getComputedStyle(element).textDecorationLine === "underline"
      if (!isEdged(element) && !isKnown && element.closest(".status-bar") === null)
        missed.push(`no edge: ${named(element)}`)
    }
    for (const element of seen("[aria-selected=true], [aria-pressed=true]")) {
      if (getComputedStyle(element).backgroundColor === canvas)
        missed.push(`chosen, and like the others: ${named(element)}`)
    }
    for (const element of seen(".good, .warn, .bad")) {
      if (element.textContent?.trim() === "" && element.querySelector(".codicon") === null)
        missed.push(`a colour alone: ${named(element)}`)
    }
    for (const element of seen("svg :is(line, polyline, path, rect)")) {
      const { stroke } = getComputedStyle(element)
      if (stroke !== "none" && !known.has(stroke))
        missed.push(`drawn in ${stroke}: ${named(element)}`)
    }
    return missed
  })

/** Colours of a canvas that are nearly or wholly opaque. */
const paintOf = (page: Page): Promise<ReadonlyArray<string>> =>
  page.evaluate(() => {
    const found = new Set<string>()
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>(".chart-canvas canvas")) {
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data
      for (let at = 0; data !== undefined && at < data.length; at += 4) {
        if ((data[at + 3] ?? 0) > 250) found.add(data.subarray(at, at + 3).join(" "))
      }
    }
    return [...found]
  })

/** The only colour of the system that the emulation draws lines in, beside the one of the focus. */
const isBlack = (colour: string): boolean => colour === "0 0 0"

/** Charts are drawn with each frame. */
const paintedUntil = async (
  page: Page,
  isAsWanted: (paint: ReadonlyArray<string>) => boolean,
): Promise<void> => {
  for (;;) {
    if (isAsWanted(await paintOf(page))) return
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)))
  }
}

const settled = async (page: Page): Promise<void> => {
  await page.locator(".view-loading").first().waitFor({ state: "hidden" })
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

/** What has the focus, and whether that is seen. */
const focusOf = (page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> =>
  page.evaluate(() => {
    const outer = document.activeElement ?? document.body
    // An editor lives in a tree of its own.
    const at = outer.shadowRoot?.activeElement ?? outer
    const drawn = at.closest(".cm-editor") ?? at
    const { outlineColor, outlineStyle, outlineWidth } = getComputedStyle(drawn)
    // The edge between two parts is filled as a whole.
    const backgroundColor = at.matches(".sash") ? "" : getComputedStyle(drawn).backgroundColor
    const isOutlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1
    return {
      name: (at.cloneNode() as Element).outerHTML.slice(0, 160),
      isSeen: at === document.body || (isOutlined && outlineColor !== backgroundColor),
    }
  })

const tabsMax = 40
const framesMax = 30

/** Walks by Tab through all that takes the focus. */
const unseenFocus = async ({ page }: Inspected): Promise<ReadonlyArray<string>> => {
  const unseen = new Set<string>()
  for (let step = 0; step < tabsMax; step += 1) {
    await page.keyboard.press("Tab")
    let at = await focusOf(page)
    // An editor draws its frame a moment after it was given the focus.
    for (let frame = 0; frame < framesMax && !at.isSeen; frame += 1) {
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)))
      at = await focusOf(page)
    }
    if (!at.isSeen) unseen.add(`focus is not seen: ${at.name}`)
  }
  return [...unseen]
}

describe("the page in colours that the system forces", () => {
  it.live(
    "has edges, shows what is chosen and what has the focus, and draws in those colours, in every view",
    () =>
      inspected(options, async (use) => {
        const { openLink, openView, page, viewTitles } = use
        const missed: Array<string> = []
        const look = async (where: string) => {
          await settled(page)
          const found = [...(await missedOn(page)), ...(await unseenFocus(use))]
          missed.push(...found.map((each) => `${where}: ${each}`))
        }
        for (const title of await viewTitles()) {
          await openView(title)
          await look(title)
        }
        for (const link of links) {
          await openLink(link)
          await look(link)
        }
        assert.deepStrictEqual(missed, [])
      }),
    180_000,
  )

  it.live("draws its charts in them, and anew when they come and go", () =>
    inspected(options, async ({ openView, page }) => {
      await openView("Charts")
      await page.locator(".chart-canvas canvas").first().waitFor()
      await paintedUntil(page, (paint) => paint.length > 0 && paint.every(isBlack))
      await page.emulateMedia({ forcedColors: "none" })
      await paintedUntil(page, (paint) => paint.some((colour) => !isBlack(colour)))
      await page.emulateMedia({ forcedColors: "active" })
      await paintedUntil(page, (paint) => paint.length > 0 && paint.every(isBlack))
    }),
  )

  it.live("shows the bytes of a field and the events that are chosen", () =>
    inspected(options, async ({ openLink, openView, page }) => {
      const highlight = await page.evaluate(() => {
        const asked = document.createElement("span")
        asked.style.color = "Highlight"
        document.body.append(asked)
        const { color } = getComputedStyle(asked)
        asked.remove()
        return color
      })
      const filled = (selector: string) =>
        page.waitForFunction(
          ([wanted, colour]) => {
            const element = document.querySelector(wanted)
            return element !== null && getComputedStyle(element).backgroundColor === colour
          },
          [selector, highlight] as const,
        )
      await openLink("copybook?copybook=sample%3Abank-day.cpy&data=sample%3Amonday.dat")
      await page.locator(".field-row").nth(4).click()
      await filled(".field-row[aria-selected=true]")
      await filled(".hex-marked")
      await openView("Events")
      await page.getByRole("grid", { name: "Events" }).focus()
      await page.keyboard.press("ArrowDown")
      await filled(".grid-row[aria-selected=true]")
    }),
  )
})
