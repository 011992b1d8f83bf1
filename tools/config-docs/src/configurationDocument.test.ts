import * as fs from "node:fs"
import * as path from "node:path"
import { configFields, profileNames } from "@countersign/core/config/AuditConfig"
import { fromYaml } from "@countersign/core/config/ConfigFile"
import { settle } from "@countersign/core/config/Configuration"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { configurationDocument, exampleYaml, renderConfiguration } from "./configurationDocument.ts"

const root = path.join(import.meta.dirname, "../../..")

describe("docs/configuration.md", () => {
  it("is what the schema and the profiles say now", () => {
    assert.strictEqual(
      fs.readFileSync(path.join(root, configurationDocument), "utf8"),
      renderConfiguration(),
      "node --conditions=@countersign/source tools/config-docs/src/main.ts",
    )
  })

  it("has a row for every field, and in it a value for every profile", () => {
    const rows = renderConfiguration().split("\n")
    for (const { path } of configFields) {
      const cells = rows.find((row) => row.startsWith(`| \`${path}\` |`))?.split(/(?<!\\)\|/) ?? []
      assert.strictEqual(cells.length, profileNames.length + 6, path)
      assert.isTrue(
        cells.slice(1, -2).every((cell) => cell.trim() !== ""),
        path,
      )
    }
  })

  it("shows an example that the engine takes", () => {
    const config = Result.getOrThrow(settle([fromYaml(exampleYaml, "example.yaml")]))
    assert.strictEqual(config.directory, "/var/lib/clinic/trail")
    assert.strictEqual(config.profile, "low-latency")
    assert.strictEqual(config.sampling.rateMin, 0.05)
  })
})
