import { assert, layer } from "@effect/vitest"
import { CodeServer } from "../testing/CodeServer.ts"
import { look } from "../testing/EditorDriver.ts"
import { inRealEditor, tampered } from "../testing/RealEditor.ts"

const rowOf = (name: string) => new RegExp(`^${name}, \\d+ entries`)

layer(CodeServer.layer, { excludeTestServices: true, timeout: "2 minutes" })(
  "the extension in a real editor",
  (it) => {
    it.effect("follows no engine until the folder is trusted, and then shows its actors", () =>
      inRealEditor(async ({ page, shield, trust }) => {
        await shield()
        const row = page.getByRole("treeitem", { name: rowOf("running") })
        await row.waitFor()
        assert.include(await row.getAttribute("aria-label"), "engine announced")
        await page.getByRole("button", { name: "Countersign, running, no engine" }).waitFor()
        await trust()
        const actors = page.getByRole("tree", { name: "Actors" }).getByRole("treeitem")
        await actors.first().waitFor()
        await page.getByRole("button", { name: /^Countersign, running, \d+\/s/ }).waitFor()
      }),
    )

    it.effect(
      "goes from a verdict to the record that was changed, checked in the page itself",
      () =>
        inRealEditor(async ({ inspector, page, picture, shield, trust, verify }) => {
          await shield()
          await trust()
          await verify("changed")
          await page.getByRole("treeitem", { name: /^changed, .*tampered/ }).waitFor()
          await page.getByRole("button", { name: "Errors: 1" }).waitFor()
          await page.getByRole("button", { name: "Open event", exact: true }).click()
          const shown = inspector()
          await shown.getByRole("heading", { name: `Event ${tampered} of` }).waitFor()
          await shown.getByText("NOT PROVEN").first().waitFor()
          const word = await look(
            shown.locator(".cm-line", { hasText: "outcome" }).getByText("success"),
          )
          assert.match(word.color, /^rgb\(/, "text that is seen through can't be read")
          await page.getByRole("button", { name: /^Countersign, changed, .*tampered/ }).waitFor()
          await picture("tampered")
        }),
    )

    it.effect("opens an event of the trail that is shown as a document that nobody can write", () =>
      inRealEditor(async ({ answer, inspector, page, run, shield }) => {
        await shield()
        await page.getByRole("treeitem", { name: rowOf("changed") }).click()
        await inspector().getByRole("heading", { name: "Countersign" }).waitFor()
        await run("Countersign: Show event as JSON")
        await answer(String(tampered))
        await page.getByRole("tab", { name: `event-${tampered}.json` }).waitFor()
        const lines = page.locator(".editor-instance .view-lines")
        await lines.getByText("patient.record.read").waitFor()
        const before = await lines.innerText()
        await lines.click()
        await page.keyboard.type("x")
        await page.getByText("Cannot edit in read-only editor").first().waitFor()
        assert.strictEqual(await lines.innerText(), before)
      }),
    )

    it.effect("leaves the editor the keys that are its own, and names the page's", () =>
      inRealEditor(async ({ inspector, page, palette, shield }) => {
        await shield()
        await page.getByRole("treeitem", { name: rowOf("changed") }).click()
        const shown = inspector()
        await shown.getByRole("heading", { name: "Countersign" }).click()
        const own = shown.getByRole("dialog", { name: "Palette" })
        await page.keyboard.press("Alt+p")
        await own.waitFor()
        assert.isFalse(await palette().isVisible())
        await page.keyboard.press("Escape")
        await own.waitFor({ state: "hidden" })
        assert.include(await shown.locator("main, body").first().innerText(), "Alt+P")
        await page.keyboard.press("Control+p")
        await palette().waitFor()
        assert.isFalse(await own.isVisible())
      }),
    )

    it.effect(
      "keeps what a tab shows while another is in front, and when the window begins again",
      () =>
        inRealEditor(async ({ answer, inspector, page, run, shield }) => {
          await shield()
          await page.getByRole("treeitem", { name: rowOf("changed") }).click()
          await inspector().getByRole("heading", { name: "Countersign" }).waitFor()
          await run("Countersign: Open event by its place or id")
          await answer("7")
          await inspector().getByRole("heading", { name: "Event 7 of" }).waitFor()
          await run("Countersign: Show the proof of an event")
          await answer("7")
          await page.getByRole("tab", { name: "event-7.proof.txt" }).waitFor()
          await page.getByRole("tab", { name: "Countersign: changed" }).click()
          await inspector().getByRole("heading", { name: "Event 7 of" }).waitFor()
          const again = page.waitForEvent("load")
          await run("Developer: Reload Window")
          await again
          await inspector().getByRole("heading", { name: "Event 7 of" }).waitFor()
        }),
    )

    it.effect("wears the theme that the editor changes to", () =>
      inRealEditor(async ({ inspector, page, run, shield }) => {
        await shield()
        await page.getByRole("treeitem", { name: rowOf("changed") }).click()
        const body = inspector().locator("body.vscode-dark")
        await body.waitFor()
        const dark = await look(inspector().locator("body"))
        await run("Preferences: Toggle between Light/Dark Themes")
        await inspector().locator("body.vscode-light").waitFor()
        const light = await look(inspector().locator("body"))
        assert.notStrictEqual(light.backgroundColor, dark.backgroundColor)
      }),
    )
  },
)
