import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-tail-"))
  await run(["record", "--trail", "trail"], { cwd, input: eventLines(700) })
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const sequences = (stdout: string): ReadonlyArray<number> =>
  [...stdout.matchAll(/^\{"sequence":(\d+),/gm)].map(([, sequence]) => Number(sequence))

describe("tail", () => {
  it("prints the newest events, oldest first", async () => {
    const { stdout } = await run(["tail", "trail", "--json"], { cwd })
    assert.deepStrictEqual(
      sequences(stdout),
      Array.from({ length: 10 }, (_, index) => 692 + index),
    )
  })

  it("looks as far back as it must for the newest that pass a filter", async () => {
    const args = ["tail", "trail", "--json", "-n", "3", "--filter", "data.line<5"]
    const { stdout } = await run(args, { cwd })
    assert.deepStrictEqual(sequences(stdout), [3, 4, 5])
  })

  it("follows a trail through restarts of its writer, each entry once and in order", async () => {
    const tail = start(["tail", "trail", "-f", "-n", "1", "--json"], { cwd })
    const ended = new Promise((resolve) => tail.once("close", resolve))
    const seen: Array<number> = []
    const reader = createInterface(tail.stdout)[Symbol.asyncIterator]()
    const until = async (last: number) => {
      while (seen.at(-1) !== last) {
        const { value } = await reader.next()
        seen.push(...sequences(`${value}\n`))
      }
    }
    await until(701)
    // 300 events with the records that open and close the run, twice.
    await run(["record", "--trail", "trail"], { cwd, input: eventLines(300) })
    await until(701 + 302)
    await run(["record", "--trail", "trail"], { cwd, input: eventLines(300) })
    await until(701 + 604)
    assert.deepStrictEqual(
      seen,
      Array.from({ length: 605 }, (_, index) => 701 + index),
    )
    tail.kill("SIGINT")
    assert.strictEqual(await ended, 130)
  })
})
