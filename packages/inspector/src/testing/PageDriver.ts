/**
 * The page as somebody uses it: what is on the screen, and the keys.
 *
 * @since 0.1.0
 */
import type { Browser, BrowserContext, Page } from "playwright-core"

/**
 * @category models
 * @since 0.1.0
 */
export interface PageOptions {
  /** Default: 1280 by 800. */
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Default `dark`. */
  readonly theme?: "dark" | "light" | "contrast"
  /** What stands in the address beside the token, such as `events?filter=type%3Dlogin`. */
  readonly link?: string
  /** Complaints that the test brings about. */
  readonly expected?: RegExp
  /** Colours that the system forces, as Windows does. */
  readonly forcedColors?: "active"
  /** Lets a test put a script of its own into the page. */
  readonly isPolicyOff?: boolean
  /** What is done to the page before it is opened. */
  readonly before?: (page: Page) => Promise<void>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PageDriver {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the console, exceptions and breaches of the content policy, but for those expected. */
  readonly complaints: ReadonlyArray<string>
  /** Opens a view by its title, as quick open does. */
  readonly openView: (title: string) => Promise<void>
  /** The titles of all views that quick open lists. */
  readonly viewTitles: () => Promise<ReadonlyArray<string>>
  /** Runs a command by its title, as the palette does. */
  readonly runCommand: (title: string) => Promise<void>
  /** Shows an address beside the token, such as `event?sequence=12`. */
  readonly openLink: (link: string) => Promise<void>
  /** Waits until the state of the connection is this one. */
  readonly untilState: (state: "Live" | "Stale") => Promise<void>
}

const textsMax = 20

/** Types into the palette, and takes the row of that name once it is chosen. */
const choose = async (page: Page, keys: string, typed: string, label: string): Promise<void> => {
  await page.keyboard.press(keys)
  const palette = page.getByRole("dialog", { name: "Palette" })
  await palette.getByRole("combobox").fill(typed)
  const row = palette.getByRole("option", { selected: true })
  await row.filter({ hasText: label }).first().waitFor()
  await page.keyboard.press("Enter")
  await palette.waitFor({ state: "hidden" })
}

const viewTitles = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.keyboard.press("Control+p")
  const palette = page.getByRole("dialog", { name: "Palette" })
  const rows = palette.getByRole("option").filter({ has: page.getByText("view", { exact: true }) })
  await rows.first().waitFor()
  const titles = await rows.locator("span:not(.codicon):not(.palette-detail)").allInnerTexts()
  await page.keyboard.press("Escape")
  await palette.waitFor({ state: "hidden" })
  return titles.map((title) => title.trim())
}

const listenTo = (page: Page, expected: RegExp | undefined): Array<string> => {
  const complaints: Array<string> = []
  const complain = (text: string): void => {
    if (expected?.test(text) !== true && complaints.length < textsMax) complaints.push(text)
  }
  page.on("pageerror", (error) => complain(`exception: ${error.stack ?? error.message}`))
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text()))
      complain(`console: ${message.text()}`)
  })
  page.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.status()} ${response.url()}`)
  })
  return complaints
}

/**
 * Opens the page in a profile of its own.
 *
 * @param url with the token in the fragment
 * @category constructors
 * @since 0.1.0
 */
export const openPage = async (
  browser: Browser,
  url: string,
  options: PageOptions = {},
): Promise<PageDriver> => {
  const { forcedColors, isPolicyOff = false, link, theme = "dark", viewport } = options
  const context = await browser.newContext({
    viewport: viewport ?? { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
    acceptDownloads: true,
    bypassCSP: isPolicyOff,
    ...(forcedColors === undefined ? {} : { forcedColors }),
  })
  const page = await context.newPage()
  const complaints = listenTo(page, options.expected)
  await page.addInitScript((choice) => {
    const isChosen = localStorage.getItem("countersign.theme") !== null
    if (!isChosen) localStorage.setItem("countersign.theme", choice)
  }, theme)
  await options.before?.(page)
  await page.goto(link === undefined ? url : `${url}&${link}`)
  const untilState: PageDriver["untilState"] = (state) =>
    page.locator(`.workbench[data-connection="${state}"]`).waitFor()
  await untilState("Live")
  return {
    page,
    context,
    complaints,
    untilState,
    openView: (title) => choose(page, "Control+p", title, title),
    viewTitles: () => viewTitles(page),
    runCommand: (title) => choose(page, "Control+Shift+p", `>${title}`, title),
    // A text, for programs that know no DOM drive the page as well.
    openLink: (to) => page.evaluate(`location.hash = ${JSON.stringify(to)}`),
  }
}
