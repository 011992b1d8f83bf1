import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import { resolve } from "@countersign/core/config/ConfigResolution"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { violationsOf } from "../testing/Accessible.ts"
import { type Inspected, inspected } from "../testing/Inspected.ts"

const yaml = "# Of the clinic.\nsampling:\n  rate: 1\n"
let folder = ""
let file = ""
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-configuration-"))
  file = path.join(folder, "countersign.yaml")
  fs.writeFileSync(file, yaml)
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** An engine that reads the file again when it is told to. */
const filed = (isWritable: boolean, use: (inspected: Inspected) => Promise<void>) => {
  let directory = "./trail"
  return inspected(
    {
      server: { isWritable, configurationFile: file },
      engine: {
        reload: () => resolve({ directory }, { file }).pipe(Effect.provide(NodeDisk.layer)),
      },
    },
    async (given) => {
      directory = given.directory
      await use(given)
    },
  )
}

const samplingRate = (use: Inspected) =>
  use.run(Effect.map(Audit, (audit) => audit.status().samplingRate))

describe("the configuration in a browser", () => {
  it.live(
    "is searched, and a live field of it is changed",
    () =>
      filed(true, async (use) => {
        const { openView, page } = use
        await openView("Configuration")
        await page.getByLabel("Search fields, values and meanings").fill("share of telemetry")
        const rows = page.locator(".settings tbody tr")
        await rows.getByText("sampling.rate", { exact: true }).waitFor()
        assert.strictEqual(await rows.count(), 1)
        assert.isEmpty(await violationsOf(page, ".configuration"))
        await page.getByRole("button", { name: "Change sampling.rate" }).click()
        const dialog = page.getByRole("dialog", { name: "Change sampling.rate" })
        await dialog.getByLabel("New value").fill("7")
        await dialog.getByLabel("Who").fill("u-operator")
        await dialog.getByLabel("Why").fill("too much telemetry")
        await dialog.getByRole("button", { name: "Change it" }).click()
        await dialog.getByRole("alert").getByText("a ratio from 0 to 1").waitFor()
        await dialog.getByLabel("New value").fill("0.5")
        await dialog.getByRole("button", { name: "Change it" }).click()
        await dialog.waitFor({ state: "hidden" })
        await rows.getByText("0.5", { exact: true }).waitFor()
        assert.strictEqual(await samplingRate(use), 0.5)
        assert.strictEqual(fs.readFileSync(file, "utf8"), yaml)
      }),
    60_000,
  )

  it.live(
    "is edited with its problems on the lines, compared, previewed and applied as a whole",
    () =>
      filed(true, async (use) => {
        const { openLink, page } = use
        await openLink("configuration?part=edit")
        const editor = page.locator(".yaml .cm-content")
        await editor.click()
        await page.keyboard.press("Control+End")
        await page.keyboard.type("  ratee: 1")
        const problem = page.getByRole("button", { name: /Line 4/ })
        await problem.waitFor()
        assert.include(await problem.textContent(), "did you mean sampling.rate")
        assert.isTrue(await page.getByRole("button", { name: "Apply…" }).isDisabled())
        await page.locator(".cm-lintRange-error").waitFor()

        // Completed from the engine's own fields.
        for (let count = 0; count < "ratee: 1".length; count += 1) {
          await page.keyboard.press("Backspace")
        }
        await page.keyboard.type("rateMi")
        await page.locator(".cm-tooltip-autocomplete").getByText("rateMin").waitFor()
        await page.keyboard.press("Escape")
        await page.keyboard.type("n: 0.25")
        await page.keyboard.press("Home")
        const side = page.getByRole("region", { name: "What the text would do" })
        await side
          .getByRole("listitem")
          .filter({ hasText: "sampling.rateMin: 0.01 → 0.25" })
          .waitFor()
        await side.getByText("takes effect at once").waitFor()

        assert.isEmpty(await violationsOf(page, ".configuration"))
        // What is written stays while the fields in force are looked at.
        await page.getByRole("button", { name: "In force" }).click()
        await page.getByRole("table", { name: "Settings in force" }).waitFor()
        await page.getByRole("button", { name: "Edit as YAML" }).click()
        await editor.getByText("rateMin: 0.25").waitFor()

        await page.getByRole("button", { name: "Compare" }).click()
        const comparison = page.locator(".cm-mergeView")
        await comparison.waitFor()
        // Each frame would make it anew where it went by the objects that it is given.
        await comparison.evaluate((element) => element.setAttribute("data-seen", "true"))
        await page.waitForTimeout(1500)
        assert.strictEqual(await comparison.getAttribute("data-seen"), "true")
        await page.getByRole("button", { name: "Apply…" }).click()
        const dialog = page.getByRole("dialog", { name: "Apply the configuration" })
        await dialog.getByText("sampling.rateMin: 0.01 → 0.25").waitFor()
        await dialog.getByLabel("Who").fill("u-operator")
        await dialog.getByLabel("Why").fill("a quarter at least")
        await dialog.getByRole("button", { name: "Write the file and reload" }).click()
        await dialog.waitFor({ state: "hidden" })
        assert.include(fs.readFileSync(file, "utf8"), "rateMin: 0.25")
        assert.strictEqual(fs.readFileSync(`${file}.before`, "utf8"), yaml)
        const shown = await use.run(Effect.map(Audit, (audit) => audit.configuration()))
        assert.strictEqual(shown.find((each) => each.path === "sampling.rateMin")?.value, 0.25)
      }),
    60_000,
  )

  it.live(
    "is not overwritten where somebody else has changed the file meanwhile",
    () =>
      filed(true, async ({ openLink, page }) => {
        await openLink("configuration?part=edit")
        await page.locator(".yaml .cm-content").click()
        await page.keyboard.press("Control+End")
        await page.keyboard.type("  rateMin: 0.25")
        fs.writeFileSync(file, "heartbeatMillis: 60000\n")
        await page.getByRole("button", { name: "Apply…" }).click()
        const dialog = page.getByRole("dialog", { name: "Apply the configuration" })
        await dialog.getByLabel("Who").fill("u-operator")
        await dialog.getByLabel("Why").fill("a quarter at least")
        await dialog.getByRole("button", { name: "Write the file and reload" }).click()
        await dialog.getByRole("alert").getByText("was changed meanwhile").waitFor()
        assert.strictEqual(fs.readFileSync(file, "utf8"), "heartbeatMillis: 60000\n")
      }),
    60_000,
  )

  it.live(
    "says that another signing key would be used, though not where either lies",
    () =>
      filed(true, async ({ openLink, page }) => {
        await openLink("configuration?part=edit")
        await page.locator(".yaml .cm-content").click()
        await page.keyboard.press("Control+End")
        await page.keyboard.press("Home")
        await page.keyboard.type("signer: { path: elsewhere.key }")
        await page
          .getByRole("region", { name: "What the text would do" })
          .getByRole("listitem")
          .filter({ hasText: "signer.path: (redacted) → (redacted)" })
          .waitFor()
      }),
    60_000,
  )

  it.live(
    "offers to load the page again where its code could not be had, and then is there",
    () =>
      inspected({ expected: /ERR_FAILED|dynamically imported module/ }, async (use) => {
        const { openView, page, untilState } = use
        await page.route("**/ConfigurationView*.js", (route) => route.abort())
        await openView("Configuration")
        await page.getByRole("alert").getByText("This view has failed").waitFor()
        await page.unroute("**/ConfigurationView*.js")
        await page.getByRole("button", { name: "Load the page again" }).click()
        await untilState("Live")
        await page.getByRole("table", { name: "Settings in force" }).waitFor()
      }),
    60_000,
  )

  it.live(
    "is a draft of what is in force where nothing may be changed",
    () =>
      filed(false, async ({ openLink, page }) => {
        await openLink("configuration?part=edit")
        await page.getByText("A draft of what is in force").waitFor()
        await page.locator(".yaml .cm-content").getByText("sampling").first().waitFor()
        await page.getByRole("heading", { name: "Nothing would change" }).waitFor()
        assert.isTrue(await page.getByRole("button", { name: "Apply…" }).isDisabled())
        assert.strictEqual(await page.getByRole("button", { name: /^Change / }).count(), 0)
      }),
    60_000,
  )
})
