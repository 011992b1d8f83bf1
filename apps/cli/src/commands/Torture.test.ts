import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { run } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(tmpdir(), "countersign-torture-test-"))
})
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }))

interface Report {
  readonly isSound: boolean
  readonly cycles: number
  readonly tried: number
  readonly acknowledged: number
  readonly found: number
  readonly lost: number
  readonly invented: number
  readonly failedVerifications: number
  readonly recoveryMillis: { readonly median: number; readonly max: number }
  readonly scenarios: ReadonlyArray<{ readonly name: string; readonly verdict: string }>
}

const torture = async (...args: ReadonlyArray<string>) => {
  const ended = await run(["torture", "--json", ...args], { cwd })
  return { ...ended, report: JSON.parse(ended.stdout) as Report }
}

describe("torture", () => {
  it("kills a configuration of the user's beside its trail, and leaves nothing behind", async () => {
    const file = path.join(cwd, "audit.yaml")
    fs.writeFileSync(file, `directory: ${cwd}/trail\nprofile: low-latency\norigin: example.com/a\n`)
    fs.mkdirSync(path.join(cwd, "trail"))
    fs.writeFileSync(path.join(cwd, "trail", "mine"), "untouched")
    const args = ["--config", file, "--cycles", "2", "--scenario", "kill-nine"]
    const { code, report, stderr } = await torture(...args)
    assert.match(stderr, new RegExp(`in ${cwd}/countersign-torture-`))
    assert.strictEqual(code, 0, stderr)
    assert.isTrue(report.isSound)
    assert.strictEqual(report.cycles, 2)
    assert.isAbove(report.acknowledged, 0)
    assert.isAtLeast(report.tried, report.acknowledged)
    assert.deepInclude(report, { found: report.acknowledged, lost: 0, invented: 0 })
    assert.isAbove(report.recoveryMillis.median, 0)
    assert.deepStrictEqual(fs.readdirSync(cwd).toSorted(), ["audit.yaml", "trail"])
    assert.deepStrictEqual(fs.readdirSync(path.join(cwd, "trail")), ["mine"])
  })

  it("refuses a scenario and a configuration that it does not know", async () => {
    const scenario = await run(["torture", "--scenario", "flood"], { cwd })
    assert.strictEqual(scenario.code, 64)
    assert.match(scenario.stderr, /AUD-6102: --scenario: "flood" is none of .*kill-nine/)
    const config = await run(["torture", "--config", "absent.yaml"], { cwd })
    assert.strictEqual(config.code, 64)
    assert.match(config.stderr, /absent\.yaml/)
  })
})
