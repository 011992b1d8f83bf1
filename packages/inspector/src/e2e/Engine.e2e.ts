import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Page } from "playwright-core"
import { openBrowser } from "../testing/Browser.ts"
import { builtPage } from "../testing/BuiltPage.ts"
import { inspected } from "../testing/Inspected.ts"
import { openPage } from "../testing/PageDriver.ts"

const say = (text: string): void => void process.stdout.write(`  ${text}\n`)

const view = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true })
const slider = (page: Page) => page.getByRole("slider", { name: "Moment that is shown" })

describe("the engine in the inspector", () => {
  it.live("lists the actors; keys go through them, filter, and open one", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Actors")
      const grid = page.getByRole("treegrid", { name: "Actors" })
      await grid.getByRole("row").filter({ hasText: "publish" }).waitFor()
      await grid.focus()
      await page.keyboard.press("ArrowDown")
      const active = () =>
        grid.evaluate(
          (element) =>
            document.getElementById(element.getAttribute("aria-activedescendant") ?? "")
              ?.textContent ?? "",
        )
      assert.match(await active(), /^sample/)
      await page.keyboard.press("ArrowLeft")
      assert.match(await active(), /^engine/)
      await page.keyboard.press("ArrowLeft")
      assert.strictEqual(await grid.getByRole("row").count(), 2)
      await page.keyboard.press("ArrowRight")
      await page.getByRole("searchbox", { name: "Filter" }).fill("log")
      await view(page, "Actors").getByText("2 of").waitFor()
      await grid.focus()
      await page.keyboard.press("End")
      await page.keyboard.press("Enter")
      await view(page, "log").getByText("Who waits on it").waitFor()
      assert.include(page.url(), "actor?id=log")
    }),
  )

  it.live("sorts by what is chosen, and remembers it in the permalink", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Actors")
      await page.getByRole("combobox", { name: "Sort by" }).selectOption("name")
      const rows = page.getByRole("treegrid", { name: "Actors" }).getByRole("row")
      await rows.nth(2).filter({ hasText: "archive" }).waitFor()
      assert.include(page.url(), "sort=name")
      await page.getByRole("columnheader", { name: "Actor" }).click()
      await rows.nth(2).filter({ hasText: "sample" }).waitFor()
    }),
  )

  it.live("says in a sentence why a sink gets nothing, and leads to it", () => {
    const failing = new FaultySink(MemorySink.make({ name: "search" }))
    return inspected({ engine: { sinks: [failing] } }, async ({ openView, page, record }) => {
      failing.next("fail", 1000)
      await record(Array.from({ length: 40 }, () => AuditFixture.event))
      await openView("Flow")
      const causes = page.getByRole("list", { name: "Why something waits" })
      await causes.getByText(/^search (rests|is not called).*behind.*scripted failure”/).waitFor()
      await page.getByRole("tab", { name: "Engine, 1" }).waitFor()
      await causes.getByRole("button", { name: "Look at sink:search" }).click()
      await view(page, "sink:search").getByText("The last cause").first().waitFor()
      assert.include(page.url(), "actor?id=sink%3Asearch")
    })
  })

  it.live("draws the way of an event, and each step leads to its actor", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Flow")
      const flow = page.getByRole("list", { name: "The way of an event" })
      await flow.getByRole("button", { name: /^publish/ }).waitFor()
      const names = await flow.getByRole("button").allInnerTexts()
      assert.deepStrictEqual(
        names.map((text) => text.split("\n", 1)[0]),
        ["accepted", "sample", "pool", "log", "tree", "publish"],
      )
      await page.getByText("Nothing waits, and nothing comes.").first().waitFor()
      await flow.getByRole("button", { name: /^publish/ }).press("Enter")
      await view(page, "publish").waitFor()
    }),
  )

  it.live("counts every accepted event, and says that the count comes out", () =>
    inspected({}, async ({ context, openView, page, directory }) => {
      await openView("Ledger")
      await page.getByText("Every one of 25 accepted events is accounted for.").waitFor()
      const row = page.getByRole("row", { name: /^standard/ })
      assert.match(await row.innerText(), /25\s+25\s+0\s+0\s+0\s+adds up/)
      await page.getByRole("button", { name: "Copy as command" }).click()
      await page.getByText("Copied: countersign stats").waitFor()
      const [tab] = context.pages()
      const copied = await tab?.evaluate(() => navigator.clipboard.readText())
      assert.strictEqual(copied, `countersign stats ${directory}`)
    }),
  )

  it.live("draws charts, and says the same as a table", () =>
    inspected({}, async ({ openView, page, record }) => {
      await openView("Charts")
      const chart = page.getByRole("region", { name: "Throughput of each step", exact: true })
      await chart.locator("canvas").waitFor()
      await record(Array.from({ length: 40 }, () => AuditFixture.event))
      await chart.getByRole("img", { name: /accepted .* \/s/ }).waitFor()
      await chart.getByRole("button", { name: "Show as table" }).press("Enter")
      const table = chart.getByRole("region", { name: "Throughput of each step as a table" })
      await table.getByRole("columnheader", { name: "durable" }).waitFor()
      assert.isAbove(await table.getByRole("row").count(), 2)
    }),
  )

  it.live("says that nothing is held against a baseline where nothing is", () =>
    inspected({}, async ({ openView, page }) => {
      await openView("Baselines")
      await page.getByText("No figure of this engine is held against a baseline.").waitFor()
    }),
  )
})

