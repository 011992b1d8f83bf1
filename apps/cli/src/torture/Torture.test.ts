import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type CycleOptions, type Ordeal, runCycles } from "./Cycles.ts"
import { FaultRoom, roomLack } from "./FaultRoom.ts"
import { killNine } from "./Ordeals.ts"
import { emptyOutcome, isSound } from "./Outcome.ts"
import { scenarios } from "./Scenarios.ts"
import { TrailCheck } from "./TrailCheck.ts"

let scratch = ""
let rooms = 0
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(tmpdir(), "countersign-torture-test-"))
})
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const optionsFor = (cycles: number): CycleOptions => {
  rooms += 1
  const parent = path.join(scratch, String(rooms))
  fs.mkdirSync(parent)
  let begun = 0
  const goesOn = (): boolean => {
    begun += 1
    return begun <= cycles
  }
  const config = {
    checkpoint: { intervalMillis: 20 },
    signer: { kind: "file", path: path.join(parent, "key") },
  } as const
  return { parent, config, seed: 1, goesOn }
}

describe("scenarios", () => {
  // The slow ones are run by the command; each of them fails where its fault did not happen.
  const quick = ["second-opener", "file-limit", "segment-renamed", "segment-lost", "clock"]
  it.each(quick)("keeps its promises under %s", async (name) => {
    const scenario = scenarios.find((one) => one.name === name)
    const outcome = await scenario?.run(optionsFor(1))
    assert.deepStrictEqual(outcome?.problems, [])
    assert.isTrue(outcome !== undefined && isSound(outcome), JSON.stringify(outcome))
  })

  it("has room for each on a disk of its own, or says why not", async () => {
    const lack = roomLack()
    if (lack !== undefined) {
      assert.match(lack, /^needs /)
      return
    }
    const mount = path.join(scratch, "mount")
    fs.mkdirSync(mount)
    const room = await FaultRoom.open(mount, 4)
    const file = path.join(room.directory, "file")
    fs.writeFileSync(file, "seen by those who know where")
    assert.deepStrictEqual(fs.readdirSync(mount), [])
    room.fill(0)
    assert.throws(() => fs.writeFileSync(file, Buffer.alloc(2 ** 20)), /ENOSPC/)
    room.empty()
    await room.protect()
    assert.throws(() => fs.writeFileSync(file, "x"), /EROFS/)
    await room.unprotect()
    fs.writeFileSync(file, "x")
    await room.close()
    assert.isFalse(fs.existsSync(file))
  })
})

