import { chmodSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

let cwd = ""
let trails = 0
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-doctor-"))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const trail = async (): Promise<string> => {
  trails += 1
  const name = path.join(cwd, `trail-${trails}`)
  await run(["record", "--trail", name], { cwd, input: eventLines(10) })
  return name
}

const examine = async (name: string) => {
  const { code, stdout } = await run(["doctor", name, "--json"], { cwd })
  const report = JSON.parse(stdout) as {
    readonly isFit: boolean
    readonly findings: ReadonlyArray<{ check: string; level: string; advice?: string }>
  }
  assert.strictEqual(code, report.isFit ? 0 : 1)
  for (const { advice, level } of report.findings) {
    assert.strictEqual(advice === undefined, level === "ok")
  }
  return (check: string) => report.findings.find((finding) => finding.check === check)?.level
}

describe("doctor", () => {
  it("warns of a signing key beside the trail and of a trail that everybody may read", async () => {
    const name = await trail()
    chmodSync(name, 0o755)
    const level = await examine(name)
    assert.strictEqual(level("signing key"), "warning")
    assert.strictEqual(level("key permissions"), "ok")
    assert.strictEqual(level("directory"), "warning")
    const { stdout } = await run(["doctor", name], { cwd })
    assert.include(stdout, "! signing key")
    assert.include(stdout, `→ chmod o-rwx ${name}`)
  })

  it("finds nothing wrong with keys, mode and writer once they are as it said", async () => {
    const name = await trail()
    renameSync(`${name}.key`, path.join(cwd, "elsewhere.pem"))
    chmodSync(name, 0o750)
    const level = await examine(name)
    for (const check of [
      "signing key",
      "verifier key",
      "directory",
      "writer",
      "last run",
      "clock",
    ]) {
      assert.strictEqual(level(check), "ok", check)
    }
  })

  it("finds a key that others may read, and one that is not the trail's", async () => {
    const [name, other] = [await trail(), await trail()]
    chmodSync(`${name}.key`, 0o644)
    assert.strictEqual((await examine(name))("key permissions"), "problem")
    renameSync(`${other}.vkey`, `${name}.vkey`)
    assert.strictEqual((await examine(name))("verifier key"), "problem")
    assert.strictEqual((await examine(other))("verifier key"), "warning")
  })

  it("finds who may write into the trail, and files that are not of it", async () => {
    const name = await trail()
    writeFileSync(path.join(name, "checkpoint.cosigned"), "x")
    assert.strictEqual((await examine(name))("leftover files"), "ok")
    chmodSync(name, 0o777)
    writeFileSync(path.join(name, "notes.txt"), "x")
    const level = await examine(name)
    assert.strictEqual(level("directory"), "problem")
    assert.strictEqual(level("leftover files"), "warning")
    rmSync(path.join(name, "notes.txt"))
    writeFileSync(path.join(name, "checkpoint.tmp"), "x")
    utimesSync(path.join(name, "checkpoint.tmp"), 1, 1)
    assert.strictEqual((await examine(name))("leftover files"), "warning")
  })

  it("finds a clock that is behind the trail", async () => {
    const name = await trail()
    const tomorrow = new Date(Date.now() + 86_400_000)
    utimesSync(path.join(name, "checkpoint"), tomorrow, tomorrow)
    assert.strictEqual((await examine(name))("clock"), "problem")
  })

  it("tells a writer at work from one that was killed", async () => {
    const name = path.join(cwd, "killed")
    const writer = start(["record", "--trail", name], { cwd })
    const ended = new Promise((resolve) => writer.once("close", resolve))
    await new Promise((resolve) => writer.stderr.once("data", resolve))
    writer.stdin.write([...eventLines(10)].join(""))
    for (;;) {
      const { stdout } = await run(["tail", name, "--json"], { cwd })
      if (stdout.includes("patient.record.read")) break
    }
    const alive = await examine(name)
    assert.deepStrictEqual([alive("writer"), alive("last run")], ["ok", "ok"])
    writer.kill("SIGKILL")
    await ended
    const gone = await examine(name)
    assert.deepStrictEqual([gone("writer"), gone("last run")], ["warning", "warning"])
  })
})
