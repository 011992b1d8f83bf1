import { assert, describe, it } from "@effect/vitest"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import { noiseModels } from "../baseline/NoiseModel.ts"
import { type FeedbackOptions, type Plant, simulate, turnsOf } from "./FeedbackSimulation.ts"

const target = 0.05
const bounds = { rateMin: 0.01, rateMax: 1, targetOverhead: target }
const names = Object.keys(noiseModels)
const run = (plant: Plant, noise: string, given: Partial<FeedbackOptions> = {}) =>
  simulate({ plant, noise, windows: 200, random: randomOf(5), rate: 1, bounds, ...given })

describe("the feedback loop", () => {
  it("follows a step of the load within a few windows, down and then slowly up again", () => {
    for (const noise of names) {
      const windows = run(
        (window, rate) => (window < 50 || window >= 120 ? 0.02 : 0.3) * rate,
        noise,
      )
      assert.isTrue(
        windows.slice(0, 50).every(({ rate }) => rate === 1),
        `${noise}: nothing changes before the step`,
      )
      const settled = windows.slice(58, 120)
      assert.isAtMost(Math.max(...settled.map(({ overhead }) => overhead)), target * 1.4, noise)
      assert.strictEqual(windows.at(-1)?.rate, 1, `${noise}: it comes back`)
    }
  })

  it("holds a ramp near the target", () => {
    for (const noise of names) {
      const windows = run((window, rate) => ((0.2 * window) / 200) * rate, noise)
      const worst = Math.max(...windows.map(({ overhead }) => overhead))
      assert.isAtMost(worst, target * 1.6, noise)
      assert.isAtMost(turnsOf(windows), 4, noise)
    }
  })

  it("is not moved by noise: a cost within the band changes the rate hardly ever", () => {
    for (const noise of names) {
      const windows = run((_, rate) => 0.042 * rate, noise)
      const changes = windows.filter(({ rate }, at) => at > 0 && rate !== windows[at - 1]?.rate)
      assert.isAtMost(changes.length, 4, noise)
      assert.isAtLeast(windows.at(-1)?.rate ?? 0, 0.5, noise)
    }
  })

  it("stays low under a load that comes and goes: falls at once, rises after three calm windows", () => {
    for (const noise of names) {
      const windows = run(
        (window, rate) => (Math.floor(window / 2) % 2 === 0 ? 0.02 : 0.4) * rate,
        noise,
      )
      const late = windows.slice(20)
      assert.isAtMost(turnsOf(late), 4, noise)
      assert.isAtMost(Math.max(...late.map(({ overhead }) => overhead)), target * 1.6, noise)
    }
  })

  it("stays within its bounds where even the least costs too much, or nothing costs anything", () => {
    for (const noise of names) {
      const dear = run((_, rate) => 0.2 + 0.2 * rate, noise)
      assert.strictEqual(dear.at(-1)?.rate, bounds.rateMin, noise)
      const free = run(() => 0, noise, { rate: 0.01 })
      assert.strictEqual(free.at(-1)?.rate, bounds.rateMax, noise)
    }
  })
})