describe("runCycles", () => {
  it("finds everything acknowledged after three kills, and nothing else", async () => {
    const outcome = await runCycles(killNine, optionsFor(3))
    assert.deepStrictEqual(outcome.problems, [])
    assert.isTrue(isSound(outcome), JSON.stringify(outcome))
    assert.strictEqual(outcome.found, outcome.acknowledged)
    assert.isAbove(outcome.acknowledged, 0)
    assert.deepInclude(outcome, { cycles: 3, trails: 1, verifications: 1 })
    assert.strictEqual(outcome.recoveryMillis.length, 3)
  })

  it("finds all that was acknowledged as published under the checkpoint that the kill left", async () => {
    const published: Ordeal = {
      suffer: async ({ child }) => {
        const isSaid = (await child.next(/^ack .* published$/)) !== undefined
        return isSaid ? undefined : "nothing was published"
      },
    }
    const outcome = await runCycles(published, optionsFor(1))
    assert.deepStrictEqual(outcome.problems, [])
    assert.isAbove(outcome.published, 0)
    assert.isBelow(outcome.published, outcome.acknowledged)
    assert.strictEqual(outcome.uncovered, 0)
  })

  it("notices a checkpoint that does not cover what was acknowledged as published", async () => {
    let covering = ""
    const unsigned: Ordeal = {
      suffer: async ({ child, directory }) => {
        await child.next(/^ack .* published$/)
        covering = path.join(directory, "checkpoint")
        return undefined
      },
      aftermath: async () => fs.rmSync(covering) ?? undefined,
    }
    const outcome = await runCycles(unsigned, optionsFor(1))
    assert.isAbove(outcome.published, 0)
    assert.strictEqual(outcome.uncovered, outcome.published)
    assert.isFalse(isSound({ ...outcome, problems: [], failedVerifications: 0, lost: 0 }))
  })

  it("counts as tried what its process began to record, and no more", async () => {
    let issued = 0
    const loaded: Ordeal = {
      suffer: async ({ child }) => {
        await child.next(/^ack /)
        await child.kill()
        issued = child.issued
        const isIssued = child.acknowledged.every(({ id }) => Number(id.split("-")[1]) < issued)
        return isIssued ? undefined : "it acknowledged what it did not issue"
      },
    }
    const outcome = await runCycles(loaded, optionsFor(1))
    assert.deepStrictEqual(outcome.problems, [])
    assert.strictEqual(outcome.tried, issued)
    const idle: Ordeal = { orders: { isIdle: true }, suffer: async () => undefined }
    assert.strictEqual((await runCycles(idle, optionsFor(1))).tried, 0)
  })

  it("begins a new trail after a large one, and verifies each", async () => {
    const outcome = await runCycles(killNine, { ...optionsFor(3), entriesMax: 1 })
    assert.deepInclude(outcome, { cycles: 3, trails: 3, verifications: 3 })
    assert.isTrue(isSound(outcome), JSON.stringify(outcome))
  })

  it("notices a trail that was replaced while its process ran, and counts only whole cycles", async () => {
    let cycle = 0
    const replaced: Ordeal = {
      suffer: async ({ directory }) => {
        cycle += 1
        if (cycle === 2) fs.rmSync(directory, { recursive: true, force: true })
        return undefined
      },
    }
    const outcome = await runCycles(replaced, optionsFor(2))
    assert.isAbove(outcome.failedVerifications, 0)
    assert.isFalse(isSound(outcome))
  })

  it("notices acknowledged events that a kept copy of the trail does not have", async () => {
    let copy = ""
    const rolledBack: Ordeal = {
      suffer: async ({ child, directory }) => {
        await child.next(/^ack /)
        copy = `${directory}.copy`
        fs.cpSync(directory, copy, { recursive: true })
        // What was said while the copy was made may be in it.
        await sleep(100)
        await child.next(/^ack .* published$/)
        return undefined
      },
      aftermath: async ({ directory }) => {
        fs.rmSync(directory, { recursive: true })
        fs.renameSync(copy, directory)
        return undefined
      },
    }
    const outcome = await runCycles(rolledBack, optionsFor(1))
    assert.isAbove(outcome.lost, 0)
    assert.isAbove(outcome.uncovered, 0)
    assert.match(outcome.problems[0] ?? "", /acknowledged as published are beyond the checkpoint/)
    assert.isFalse(isSound(outcome))
  })

  it("reports a trail that is damaged between cycles, keeps it, and goes on with another", async () => {
    let cycle = 0
    const damaging: Ordeal = {
      suffer: async ({ child }) => {
        await child.next(/^ack .*-3\d\d( |$)/)
        return undefined
      },
      aftermath: async ({ directory }) => {
        cycle += 1
        // What the first cycle left is signed, and no longer in the log that would make it again.
        if (cycle === 2) fs.truncateSync(path.join(directory, "tile", "0", "000"), 100)
        return undefined
      },
    }
    const options = optionsFor(3)
    const outcome = await runCycles(damaging, options)
    assert.match(outcome.problems[0] ?? "", /^cycle 1: no recovery: .*000: has 100 bytes/)
    assert.isAbove(outcome.failedVerifications, 0)
    assert.deepInclude(outcome, { cycles: 2, trails: 2 })
    const left = fs.readdirSync(options.parent).filter((name) => /^trail-\d$/.test(name))
    assert.deepStrictEqual(left, ["trail-0"])
  })

  it("reports an aftermath that fails", async () => {
    const failing: Ordeal = {
      suffer: async () => undefined,
      aftermath: () => Promise.reject(new Error("no such disk")),
    }
    const outcome = await runCycles(failing, optionsFor(1))
    assert.deepStrictEqual(outcome.problems, ["cycle 0: Error: no such disk"])
  })

  it("does not take an ordeal for passed that never happened", async () => {
    const harmless: Ordeal = { suffer: async () => "the limit was not reached" }
    const outcome = await runCycles(harmless, optionsFor(1))
    assert.deepStrictEqual(outcome.problems, ["cycle 0: the limit was not reached"])
    assert.isFalse(isSound(outcome))
  })
})

describe("TrailCheck", () => {
  it("reports a recovered trail that can't be read back, and keeps it", async () => {
    const outcome = emptyOutcome()
    const { config, parent } = optionsFor(1)
    const trail = new TrailCheck(path.join(parent, "trail-0"), config, outcome)
    await trail.recover()
    const bundles = path.join(trail.directory, "tile", "entries")
    for (const name of fs.readdirSync(bundles, { recursive: true, encoding: "utf8" })) {
      const file = path.join(bundles, name)
      if (fs.statSync(file).isFile()) fs.truncateSync(file, 1)
    }
    assert.isUndefined(await trail.read())
    assert.strictEqual(outcome.failedVerifications, 1)
    assert.match(outcome.problems[0] ?? "", /trail-0: can't be read back: .*tile\/entries/)
    await trail.verify()
    assert.strictEqual(outcome.failedVerifications, 2)
    assert.isTrue(trail.finish())
    assert.isTrue(fs.existsSync(trail.directory))
  })
})
