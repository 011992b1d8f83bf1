/**
 * A whole trail, verified by the inspector's page in Chromium: from the command until the page says
 * so, with the server that reads the trail on the same machine.
 */
import { builtPage } from "@countersign/inspector/testing/BuiltPage"
import { openBrowser } from "@countersign/inspector/testing/Browser"
import { openPage } from "@countersign/inspector/testing/PageDriver"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { openEngine } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Measurement } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { median } from "../statistics.ts"

/** Most of a trail of a million entries. Units: milliseconds. */
const waitMillis = 300_000

const makeTrail = async (scratch: string, entries: number): Promise<void> => {
  const engine = await openEngine(scratch, { archive: { compress: false } })
  await feed(engine, prepare(20_000), (accepted) => accepted >= entries)
  await engine.flush()
  await engine.publish()
  await engine.close()
}

/** Seconds that the page takes, in a profile that has seen nothing yet. */
const secondsOf = (scratch: string) =>
  Effect.gen(function* () {
    const page = yield* Effect.promise(builtPage)
    const files = MonitorServer.layerDirectory(`${scratch}/trail`, { page })
    const server = yield* Layer.build(files.pipe(Layer.provide(NodeDisk.layer)))
    const url = Redacted.value(Context.get(server, MonitorServer).page ?? Redacted.make(""))
    const browser = yield* openBrowser
    return yield* Effect.promise(async () => {
      const driver = await openPage(browser, url)
      const status = driver.page.getByRole("contentinfo", { name: "Status" })
      const from = performance.now()
      await driver.runCommand("Verify: The whole trail, here in this page")
      await status.getByText("Verified here").waitFor({ timeout: waitMillis })
      return (performance.now() - from) / 1000
    })
  }).pipe(Effect.scoped)

export const pageVerification: Measurement = {
  name: "page-verification",
  table: "inspector",
  run: async ({ quick, work }) => {
    requireSpace(work, quick ? 1e9 : 3e9)
    const entries = quick ? 100_000 : 1_000_000
    const scratch = makeScratch(work)
    await makeTrail(scratch, entries)
    const rounds: Array<{ readonly seconds: number; readonly perSecond: number }> = []
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      const seconds = await Effect.runPromise(secondsOf(scratch))
      rounds.push({ seconds, perSecond: entries / seconds })
    }
    emptyScratch(scratch)
    const judged = median(rounds.map(({ perSecond }) => perSecond))
    return [
      {
        name: "page-verification",
        title: `${entries.toLocaleString("en")} entries, verified by the page in Chromium`,
        ours: { value: judged, unit: "entries/s" },
        judged,
        goal: { direction: "atLeast", least: 25_000, aim: 50_000, unit: "entries/s" },
        rounds,
        notes: ["server, page and thread share the machine"],
      },
    ]
  },
}
