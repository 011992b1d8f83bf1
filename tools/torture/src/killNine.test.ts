import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { isSound, killNine } from "./killNine.ts"
import { scenarios } from "./scenarios.ts"

let parent = ""
beforeAll(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-torture-"))
})
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }))

describe("killNine", () => {
  it("finds everything acknowledged after three kills, and nothing else", async () => {
    const outcome = await killNine({ parent, cycles: 3, seed: 1 })
    assert.deepStrictEqual(outcome.problems, [])
    assert.isTrue(isSound(outcome), JSON.stringify(outcome))
    assert.strictEqual(outcome.found, outcome.acknowledged)
    assert.isAbove(outcome.acknowledged, 0)
    assert.strictEqual(outcome.recoveryMillis.length, 3)
  })

  for (const name of ["second-opener", "file-limit"]) {
    it(`is sound with ${name}`, async () => {
      const room = path.join(parent, name)
      fs.mkdirSync(room)
      const outcome = await killNine({ parent: room, cycles: 1, seed: 1, ...scenarios[name] })
      assert.deepStrictEqual(outcome.problems, [])
      assert.isTrue(isSound(outcome), JSON.stringify(outcome))
    })
  }

  it("notices a trail that was replaced while its process ran", async () => {
    const room = path.join(parent, "replaced")
    fs.mkdirSync(room)
    let cycle = 0
    const during = async (directory: string): Promise<undefined> => {
      cycle += 1
      if (cycle === 2) fs.rmSync(directory, { recursive: true, force: true })
    }
    const outcome = await killNine({ parent: room, cycles: 2, seed: 1, during })
    assert.isAbove(outcome.failedVerifications, 0)
    assert.isFalse(isSound(outcome))
  })
})
