import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { violationsOf } from "../testing/Accessible.ts"
import { type Inspected, inspected } from "../testing/Inspected.ts"

const events = Array.from({ length: 12 }, (_, index) => ({
  type: index % 2 === 0 ? "patient.record.read" : "patient.record.write",
  actor: { id: `u-${index}`, type: "user" } as const,
  outcome: "success" as const,
}))

/** An engine whose sink refuses four records until it is mended. */
const refusing = () => {
  const store = new MemorySink.MemoryStore()
  const sink = new FaultySink(MemorySink.make({ store, name: "warehouse" }))
  for (const sequence of [2, 3, 6, 9]) sink.reject(sequence)
  return { sink, store }
}

const opened = async ({ openView, page }: Inspected, count: number) => {
  await openView("Dead letters")
  await page.locator(".letters-count").getByText(`of ${count} refused records`).waitFor()
}

describe("the dead letters in a browser", () => {
  it.live(
    "are found, tried dry, delivered again, and recorded with who wanted it",
    () => {
      const { sink, store } = refusing()
      const options = { events, engine: { sinks: [sink] }, server: { isWritable: true } }
      return inspected(options, async (use) => {
        const { fixture, page } = use
        await opened(use, 4)
        const tree = page.getByRole("tree", { name: "Refused records by cause" })
        assert.strictEqual(await tree.getByRole("treeitem", { level: 2 }).count(), 4)

        // By what the record is, and by words; the keyboard alone.
        await page.getByLabel("Filter of the refused records").fill("type=patient.record.read")
        await page.keyboard.press("Enter")
        await page.locator(".letters-count").getByText("2 of 4").waitFor()
        await tree.getByRole("treeitem", { level: 1 }).focus()
        await page.keyboard.press("ArrowDown")
        await page.getByRole("heading", { name: /^Record \d+, refused by warehouse/ }).waitFor()
        await page.locator(".letter-history").getByText("refused by countersign").waitFor()
        // What another filter let through is nothing to decide about under this one.
        const all = page.getByRole("button", { name: "Replay what is shown…" })
        assert.isTrue(await all.isEnabled())
        await page.getByLabel("Filter of the refused records").fill("type=(")
        await page.keyboard.press("Enter")
        await page.locator(".letters-failure").waitFor()
        assert.isTrue(await all.isDisabled())
        assert.strictEqual(await tree.getByRole("treeitem").count(), 0)
        await page.getByLabel("Filter of the refused records").fill("")
        await page.keyboard.press("Enter")
        await page.locator(".letters-count").getByText("4 of 4").waitFor()

        assert.isEmpty(await violationsOf(page, ".letters"))
        sink.mend()
        await page.getByRole("button", { name: "Replay what is shown…" }).click()
        const dialog = page.getByRole("dialog", { name: "Deliver refused records again" })
        await dialog.getByText("Nothing was changed yet").waitFor()
        const row = dialog.getByRole("row").filter({ hasText: "warehouse" })
        await row.getByRole("cell", { name: "4", exact: true }).waitFor()
        assert.strictEqual(store.replayed.size, 0)
        assert.isEmpty(await violationsOf(page, "dialog"))
        const act = dialog.getByRole("button", { name: "Replay 4 records" })
        assert.isTrue(await act.isDisabled())
        assert.strictEqual(await dialog.getByLabel("Why").inputValue(), "")
        await dialog.getByLabel("Who").fill("u-operator")
        await dialog.getByLabel("Why").fill("the column is wider now")
        await act.click()
        await dialog.waitFor({ state: "hidden" })
        await page.getByRole("status").getByText("4 taken by the sink").waitFor()
        await page.getByRole("heading", { name: "Nothing is refused" }).waitFor()
        assert.includeMembers([...store.sequences], [2, 3, 6, 9])

        await use.record([])
        const written = await Effect.runPromise(fixture.trail)
        const decision = written.filter(({ type }) => type === "countersign.monitor.letters")
        assert.deepStrictEqual(
          decision.map(({ actor, outcome }) => [actor.id, outcome]),
          [
            ["u-operator", "attempt"],
            ["u-operator", "success"],
          ],
        )
      })
    },
    60_000,
  )

  it.live(
    "that are refused once more come back, and who is asked first is remembered, the reason not",
    () => {
      const { sink } = refusing()
      const options = { events, engine: { sinks: [sink] }, server: { isWritable: true } }
      return inspected(options, async (use) => {
        const { page } = use
        await opened(use, 4)
        const tree = page.getByRole("tree", { name: "Refused records by cause" })
        await tree.getByRole("treeitem", { level: 2 }).first().click()
        await page.locator(".letter").getByRole("button", { name: "Replay…" }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByLabel("Who").fill("u-operator")
        await dialog.getByLabel("Why").fill("just to see")
        await dialog.getByRole("button", { name: "Replay 1 record" }).click()
        await page.getByRole("status").getByText("1 refused again").waitFor()
        await page.locator(".letter-history").getByText("replay asked for by u-operator").waitFor()
        await page.getByRole("button", { name: "Drop what is shown…" }).click()
        assert.strictEqual(await dialog.getByLabel("Who").inputValue(), "u-operator")
        assert.strictEqual(await dialog.getByLabel("Why").inputValue(), "")
        // What is under it can't be closed from it, not even with the focus nowhere.
        await dialog.getByLabel("Why").evaluate((area) => area.blur())
        await page.keyboard.press("Alt+w")
        await page.keyboard.press("Control+p")
        assert.strictEqual(await page.getByRole("dialog", { name: "Palette" }).count(), 0)
        assert.isTrue(await dialog.isVisible())
        await page.keyboard.press("Escape")
        await dialog.waitFor({ state: "hidden" })
      })
    },
    60_000,
  )

  it.live(
    "can be read over the files alone, and changed by nobody",
    () => {
      const { sink } = refusing()
      const options = { over: "directory", events, engine: { sinks: [sink] } } as const
      return inspected(options, async (use) => {
        await opened(use, 4)
        await use.page.getByText("Read only: only the process that runs the engine").waitFor()
        assert.isTrue(
          await use.page.getByRole("button", { name: "Replay what is shown…" }).isDisabled(),
        )
      })
    },
    60_000,
  )
})
