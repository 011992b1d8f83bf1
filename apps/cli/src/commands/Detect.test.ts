import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { run } from "../testing/CommandLine.ts"

let cwd = ""
const failures = Array.from(
  { length: 9 },
  (_, index) =>
    `${JSON.stringify({
      type: "session.login",
      time: `2026-11-21T09:00:0${index}.000Z`,
      actor: { id: "u-1" },
      outcome: "failure",
      data: { index },
    })}\n`,
).join("")

beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-detect-"))
  await run(["record", "--trail", "trail"], { cwd, input: failures })
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

describe("detect", () => {
  it("prints what the rules find in a trail, and says so with its exit code", async () => {
    const { code, stderr, stdout } = await run(["detect", "trail"], { cwd })
    assert.strictEqual(code, 1, stderr)
    assert.include(stdout, "T1110.001")
    assert.include(
      stdout,
      "Many logins of one account failed: 8 events (the bound is 8) within 5 min",
    )
    assert.include(stderr, "1 finding in")
  })

  it("prints findings as JSON lines with the ids of the events, the same each time", async () => {
    const first = await run(["detect", "trail", "--json"], { cwd })
    const finding: unknown = JSON.parse(first.stdout)
    assert.deepInclude(finding, { rule: "failed-login-burst", subject: "u-1" })
    const again = await run(["detect", "trail", "--json"], { cwd })
    assert.strictEqual(again.stdout, first.stdout)
  })

  it("reads what export writes", async () => {
    const exported = await run(["export", "trail"], { cwd })
    const { code, stdout } = await run(["detect", "-", "--json"], { cwd, input: exported.stdout })
    assert.strictEqual(code, 1)
    assert.include(stdout, "failed-login-burst")
  })

  it("takes rules of one's own, and refuses what are none", async () => {
    writeFileSync(
      path.join(cwd, "rules.yaml"),
      `rules:
  - { kind: count, name: many, summary: Many, severity: info, confidence: 0.5, when: "type=x.y", by: actor.id, atLeast: 2, within: 5m }
`,
    )
    const mine = await run(["detect", "trail", "--rules", "rules.yaml"], { cwd })
    assert.strictEqual(mine.code, 0, mine.stderr)
    writeFileSync(path.join(cwd, "wrong.yaml"), "rules: [{ kind: count, nam: x }]\n")
    const wrong = await run(["detect", "trail", "--rules", "wrong.yaml"], { cwd })
    assert.strictEqual(wrong.code, 64)
    assert.include(wrong.stderr, "AUD-6501")
  })

  it("prints precision, recall and time to detect on a made-up day", async () => {
    const { code, stdout } = await run(["detect", "--synthetic", "--staff", "400"], { cwd })
    assert.strictEqual(code, 0)
    assert.match(stdout, /^rule +attacks +patient +found +recall +findings +right +precision/)
    assert.match(stdout, /^bulk-export +4 +1 +3 +75 %/m)
  })

  it("prints means and ranges over many of them", async () => {
    const { code, stderr, stdout } = await run(
      ["detect", "--synthetic", "--staff", "400", "--seeds", "1..2"],
      { cwd },
    )
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /^rule +recall +without patient +precision/)
    assert.match(stdout, /^bulk-export +75 % +100 %/m)
    assert.match(stderr, /2 made-up days of 400 people, seeds 1 to 2/)
    for (const wrong of ["7", "9..1", "1..1000", "1..9999999"]) {
      const refused = await run(["detect", "--synthetic", "--seeds", wrong], { cwd })
      assert.strictEqual(refused.code, 64, wrong)
    }
  })
})
