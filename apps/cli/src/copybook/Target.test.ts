import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { run } from "../testing/CommandLine.ts"

describe("a file that decode writes", () => {
  let cwd = ""
  beforeAll(() => {
    cwd = mkdtempSync(path.join(tmpdir(), "countersign-target-"))
    writeFileSync(path.join(cwd, "a.cpy"), "       01  A.\n           05 B PIC X(2).\n")
    writeFileSync(path.join(cwd, "a.dat"), Uint8Array.of(0xc1, 0xc2))
  })
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))
  const decode = (...more: ReadonlyArray<string>) =>
    run(["copybook", "decode", "a.dat", "-c", "a.cpy", ...more], { cwd })

  it("leaves files of others alone, whatever they are called", async () => {
    writeFileSync(path.join(cwd, "out.partial"), "precious")
    const { code, stderr } = await decode("-o", "out")
    assert.strictEqual(code, 0, stderr)
    assert.strictEqual(readFileSync(path.join(cwd, "out.partial"), "utf8"), "precious")
    assert.strictEqual(readFileSync(path.join(cwd, "out"), "utf8"), '{"B":"AB"}\n')
  })

  it("is not the file of rejects as well", async () => {
    const { code } = await decode("-o", "same", "--rejects", "same")
    assert.strictEqual(code, 64)
    assert.isFalse(existsSync(path.join(cwd, "same")))
    assert.isEmpty(readdirSync(cwd).filter((name) => name.startsWith("same")))
  })
})
