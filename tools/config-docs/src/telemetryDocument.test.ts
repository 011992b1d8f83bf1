import * as fs from "node:fs"
import * as path from "node:path"
import { instruments } from "@countersign/monitor/metric/Instruments"
import { assert, describe, it } from "@effect/vitest"
import { renderTelemetry, telemetryDocument } from "./telemetryDocument.ts"

const root = path.join(import.meta.dirname, "../../..")

describe("docs/telemetry.md", () => {
  it("is what the table of metrics says now", () => {
    assert.strictEqual(
      fs.readFileSync(path.join(root, telemetryDocument), "utf8"),
      renderTelemetry(),
      "npm run docs",
    )
  })

  it("has a row for every metric, and names no other", () => {
    const text = renderTelemetry()
    for (const { name } of instruments.values()) assert.include(text, `| \`${name}\` |`)
    for (const [name] of text.matchAll(/countersign_\w+[a-z]/g)) {
      assert.isTrue(instruments.has(name), name)
    }
  })
})
