/**
 * `npm run screenshots`: each view as docs/inspector.md shows it, over the trail of the command line's
 * demonstration.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { openBrowser } from "./Browser.ts"
import { smallPicture } from "./SmallPicture.ts"
import { type PageDriver, openPage } from "./PageDriver.ts"

const root = fileURLToPath(new URL("../../../../", import.meta.url))
const directory = path.join(root, "docs/inspector")
const main = path.join(root, "apps/cli/src/main.ts")

interface Shot {
  readonly name: string
  readonly theme: "dark" | "light" | "contrast"
  /** What brings the page into the state that is shown. */
  readonly show: (driver: PageDriver, tampered: number) => Promise<void>
}

const shown = (theme: Shot["theme"], name: string, link: string, ready: RegExp): Shot => ({
  name,
  theme,
  show: async ({ openLink, page }) => {
    await openLink(link)
    await page.getByText(ready).first().waitFor()
  },
})

/** What somebody has written who meant seven per cent. */
const draft = `# What the hospital's engine reads when it begins, and when it is told to read again.
# The share of telemetry that is kept.
sampling:
  rate: 7
  rateMin: 0.05
heartbeatMillis: 600000
checkpoint:
  intervalMillis: 2000
`

const shots: ReadonlyArray<Shot> = [
  shown("dark", "events", "events?filter=outcome%3Ddenied", /denied/),
  {
    name: "event",
    theme: "dark",
    show: async ({ openLink, page }, tampered) => {
      await openLink(`event?part=proof&sequence=${tampered}`)
      await page.getByText("NOT PROVEN").first().waitFor()
    },
  },
  {
    name: "verify",
    theme: "light",
    show: async ({ openView, page, runCommand }) => {
      await runCommand("Verify: The whole trail, here in this page")
      await page.getByText("NOT PROVEN").first().waitFor()
      await openView("Verify")
      await page
        .getByRole("button", { name: "Dismiss" })
        .first()
        .click({ timeout: 2000 })
        .catch(() => undefined)
    },
  },
  shown("dark", "flow", "flow", /sink|publish/i),
  shown("contrast", "actors", "engine", /running|waiting/i),
  {
    name: "letters",
    theme: "light",
    show: async ({ openLink, page }) => {
      await openLink("letters")
      const list = page.getByRole("tree", { name: "Refused records by cause" })
      await list
        .getByRole("treeitem", { name: /patient\.record/ })
        .first()
        .click()
      await page.getByRole("heading", { name: /refused by register/ }).waitFor()
    },
  },
  {
    name: "alerts",
    theme: "dark",
    show: async ({ openView, page }) => {
      await openView("Alerts")
      const tree = page.getByRole("tree", { name: "Alerts", exact: true })
      await tree
        .getByRole("treeitem", { name: /^(?:error|critical|warning): / })
        .first()
        .click()
      await page.getByRole("heading", { name: /^Rule / }).waitFor()
    },
  },
  {
    name: "configuration",
    theme: "light",
    show: async ({ openLink, page }) => {
      await openLink("configuration?part=edit")
      await page.locator(".yaml .cm-content").click()
      await page.keyboard.press("Control+a")
      await page.keyboard.insertText(draft)
      await page.getByText("expected a ratio from 0 to 1").first().waitFor()
    },
  },
  shown(
    "dark",
    "copybook",
    "copybook?copybook=sample%3Abank-day.cpy&data=sample%3Amonday.dat",
    /COMP-3|PIC/,
  ),
]

interface Demonstration {
  readonly child: ChildProcess
  readonly url: string
  /** The record that was changed. */
  readonly tampered: number
}

const started = async (): Promise<Demonstration> => {
  const child = spawn(
    process.execPath,
    ["--conditions=@countersign/source", main, "inspect", "--no-open", "--allow-write"],
    { stdio: ["ignore", "pipe", "pipe"] },
  )
  let said = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text))
  for await (const url of createInterface({ input: child.stdout })) {
    const [, tampered = ""] = /Record (\d+) was changed/.exec(said) ?? []
    return { child, url, tampered: Number(tampered) }
  }
  throw new Error(`there is nothing to show: ${said}`)
}

const taken = Effect.gen(function* () {
  const { tampered, url } = yield* Effect.acquireRelease(Effect.promise(started), ({ child }) =>
    Effect.promise(async () => {
      const ended = once(child, "exit")
      child.kill("SIGINT")
      await ended
    }),
  )
  const browser = yield* openBrowser
  yield* Effect.promise(async () => {
    fs.mkdirSync(directory, { recursive: true })
    for (const { name, show, theme } of shots) {
      const driver = await openPage(browser, url, { theme })
      await show(driver, tampered)
      // What comes a few times a second is drawn, and the pointer is nowhere.
      await driver.page.waitForTimeout(1500)
      const file = path.join(directory, `${name}.png`)
      fs.writeFileSync(file, smallPicture(await driver.page.screenshot({ caret: "hide" })))
      process.stdout.write(`${path.relative(root, file)} ${fs.statSync(file).size} bytes\n`)
      await driver.context.close()
    }
  })
}).pipe(Effect.scoped)

await Effect.runPromise(taken)
