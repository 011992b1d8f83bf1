import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

const lines = 3000
let cwd = ""
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-query-"))
  await run(["record", "--trail", "trail"], { cwd, input: eventLines(lines) })
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const query = (...args: ReadonlyArray<string>) => run(["query", "trail", ...args], { cwd })

interface Found {
  readonly sequence: number
  readonly event: { readonly type: string; readonly data: { readonly line: number } }
}

const parsed = (stdout: string): ReadonlyArray<Found> =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Found => JSON.parse(line))

describe("query", () => {
  it("prints what the filter lets through, in order, one JSON object a line", async () => {
    const { code, stderr, stdout } = await query("outcome=denied and data.line<100", "--json")
    assert.strictEqual(code, 0)
    const found = parsed(stdout)
    assert.deepStrictEqual(
      found.map(({ event }) => event.data.line),
      [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
    )
    // The opening record is entry 0.
    assert.strictEqual(found[3]?.sequence, 31)
    assert.include(stderr, "10 found in 3,002 published events read")
  })

  it("prints a line for a person without colour into a pipe, and in colour when told to", async () => {
    const { stdout } = await query("data.line=10")
    assert.match(
      stdout,
      /^ +11 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}denied {4}patient\.record\.write {10}u-3 +Patient p-10\n$/,
    )
    const coloured = await run(["query", "trail", "data.line=10"], {
      cwd,
      env: { FORCE_COLOR: "1" },
    })
    assert.include(coloured.stdout, "\u001b[31mdenied")
    const plain = await run(["query", "trail", "data.line=10"], { cwd, env: { NO_COLOR: "1" } })
    assert.strictEqual(plain.stdout, stdout)
  })

  it("stops after so many events", async () => {
    const { stdout } = await query("type~patient.*", "--limit", "3", "--json")
    assert.strictEqual(parsed(stdout).length, 3)
    const { code, stderr } = await query("type~patient.*", "--limit", "0")
    assert.strictEqual(code, 64)
    assert.include(stderr, "limit")
  })

  it("ends quietly and well when its reader goes away", async () => {
    const child = start(["query", "trail", "exists(id)", "--json"], { cwd })
    const ended = new Promise((resolve) => child.once("close", resolve))
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text))
    await new Promise((resolve) => child.stdout.once("data", resolve))
    child.stdout.destroy()
    assert.strictEqual(await ended, 0)
    assert.notMatch(said, /EPIPE|Error/)
  })

  it("refuses what is no filter with the place, and searches nothing", async () => {
    const { code, stderr, stdout } = await query("outcome=denied and")
    assert.deepStrictEqual([code, stdout], [64, ""])
    assert.include(stderr, "countersign: AUD-1201: the filter, column 19: found the end")
    assert.include(stderr, "\n  outcome=denied and\n                    ^\n")
  })

  it("exits 4 for what is no trail, rather than find nothing in it", async () => {
    const { code, stderr } = await run(["query", ".", "a=1"], { cwd })
    assert.strictEqual(code, 4)
    assert.include(stderr, "holds no trail")
  })
})
