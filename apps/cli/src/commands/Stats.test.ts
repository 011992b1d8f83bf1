import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-stats-"))
  await run(["record", "--trail", "trail"], { cwd, input: eventLines(700) })
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

describe("stats", () => {
  it("counts by type, class, outcome and actor", async () => {
    const { code, stdout } = await run(["stats", "trail", "--json", "--top", "2"], { cwd })
    assert.strictEqual(code, 0)
    const found: unknown = JSON.parse(stdout)
    assert.deepInclude(found, {
      size: 702,
      events: 700,
      systemRecords: 2,
      unreadable: 0,
      runs: 1,
      closings: 1,
      lost: 0,
      dropped: 0,
      outcomes: {
        names: 2,
        others: 0,
        top: [
          { name: "success", count: 630 },
          { name: "denied", count: 70 },
        ],
      },
      actors: {
        names: 7,
        others: 0,
        top: [
          { name: "u-0", count: 100 },
          { name: "u-1", count: 100 },
        ],
      },
      classes: { names: 1, others: 0, top: [{ name: "standard", count: 700 }] },
    })
  })

  it("prints it as aligned tables", async () => {
    const { stdout } = await run(["stats", "trail"], { cwd })
    assert.include(stdout, "  entries      702: 700 events and 2 records of the engine\n")
    assert.include(stdout, "outcomes\n  success  630  90.0 %\n  denied    70  10.0 %\n")
  })
})
