import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { run } from "./testing/CommandLine.ts"

const cwd = tmpdir()
const commands = "record verify prove check query tail key stats doctor torture".split(" ")

describe("countersign", () => {
  it("prints its help to stdout when asked, and to stderr when a command is missing", async () => {
    const asked = await run(["--help"], { cwd })
    assert.deepStrictEqual([asked.code, asked.stderr], [0, ""])
    for (const command of commands) assert.match(asked.stdout, new RegExp(`^  ${command} `, "m"))
    const missing = await run([], { cwd })
    assert.deepStrictEqual([missing.code, missing.stdout], [64, ""])
    assert.strictEqual(missing.stderr, asked.stdout)
  })

  it("names a command that it does not know in one line, and where to look", async () => {
    const { code, stderr, stdout } = await run(["verfy", "x"], { cwd })
    assert.deepStrictEqual([code, stdout], [64, ""])
    assert.match(stderr, /^countersign: .*"verfy".*\nRun countersign --help.*\n$/)
  })

  it("prints its version", async () => {
    const { stdout } = await run(["--version"], { cwd })
    assert.strictEqual(stdout, "countersign 0.1.0\n")
  })
})
