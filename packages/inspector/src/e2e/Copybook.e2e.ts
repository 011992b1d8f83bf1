import * as fs from "node:fs"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import type { GivenFiles } from "@countersign/monitor/server/FileQuestions"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import { violationsOf } from "../testing/Accessible.ts"
import { builtPage } from "../testing/BuiltPage.ts"
import { inspected } from "../testing/Inspected.ts"

const link = "copybook?copybook=sample:bank-day.cpy&data=sample:monday.dat"
const fieldRow = (page: Page, name: string) =>
  page.getByRole("treegrid").getByRole("row").filter({ hasText: name }).first()
const chosenField = (page: Page) =>
  page.getByRole("treegrid").locator("[role=row][aria-selected=true]")
const markedBytes = (page: Page) => page.getByRole("grid").locator("[role=gridcell].hex-marked")
const markedText = (page: Page) => page.locator(".copybook-source .cm-mark-selected")
const notice = (page: Page, text: string) => page.getByText(text, { exact: false }).first()

const customers = Array.from({ length: 10 }, (_, at) => `NAME ${at}    `).join("")
const text = [
  "       01  CUSTOMER.",
  "           05  NAME  PIC X(8).",
  "           05  KIND  PIC 9(2).",
  "",
].join("\n")

describe("the copybook workbench", () => {
  it.live("shows a field in the source, the layout and the bytes, whichever it is chosen in", () =>
    inspected({ link: `${link}&record=2` }, async ({ page }) => {
      await fieldRow(page, "POSTED-AT").click()
      await markedText(page).filter({ hasText: "POSTED-AT" }).waitFor()
      assert.strictEqual(await markedBytes(page).count(), 6)
      assert.deepEqual(await markedBytes(page).allTextContents(), [
        "F1",
        "F0",
        "F0",
        "F7",
        "F1",
        "F3",
      ])

      await page.getByRole("grid").locator("[role=gridcell][data-at='38']").click()
      await chosenField(page).filter({ hasText: "CARD-NUMBER" }).waitFor()
      await markedText(page).filter({ hasText: "CARD-NUMBER" }).waitFor()

      await page.getByRole("grid").locator("[role=gridcell][data-at='60']").hover()
      await page
        .locator(".copybook-source .cm-mark-hovered")
        .filter({ hasText: "MERCHANT" })
        .waitFor()
      assert.strictEqual(await page.locator("[role=gridcell].hex-hovered").count(), 22)

      await page.locator(".copybook-source .cm-line").filter({ hasText: "AMOUNT" }).first().click()
      const marked = await markedText(page).allTextContents()
      assert.isNotEmpty(marked)
      await chosenField(page)
        .filter({ hasText: marked[0]?.split(/\s+/)[1] ?? "?" })
        .waitFor()
    }),
  )

  it.live("goes through records and bytes by the keyboard", () =>
    inspected({ link: `${link}&record=2` }, async ({ page }) => {
      await page.getByRole("treegrid").focus()
      for (const key of ["Home", "End"]) await page.keyboard.press(key)
      await chosenField(page).waitFor()
      await page.getByRole("grid").focus()
      await page.keyboard.press("Control+Home")
      await chosenField(page).filter({ hasText: "TRANSACTION-TYPE" }).waitFor()
      await page.keyboard.press("ArrowRight")
      await chosenField(page).filter({ hasText: "TRANSACTION-ID" }).waitFor()
      await page.keyboard.press("Shift+ArrowRight")
      await notice(page, "2 bytes").waitFor()
      await page.getByLabel("Go to byte").fill("0x24")
      await page.keyboard.press("Enter")
      await chosenField(page).filter({ hasText: "CARD-NUMBER" }).waitFor()
      await page.getByLabel("Go to byte").fill("5000")
      await page.keyboard.press("Enter")
      await notice(page, "There are 74 bytes").waitFor()
      await page.getByRole("button", { name: "Next record" }).press("Enter")
      await page.getByRole("heading", { name: "record 3" }).waitFor()
      assert.include(page.url(), "record=3")
    }),
  )

  it.live("lands on a faulty record and byte, and lists the faults of the whole file", () =>
    inspected({ link }, async ({ page }) => {
      await page.getByRole("button", { name: "Next faulty" }).click()
      await page.getByRole("heading", { name: "record 10" }).waitFor()
      await chosenField(page)
        .filter({ hasText: "AMOUNT" })
        .filter({ hasText: "CPY-4003" })
        .waitFor()
      assert.deepEqual(await markedBytes(page).allTextContents(), [
        "00",
        "00",
        "5C",
        "11",
        "97",
        "5D",
      ])
      await page.getByRole("button", { name: "First record" }).click()
      await page.getByRole("tab", { name: "Whole file" }).click()
      await page.getByRole("button", { name: "Look through the file" }).click()
      await notice(page, "19 records, 1 faulty").waitFor()
      await page.getByRole("list", { name: "Faults of the file" }).getByRole("button").click()
      await page.getByRole("heading", { name: "record 10" }).waitFor()

      await page.getByRole("tab", { name: "Export" }).click()
      const saving = page.waitForEvent("download")
      await page.getByRole("button", { name: "Save as JSON lines" }).click()
      const saved = fs
        .readFileSync(await (await saving).path(), "utf8")
        .trim()
        .split("\n")
      assert.lengthOf(saved, 9)
      assert.include(saved[0], '"CPY-4003"')
    }),
  )

  it.live("compares two records by what their fields say", () =>
    inspected({ link: `${link}&record=2` }, async ({ page }) => {
      await page.getByRole("button", { name: "Compare with another record" }).click()
      await page.getByLabel("Right: file").selectOption("sample:tuesday.dat")
      await page.getByLabel("Right: record", { exact: true }).fill("1")
      await page.keyboard.press("Enter")
      await page.getByLabel("Left: record", { exact: true }).fill("1")
      await page.keyboard.press("Enter")
      const against = page.getByLabel("Right: record", { exact: true })
      await against.fill("5000")
      await page.keyboard.press("Enter")
      await notice(page, "A record of both sides is needed").waitFor()
      // Who types goes on where they were.
      assert.isTrue(await against.evaluate((input) => input === document.activeElement))
      assert.strictEqual(await page.getByText("no difference").count(), 0)
      await page.getByLabel("Right: record", { exact: true }).fill("1")
      await page.keyboard.press("Enter")
      const row = page.getByRole("row").filter({ hasText: "OPENING-BALANCE" })
      await row.filter({ hasText: "other value" }).waitFor()
      await notice(page, "1 of 9 fields differ").waitFor()
      await page.getByLabel("Fields that are the same too").check()
      await page
        .getByRole("row")
        .filter({ hasText: "HOLDER-NAME" })
        .filter({ hasText: "same" })
        .waitFor()
    }),
  )

  it.live(
    "reads the user's own files, guesses their framing, and says what is wrong in the text",
    () =>
      inspected({ link: "copybook" }, async ({ page, context }) => {
        await context.grantPermissions(["clipboard-read", "clipboard-write"])
        const files = [
          { name: "customer.cpy", mimeType: "text/plain", buffer: Buffer.from(text) },
          { name: "customers.dat", mimeType: "", buffer: Buffer.from(customers) },
        ]
        await page.locator(".copybook input[type=file]").setInputFiles(files)
        await page.getByRole("tab", { name: "Framing" }).click()
        await page.getByRole("button", { name: "F: fixed records of 10 bytes" }).click()
        await page.getByLabel("Code page").fill("ascii")
        await page.keyboard.press("Enter")
        await fieldRow(page, "NAME").filter({ hasText: "NAME 0" }).waitFor()
        await notice(page, "of 10, from 0").waitFor()
        await page.getByRole("button", { name: "Copy as command" }).click()
        await notice(page, "The command is copied").waitFor()
        assert.strictEqual(
          await page.evaluate(() => navigator.clipboard.readText()),
          "countersign copybook decode customers.dat --copybook customer.cpy --framing fixed:10 --codepage ascii",
        )
        const editor = page.locator(".copybook-source .cm-content")
        await editor.click()
        await page.keyboard.press("Control+End")
        await page.keyboard.type("           05  MORE  PIC Q(3).\n")
        await page.getByRole("tab", { name: /^Copybook \(/ }).click()
        await page
          .getByRole("list", { name: "Findings in the copybook" })
          .getByText(/CPY-\d+/)
          .first()
          .waitFor()
      }),
  )

  it.live("reads the files that the server was given, and its permalink brings them back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryDirectory
      const given = (name: string, content: string) => {
        fs.writeFileSync(path.join(folder, name), content)
        return path.join(folder, name)
      }
      const files: GivenFiles = new Map([
        ["customer.cpy", { path: given("customer.cpy", text), kind: "copybook" }],
        ["customers.dat", { path: given("customers.dat", customers), kind: "data" }],
      ])
      const address =
        "copybook?copybook=server:customer.cpy&data=server:customers.dat&framing=fixed:10&codepage=ascii&record=3"
      yield* inspected({ server: { files }, link: address }, async ({ page }) => {
        await fieldRow(page, "NAME").filter({ hasText: "NAME 3" }).waitFor()
        await page.reload()
        await fieldRow(page, "NAME").filter({ hasText: "NAME 3" }).waitFor()
        await page.getByRole("tab", { name: /^Copybooks/ }).click()
        await page
          .getByRole("tree", { name: "Copybooks and files" })
          .getByText("customers.dat")
          .waitFor()
        // What can't be read any more is said, and not waited for.
        fs.rmSync(path.join(folder, "customers.dat"))
        await page.getByRole("button", { name: "Next record" }).click()
        await page.getByRole("alert").getByText("Record 4 can't be read").waitFor()
        await page.getByRole("button", { name: "Next faulty" }).click()
        await notice(page, "The next faulty record was not found").waitFor()
      })
    }).pipe(Effect.scoped),
  )

  it.live("has no barrier in either view, in three themes", () =>
    inspected({ link: `${link}&record=10` }, async ({ page, runCommand }) => {
      const found: Array<string> = []
      const look = async (where: string) => {
        for (const theme of ["Dark", "Light", "High contrast"]) {
          await runCommand(`Theme: ${theme}`)
          for (const one of await violationsOf(page, `.${where}`))
            found.push(`${where}, ${theme}: ${one}`)
        }
      }
      await fieldRow(page, "AMOUNT").waitFor()
      await page.getByRole("button", { name: "More settings" }).click()
      await page.getByRole("tab", { name: "Framing" }).click()
      await page.getByRole("list", { name: "Framings that the file may have" }).waitFor()
      await look("copybook")
      await page.getByRole("button", { name: "Compare with another record" }).click()
      await page.getByRole("region", { name: "Fields of both records" }).waitFor()
      await look("compare")
      assert.deepStrictEqual(found, [])
    }),
  )

  it("bundles no module of Node's", async () => {
    const directory = path.join(await builtPage(), "assets")
    for (const name of fs.readdirSync(directory).filter((one) => one.endsWith(".js"))) {
      const script = fs.readFileSync(path.join(directory, name), "utf8")
      assert.notMatch(script, /(?:from|import|require)\s*\(?["'`]node:/, name)
      assert.notInclude(script, "__vite-browser-external", name)
      assert.notInclude(script, "createHash", name)
    }
  })
})
