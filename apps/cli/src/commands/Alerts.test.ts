import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { run } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-alerts-"))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

describe("alerts", () => {
  it("prints the rules that come along as a file that it finds valid", async () => {
    const { stdout } = await run(["alerts", "rules"], { cwd })
    writeFileSync(path.join(cwd, "rules.yaml"), stdout)
    const checked = await run(["alerts", "check", "rules.yaml"], { cwd })
    assert.strictEqual(checked.code, 0, checked.stderr)
    assert.match(checked.stdout, /^ {2}engine-not-open +threshold +critical$/m)
    assert.match(checked.stdout, /✓ valid {2}\d+ rules, 0 suppressions, 2 inhibitions/)
  })

  it("names every problem of a file with its line and column", async () => {
    const text = `rules:
  - name: lag
    kind: threshold
    of: { metric: countersign_sink_lag_record }
    is: above
    bound: 10
    summary: "{valeu} records wait"
`
    writeFileSync(path.join(cwd, "wrong.yaml"), text)
    const { code, stdout } = await run(["alerts", "check", "wrong.yaml"], { cwd })
    assert.strictEqual(code, 1)
    assert.include(
      stdout,
      "wrong.yaml:4:19: rules[0].of.metric: there is no metric countersign_sink_lag_record; do you mean countersign_sink_lag_records?\n",
    )
    assert.include(stdout, "wrong.yaml:7:14: rules[0].summary: {valeu} stands for nothing")
    assert.include(stdout, "✗ refused  2 problems")
    const json = await run(["alerts", "check", "wrong.yaml", "--json"], { cwd })
    assert.deepInclude(JSON.parse(json.stdout), { isValid: false })
  })

  it("says that a file can't be read", async () => {
    const { code, stderr } = await run(["alerts", "check", "nowhere.yaml"], { cwd })
    assert.strictEqual(code, 64)
    assert.include(stderr, "can't read nowhere.yaml")
  })

  it("prints a schema for editors", async () => {
    const { stdout } = await run(["alerts", "schema"], { cwd })
    assert.deepInclude(JSON.parse(stdout), {
      $schema: "https://json-schema.org/draft/2020-12/schema",
    })
  })
})
