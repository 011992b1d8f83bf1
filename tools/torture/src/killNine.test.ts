import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { isSound, killNine } from "./killNine.ts"

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
})