describe("time in the inspector", () => {
  const durable = (page: Page) => view(page, "Ledger").locator("dd").first().innerText()

  it.live("goes back by keys on every view, says so, and comes back to now", () =>
    inspected({}, async ({ openView, page, record }) => {
      await openView("Ledger")
      await page.getByText("26 entries").first().waitFor()
      // A second of frames of before.
      await page.waitForTimeout(1500)
      await record([AuditFixture.event, AuditFixture.event])
      await page.getByText("28 entries").first().waitFor()
      await slider(page).focus()
      await page.keyboard.press("Home")
      await page.getByText("You are looking at").waitFor()
      assert.strictEqual(await durable(page), "26 entries")
      await page.getByRole("contentinfo").getByText("Looking at").waitFor()
      await openView("Flow")
      await view(page, "Flow").getByText("You are looking at").waitFor()
      await openView("Ledger")
      await record([AuditFixture.event])
      await page.waitForTimeout(600)
      assert.strictEqual(await durable(page), "26 entries")
      await page.keyboard.press("Alt+n")
      await page.getByText("29 entries").first().waitFor()
      assert.strictEqual(await page.getByText("You are looking at").count(), 0)
      await page.keyboard.press("Alt+,")
      await page.getByText("You are looking at").waitFor()
    }),
  )

  it.live("is kept in a file, which is opened in place of the engine, and of none", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporaryDirectory, "incident.json")
      yield* inspected({}, async ({ openView, page, record, runCommand }) => {
        await openView("Ledger")
        await page.getByText("26 entries").first().waitFor()
        await page.waitForTimeout(700)
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          runCommand("Engine: Save the last ten minutes as a file"),
        ])
        assert.match(download.suggestedFilename(), /^incident-.*\.json$/)
        await download.saveAs(file)
        await record([AuditFixture.event])
        await page.getByText("27 entries").first().waitFor()
        const chosen = page.waitForEvent("filechooser")
        await page.getByRole("button", { name: "Open an incident file" }).click()
        await (await chosen).setFiles(file)
        await page.getByText(/^The file incident.json of .+ is shown/).waitFor()
        assert.strictEqual(await durable(page), "26 entries")
        await page.getByRole("button", { name: "Close the file" }).click()
        await page.getByText("27 entries").first().waitFor()
      })
      yield* inspected({ over: "directory" }, async ({ openView, page }) => {
        await openView("Ledger")
        await page.getByText("there is no running engine to look into").waitFor()
        const chosen = page.waitForEvent("filechooser")
        await page.getByRole("button", { name: "Open an incident file…" }).click()
        await (await chosen).setFiles(file)
        await page.getByText("26 entries").first().waitFor()
      })
    }).pipe(Effect.scoped),
  )

  it.live("refuses a file that is no incident, and says why", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporaryDirectory, "other.json")
      fs.writeFileSync(file, '{"format":"something else"}')
      yield* inspected({}, async ({ openView, page }) => {
        await openView("Flow")
        const chosen = page.waitForEvent("filechooser")
        await page.getByRole("button", { name: "Open an incident file" }).click()
        await (await chosen).setFiles(file)
        await page
          .getByText(/The file can't be opened: it is no incident of this version/)
          .waitFor()
        await page.getByText("Nothing waits").first().waitFor()
      })
    }).pipe(Effect.scoped),
  )
})

