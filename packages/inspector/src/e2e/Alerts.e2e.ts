import type { AuditFixture } from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import type { AlertRules } from "@countersign/monitor/alert/AlertRule"
import { defaultRules } from "@countersign/monitor/detect/DefaultRules"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { Monitor, type MonitorDetection } from "@countersign/monitor/Monitor"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { violationsOf } from "../testing/Accessible.ts"
import { inspected } from "../testing/Inspected.ts"

/** One that holds as long as the engine lives, and one that never does. */
const rules: AlertRules = {
  rules: [
    {
      name: "slabs-used",
      kind: "threshold",
      of: { metric: "countersign_pool_slabs" },
      is: "at-least",
      bound: 1,
      severity: "error",
      summary: "{value} slabs are there, at least {bound}",
    },
    {
      name: "never",
      kind: "threshold",
      of: { metric: "countersign_engine_open" },
      is: "above",
      bound: 1,
      summary: "An engine that is more than open",
    },
  ],
}

const options = {
  monitor: { alerts: { rules, targets: [] }, metrics: { interval: "200 millis" as const } },
  server: { isWritable: true },
}

/** As the page's own end of the test asks, which is no effect. */
const recordsOf = (fixture: AuditFixture) => Effect.runPromise(fixture.trail)

describe("the alerts in a browser", () => {
  it.live(
    "show what is compared with what, are taken by somebody, and say by whom",
    () =>
      inspected(options, async (use) => {
        const { fixture, openView, page } = use
        await page.getByRole("button", { name: "1 alert, the worst error" }).waitFor()
        await openView("Alerts")
        const tree = page.getByRole("tree", { name: "Alerts", exact: true })
        const row = tree.getByRole("treeitem", { name: /^error: .* slabs are there/ })
        await row.focus()
        await page.keyboard.press("Enter")
        await page.getByRole("heading", { name: /slabs are there, at least 1/ }).waitFor()
        await page.getByText("it fires when it is at least 1").waitFor()
        await page.getByText("It begins when countersign_pool_slabs is at least 1.").waitFor()
        await page.getByRole("img", { name: /countersign_pool_slabs: now .*threshold 1/ }).waitFor()
        assert.strictEqual(await page.getByText("more than open").count(), 0)

        assert.isEmpty(await violationsOf(page, ".alerts"))
        // Nobody takes what was: the moment before is for looking.
        const take = page.getByRole("button", { name: "Take it…" })
        await page.keyboard.press("Alt+,")
        await page.getByText("This is the past: go back to now").waitFor()
        assert.isTrue(await take.isDisabled())
        await page.keyboard.press("Alt+n")
        await take.click()
        const dialog = page.getByRole("dialog", { name: "Take an alert" })
        await dialog.getByLabel("Who").fill("u-oncall")
        await dialog.getByLabel("Why").fill("it is only a test")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await dialog.waitFor({ state: "hidden" })
        await page.locator(".alert-state").getByText("with u-oncall").waitFor()
        await page.locator(".alert-facts").getByText("it is only a test").waitFor()
        // Nobody has to look any more.
        const worst = page.getByRole("button", { name: "1 alert, the worst error" })
        await worst.waitFor({ state: "hidden" })
        // Not even where the moment before is looked at, in which somebody had to.
        await page.keyboard.press("Alt+,")
        await page.locator(".status-bar").getByText("Looking at").waitFor()
        while ((await page.locator(".alert-state").getByText("firing").count()) === 0) {
          await page.keyboard.press("Alt+,")
        }
        assert.strictEqual(await worst.count(), 0)
        await page.keyboard.press("Alt+n")
        await use.record([])
        const types = (await recordsOf(fixture)).map(
          ({ actor, outcome, type }) => `${type} ${outcome} ${actor.id}`,
        )
        assert.includeMembers(types, [
          "countersign.monitor.acknowledge attempt u-oncall",
          "countersign.monitor.acknowledge success u-oncall",
        ])
      }),
    60_000,
  )

  it.live(
    "open the events that detection found",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        let find: (finding: Finding) => void = () => undefined
        // What the sink would find is handed over as it hands it over.
        const detection: MonitorDetection = {
          ...Monitor.detection({ rules: defaultRules, directory }),
          connect: (given) => {
            find = given
            return () => undefined
          },
        }
        const monitor = { ...options.monitor, detection }
        yield* inspected({ ...options, monitor }, async ({ fixture, openView, page }) => {
          const events = (await recordsOf(fixture)).slice(1, 3).map(({ id }) => id)
          find({
            id: "brute-force/u-9/1",
            rule: "brute-force",
            severity: "critical",
            subject: "u-9",
            atMillis: Date.now(),
            confidence: 0.9,
            technique: "T1110",
            explanation: "u-9 failed to log in 40 times\u202e within a minute",
            events,
          })
          await openView("Alerts")
          await page.getByRole("treeitem", { name: /^critical: u-9 failed to log in/ }).click()
          // What would turn the text around is seen as what it is.
          await page.getByRole("heading", { name: String.raw`40 times\u{202E} within` }).waitFor()
          await page.getByText("MITRE ATT&CK T1110").waitFor()
          await page.getByRole("button", { name: events[1] ?? "none" }).click()
          await page
            .getByRole("tab", { name: /^Event/ })
            .first()
            .waitFor()
        })
      }).pipe(Effect.scoped),
    60_000,
  )
})
