/** The editor in a browser as somebody uses it: what is on the screen, and the keys. */
import { writeFile } from "node:fs/promises"
import * as path from "node:path"
import type { openBrowser } from "@countersign/inspector/testing/Browser"
import { smallPicture } from "@countersign/inspector/testing/SmallPicture"
import type * as Effect from "effect/Effect"

export type Browser = Effect.Success<typeof openBrowser>
export type Page = Awaited<ReturnType<Browser["newPage"]>>
type Frame = ReturnType<Page["frameLocator"]>
type Locator = ReturnType<Page["locator"]>

export interface EditorDriver {
  readonly page: Page
  /** What the content policy stopped, and exceptions, in the inspector's own documents. */
  readonly complaints: ReadonlyArray<string>
  /** Runs a command by its title, as the palette does. */
  readonly run: (title: string) => Promise<void>
  /** Says which event a command is about. */
  readonly answer: (text: string) => Promise<void>
  /** The editor's own palette. */
  readonly palette: () => Locator
  /** Shows the extension's trees. */
  readonly shield: () => Promise<void>
  /** Says that the folder is trusted. */
  readonly trust: () => Promise<void>
  /** Verifies a trail by the button in its row. */
  readonly verify: (trail: string) => Promise<void>
  /** Draws what is on the screen, where somebody has said into which folder. */
  readonly picture: (name: string) => Promise<void>
  /** The inspector in the tab that is shown. */
  readonly inspector: () => Frame
}

/** Units: milliseconds. */
const patienceMillis = 15_000

const paletteOf = (page: Page) => page.locator(".quick-input-widget")

const typed = async (page: Page, text: string): Promise<void> => {
  const input = paletteOf(page).locator(".quick-input-box input")
  await input.fill(text)
}

const run = async (page: Page, title: string): Promise<void> => {
  await page.keyboard.press("F1")
  await typed(page, `>${title}`)
  await paletteOf(page).locator(".monaco-list-row.focused", { hasText: title }).waitFor()
  await page.keyboard.press("Enter")
}

const trust = async (page: Page): Promise<void> => {
  const restricted = page.getByRole("button", { name: /^Restricted Mode/ })
  await restricted.first().click()
  const asked = page.getByRole("dialog", { name: "Workspace Trust" })
  await asked.getByRole("button", { name: "Trust", exact: true }).click()
  await restricted.first().waitFor({ state: "hidden" })
  await asked.getByRole("button", { name: /^Close/ }).click()
}

const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env["PICTURES"]
  if (folder === undefined) return
  await page.mouse.move(0, 0)
  await writeFile(path.join(folder, `${name}.png`), smallPicture(await page.screenshot()))
}

/** The editor itself complains of much that isn't the extension's. */
const isOfInspector = (text: string, url: string): boolean =>
  /countersign/i.test(url) || /countersign|content security policy|trusted/i.test(text)

const listenedTo = (page: Page): ReadonlyArray<string> => {
  const complaints: Array<string> = []
  page.on("console", (message) => {
    const isError = message.type() === "error"
    if (isError && isOfInspector(message.text(), message.location().url)) {
      complaints.push(message.text())
    }
  })
  return complaints
}

interface Look {
  readonly color: string
  readonly backgroundColor: string
}

/** The colours that something is drawn in. */
export const look = (locator: Locator): Promise<Look> =>
  locator.first().evaluate((shown) => {
    // It runs in the page, whose names the types of this program don't have.
    const { getComputedStyle } = globalThis as unknown as {
      readonly getComputedStyle: (of: unknown) => Look
    }
    const { backgroundColor, color } = getComputedStyle(shown)
    return { backgroundColor, color }
  })

export const openEditor = async (
  browser: Browser,
  url: string,
  folder: string,
): Promise<EditorDriver> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMillis)
  const complaints = listenedTo(page)
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`)
  return {
    page,
    complaints,
    run: (title) => run(page, title),
    answer: async (text) => {
      await paletteOf(page).getByText("Which event?").waitFor()
      await typed(page, text)
      await page.keyboard.press("Enter")
    },
    palette: () => paletteOf(page),
    shield: () => page.getByRole("tab", { name: "Countersign", exact: true }).click(),
    trust: () => trust(page),
    verify: async (trail) => {
      const row = page.getByRole("treeitem", { name: `${trail}, ` })
      await row.hover()
      await row.getByRole("button", { name: "Verify trail" }).click()
    },
    picture: (name) => picture(page, name),
    inspector: () => page.frameLocator("iframe.webview:visible").frameLocator("#active-frame"),
  }
}