/** An engine with a crowd in it: all of them busy, each frame another. */
const crowded = (audit: Audit["Service"], size: number): Audit["Service"] => ({
  ...audit,
  actors: () => {
    const now = Date.now()
    const own = audit.actors()
    const crowd = Array.from({ length: size - own.length }, (_, index) => ({
      id: `worker-${index}`,
      parent: index % 16 === 0 ? "engine" : `worker-${index - (index % 16)}`,
      kind: "service" as const,
      state:
        (index + Math.floor(now / 1000)) % 7 === 0 ? ("blocked" as const) : ("running" as const),
      sinceMillis: now - (index % 9) * 700,
      restarts: index % 31 === 0 ? 2 : 0,
      faults: 0,
      lastCause: index % 31 === 0 ? "a scripted cause" : undefined,
      waitsOn: undefined,
      batches: 10,
      items: Math.floor((now / 10) * (1 + (index % 5))),
      mailbox: {
        depthItems: Math.floor(now / 250 + index) % 100,
        capacityItems: 100,
        depthBytes: (Math.floor(now / 250 + index) % 100) * 512,
        capacityBytes: 65_536,
      },
    }))
    return [...own, ...crowd]
  },
})

describe("226 actors that change four times a second", () => {
  const idleMax = 0.08
  const tries = 3

  it.live("leave the main thread idle", () =>
    Effect.gen(function* () {
      const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
      const page = yield* Effect.promise(builtPage)
      const watched = Effect.gen(function* () {
        const audit = crowded(yield* Audit, 226)
        const server = MonitorServer.layer({ frameMillis: 250, page }).pipe(
          Layer.provide(Layer.succeed(Audit, audit)),
          Layer.provide(NodeDisk.layer),
        )
        const { page: url = Redacted.make("") } = Context.get(
          yield* Layer.build(server),
          MonitorServer,
        )
        const browser = yield* openBrowser
        yield* Effect.promise(async () => {
          const opened = await openPage(browser, Redacted.value(url))
          const session = await opened.context.newCDPSession(opened.page)
          // What the thread itself used: how busy the machine is otherwise does not count.
          await session.send("Performance.enable", { timeDomain: "threadTicks" })
          const busySeconds = async () => {
            const { metrics } = await session.send("Performance.getMetrics")
            return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0
          }
          for (const title of ["Actors", "Flow", "Charts"]) {
            await opened.openView(title)
            await opened.page.waitForTimeout(2000)
            const shares: Array<number> = []
            for (let attempt = 0; attempt < tries; attempt += 1) {
              const before = await busySeconds()
              await opened.page.waitForTimeout(3000)
              shares.push(((await busySeconds()) - before) / 3)
            }
            const share = Math.min(...shares)
            say(`${title} of 226 actors: ${(100 * share).toFixed(1)} % of the main thread`)
            assert.isAtMost(share, idleMax, title)
          }
          assert.deepStrictEqual(opened.complaints, [])
        })
      })
      yield* fixture.withAudit(Effect.scoped(watched))
    }).pipe(Effect.scoped),
  )
})
