import * as fs from "node:fs"
import { parse } from "@countersign/core/trail/TlogProof"
import { parseVerifierKey } from "@countersign/core/trail/SignedNote"
import * as TlogProof from "@countersign/core/trail/TlogProof"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Page } from "playwright-core"
import { violationsOf } from "../testing/Accessible.ts"
import { type Inspected, inspected } from "../testing/Inspected.ts"
import { livelyEvents } from "../testing/LivelyTrail.ts"
import { changeEntry } from "../testing/Tampering.ts"

const events = livelyEvents(600)
const over = { over: "directory", events } as const

const heading = (page: Page, sequence: number) =>
  page.getByRole("heading", { name: `Event ${sequence} of` })
const verdict = (page: Page) => page.locator(".proof-verdict").first()
const part = (page: Page, name: string) => page.getByRole("tab", { name, exact: true })
const check = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) })

const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

/** Where dockview puts the views; what is around them has tests of its own. */
const views = ".dv-dockview"

describe("an event in a browser", () => {
  it.live("is proven here, beside a running engine, and walked through by keys", () =>
    inspected({ events }, async ({ openLink, page }) => {
      await openLink("event?sequence=300")
      await heading(page, 300).waitFor()
      await verdict(page).getByText("Proven").waitFor()
      assert.match(await verdict(page).innerText(), /In the tree of 6\d\d entries, signed by/)
      await page.keyboard.press("]")
      await heading(page, 301).waitFor()
      await verdict(page).getByText("Proven").waitFor()
      assert.include(page.url(), "sequence=301")
      await page.keyboard.press("[")
      await page.keyboard.press("[")
      await heading(page, 299).waitFor()
      await page.getByRole("button", { name: "Previous" }).click()
      await heading(page, 298).waitFor()
    }),
  )

  it.live("opens by its place and by its id from quick open", () =>
    inspected(over, async ({ page }) => {
      await page.keyboard.press("Control+p")
      await page.keyboard.type("42")
      await page.getByRole("option", { name: "Event 42" }).first().waitFor()
      await page.keyboard.press("Enter")
      await heading(page, 42).waitFor()
      const id = await page.getByRole("button", { name: /^[0-9a-f]{8}-/ }).innerText()
      await page.keyboard.press("Control+p")
      await page.keyboard.type(id)
      await page.getByRole("option", { name: `Event ${id}` }).waitFor()
      await page.keyboard.press("Enter")
      await heading(page, 42).waitFor()
    }),
  )

  it.live("gives a proof that the command line checks, and a command", () =>
    inspected(over, async ({ directory, openLink, page }) => {
      await openLink("event?sequence=300&part=proof")
      await verdict(page).getByText("Proven").waitFor()
      await page.getByRole("button", { name: "Copy proof" }).click()
      await page.getByText("The proof is copied").waitFor()
      const proof = Result.getOrThrow(parse(Buffer.from(await copied(page))))
      const key = Result.getOrThrow(parseVerifierKey(fs.readFileSync(`${directory}.vkey`, "utf8")))
      assert.isTrue(Result.isSuccess(TlogProof.check(proof, key)))
      await page.getByRole("button", { name: "Copy as command" }).click()
      await page.getByText("The command is copied").waitFor()
      assert.strictEqual(await copied(page), `countersign prove ${directory} 300`)
      const download = page.waitForEvent("download")
      await page.getByRole("button", { name: "Save proof file" }).click()
      assert.strictEqual((await download).suggestedFilename(), "event-300.proof")
    }),
  )

  it.live("shows its parts by the arrows, and each hash on the way to the root", () =>
    inspected(over, async ({ openLink, page }) => {
      await openLink("event?sequence=300")
      await part(page, "Event").focus()
      await page.keyboard.press("ArrowRight")
      await page.getByRole("heading", { name: "From the entry to the signed root" }).waitFor()
      assert.strictEqual(await page.locator(".path-step").count(), 10)
      await page.getByText("the signed root is the same").waitFor()
      await page.keyboard.press("ArrowRight")
      await page.getByRole("heading", { name: "Canonical bytes" }).waitFor()
      assert.include(await page.locator(".event-hex").innerText(), "000000  7b 22")
      assert.include(page.url(), "part=bytes")
      await page.keyboard.press("Home")
      await page.getByRole("textbox", { name: "JSON of the event, read only" }).waitFor()
    }),
  )

  it.live("shows hostile text as what it is, and a way to events that say the same", () =>
    inspected(over, async ({ openLink, page }) => {
      const found = events.findIndex(({ data }) => JSON.stringify(data).includes("onerror"))
      for (const sequence of [found, found + 1, found + 2]) {
        await openLink(`event?sequence=${sequence}`)
        await heading(page, sequence).waitFor()
        if ((await page.getByText("onerror").count()) > 0) break
      }
      const value = page.getByRole("cell").filter({ hasText: "onerror" })
      assert.include(
        await value.innerText(),
        "<img src=x onerror=alert(1)>\\u{202E}gpj.exe\\u{0007}",
      )
      assert.strictEqual(await page.locator("img[src=x]").count(), 0)
      await page
        .getByRole("button", { name: "billing.invoice.sent", exact: true })
        .or(page.getByRole("button", { name: /^patient\.record/ }))
        .first()
        .click()
      await page.waitForURL(/#events\?.*filter=type/)
    }),
  )

  it.live("is not proven once a letter of it was changed, and its neighbour is", () =>
    inspected(
      { ...over, meanwhile: (directory) => changeEntry(directory, 300) },
      async ({ openLink, page }) => {
        await openLink("event?sequence=300&part=proof")
        await verdict(page).getByText("NOT PROVEN").waitFor()
        for (const name of ["Leaf hash", "In the tree"]) {
          await check(page, name).getByText("FAILED").waitFor()
        }
        await check(page, "Signature").getByText("passed").waitFor()
        await page.getByText("the signed root is another one").waitFor()
        assert.isTrue(await page.getByRole("button", { name: "Copy proof" }).isDisabled())
        await openLink("event?sequence=301")
        await heading(page, 301).waitFor()
        await verdict(page).getByText("Proven").waitFor()
      },
    ),
  )

  it.live("remembers the key, and says loudly when another one comes", () =>
    inspected(over, async ({ openLink, page }) => {
      await openLink("event?sequence=10&part=proof")
      await check(page, "Key").getByText("for the first time").waitFor()
      await page.getByRole("button", { name: "Check again" }).click()
      await check(page, "Key").getByText("this page knows since").waitFor()
      // As if the page had seen the trail under another key before.
      await page.evaluate(() => {
        for (const key of Object.keys(localStorage)) {
          if (!key.startsWith("countersign.proof.")) continue
          const kept: { key: string } = JSON.parse(localStorage.getItem(key) ?? "{}")
          const other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
          localStorage.setItem(key, JSON.stringify({ ...kept, key: other }))
        }
      })
      await page.getByRole("button", { name: "Check again" }).click()
      await verdict(page).getByText("ANOTHER KEY").waitFor()
      await page.getByRole("button", { name: "The owner has changed the key" }).click()
      await page.getByRole("button", { name: "I know of it: trust the new key" }).click()
      await verdict(page).getByText("Proven").waitFor()
    }),
  )

  it.live("stands beside what another store holds, and says which of both was signed", () =>
    inspected(
      {
        ...over,
        server: {
          copies: new Map([
            [
              "PostgreSQL",
              () =>
                Effect.succeed({
                  entry: Buffer.from('{"actor":{"id":"u-9"}}'),
                  detail: "columns that differ: actor_id",
                }),
            ],
          ]),
        },
      },
      async (inspector) => {
        const { openLink, page } = inspector
        await openLink("event?sequence=300&part=copies")
        await page.getByText("The proof is of the trail's bytes: PostgreSQL holds").waitFor()
        await page.getByText("columns that differ: actor_id").waitFor()
        await page.getByText(/The bytes differ from byte \d+ on/).waitFor()
        await page.locator(".diff-place").waitFor()
        await page.getByText("The trail (signed)").waitFor()
        assert.deepStrictEqual(await violationsIn(inspector), [])
      },
    ),
  )

  it.live("says that there is none", () =>
    inspected(over, async ({ openLink, page }) => {
      await openLink("event?sequence=99999")
      await page.getByText("no event 99999").waitFor()
      await openLink("event?sequence=abc")
      await page.getByText("names no event").waitFor()
    }),
  )

  it.live("breaks no rule of accessibility in any part and theme", () =>
    inspected(
      { ...over, meanwhile: (directory) => changeEntry(directory, 300) },
      async (inspector) => {
        const { openLink, page } = inspector
        const found: Array<string> = []
        for (const link of ["300&part=proof", "300&part=bytes", "301&part=proof", "301"]) {
          await openLink(`event?sequence=${link}`)
          await heading(page, Number(link.slice(0, 3))).waitFor()
          found.push(...(await violationsIn(inspector)).map((each) => `${link}: ${each}`))
        }
        assert.deepStrictEqual(found, [])
      },
    ),
  )
})

const violationsIn = async ({ page, runCommand }: Inspected): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const theme of ["Dark", "Light", "High contrast"]) {
    await runCommand(`Theme: ${theme}`)
    for (const each of await violationsOf(page, views)) found.push(`${theme}: ${each}`)
  }
  return found
}
