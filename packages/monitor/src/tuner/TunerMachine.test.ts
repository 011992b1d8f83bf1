import { assert, describe, it } from "@effect/vitest"
import {
  calmModel,
  concurrencyKnob,
  homes,
  modelOptions,
  run,
  type ModelRun,
  type TunerMachineModel,
} from "../testing/TunerModel.ts"
import { configKnobs } from "./Knob.ts"
import type { TunerAction } from "./TunerAction.ts"

const seeds = [1, 2, 3, 4, 5, 6]

const kinds = ({ actions }: ModelRun): ReadonlyArray<string> => actions.map(({ kind }) => kind)

const of = ({ actions }: ModelRun, kind: TunerAction["kind"]): ReadonlyArray<TunerAction> =>
  actions.filter((action) => action.kind === kind)

/** Checkpoints each 50 ms, two thirds of the disk's time: twice or four times as long would do. */
const manyCheckpoints: TunerMachineModel = {
  ...calmModel,
  diskSeconds: { event: 0.0003, checkpoint: 0.035, bundle: 0.0001 },
}
const often = new Map(homes).set("checkpoint.intervalMillis", 50)

/** Half of what comes is telemetry, and the processor is just too slow for all of it. */
const slowProcessor: TunerMachineModel = { ...calmModel, processorSeconds: 0.00099 }

describe("the tuner", () => {
  it("does nothing in a day of noise", () => {
    for (const seed of seeds) {
      const noisy = { ...calmModel, noise: 0.8 }
      assert.deepStrictEqual(run(noisy, 24, seed).actions, [], `seed ${seed}`)
    }
  })

  it("makes checkpoints rarer where they take the disk's time, and touches no telemetry", () => {
    for (const seed of seeds) {
      const done = run(manyCheckpoints, 6, seed, modelOptions, often)
      assert.isAbove(done.values.get("checkpoint.intervalMillis") ?? 0, 50, `seed ${seed}`)
      assert.strictEqual(done.values.get("sampling.rate"), 1)
      assert.isBelow(done.slowShare, 0.05)
    }
  })

  it("comes to rest: under a load that stays, ever longer times pass between two changes", () => {
    for (const seed of seeds) {
      const { turnedAt, values } = run(slowProcessor, 48, seed)
      assert.isBelow(values.get("sampling.rate") ?? 1, 1)
      const perDay = [0, 1].map((day) => turnedAt.filter((at) => Math.floor(at / 86_400) === day))
      assert.isAtMost(perDay[0]?.length ?? 0, 30, `seed ${seed}`)
      assert.isAtMost(perDay[1]?.length ?? 0, 8, `seed ${seed}`)
    }
  })

  it("tries one knob at a time, and waits for what comes of it", () => {
    for (const seed of seeds) {
      let open: TunerAction | undefined
      for (const action of run(slowProcessor, 24, seed).actions) {
        if (action.kind === "changed") {
          assert.isUndefined(open, `seed ${seed}: ${action.reason}`)
          open = action
        } else if (action.kind === "kept" || action.kind === "reverted") {
          assert.strictEqual(action.knob, open?.knob)
          assert.isAtLeast(action.atMillis - (open?.atMillis ?? 0), 2 * 60_000)
          open = undefined
        }
      }
    }
  })

  it("puts back what has gained nothing, and leaves it alone for twice the time", () => {
    // Nothing is compressed in truth, so that knob moves nothing.
    const model = { ...slowProcessor, telemetry: 0 }
    const done = run(model, 24, 7)
    assert.deepStrictEqual(done.values, homes)
    const bundles = of(done, "changed").filter(({ knob }) => knob === "archive.bundlesPerSecondMax")
    assert.isAtLeast(bundles.length, 4)
    const waits = bundles
      .slice(1)
      .map(({ atMillis }, at) => atMillis - (bundles[at]?.atMillis ?? 0))
    for (const [at, wait] of waits.entries()) assert.isAtLeast(wait, 10 * 60_000 * 2 ** at)
    assert.strictEqual(of(done, "reverted").length, of(done, "changed").length)
    assert.match(of(done, "reverted")[0]?.reason ?? "", /^It did not help: .* is put back to 10\.$/)
    assert.isDefined(of(done, "reverted")[0]?.measured)
  })

  describe("with a slow database", () => {
    const model = { ...calmModel, databasePerSecond: 500 }

    it("turns nothing, since nothing it has makes a database faster, and says so", () => {
      const done = run(model, 2, 1)
      assert.notInclude(kinds(done), "changed")
      const [first] = of(done, "declined")
      assert.deepInclude(first, { rule: "sink-lag", bottleneck: "sink:postgres" })
      assert.match(first?.reason ?? "", /what it delivers to limits/)
      assert.isAtMost(of(done, "declined").length, 5)
    })

    it("asks it for no more at once, though a knob would", () => {
      const options = {
        ...modelOptions,
        knobs: [concurrencyKnob(["processor"]), ...configKnobs],
      }
      const values = new Map(homes).set("postgres.concurrency", 4)
      const done = run(model, 2, 1, options, values)
      assert.strictEqual(done.values.get("postgres.concurrency"), 4)
      assert.notInclude(kinds(done), "changed")
    })

    it("takes back a knob that promises too much", () => {
      const options = { ...modelOptions, knobs: [concurrencyKnob(["outside"])] }
      const values = new Map(homes).set("postgres.concurrency", 4)
      const done = run(model, 3, 1, options, values)
      assert.include(kinds(done), "reverted")
      assert.notInclude(kinds(done), "kept")
    })
  })

  it("goes back to what was configured when the load is over", () => {
    const model = { ...slowProcessor, load: (at: number) => (at < 7200 ? 1000 : 300) }
    for (const seed of seeds) {
      const done = run(model, 24, seed)
      assert.isNotEmpty(of(done, "kept"))
      assert.deepStrictEqual(done.values, homes, `seed ${seed}`)
    }
  })

  it("follows a load that comes and goes without swinging with it", () => {
    const model = {
      ...slowProcessor,
      load: (at: number) => 700 + 300 * Math.sin((2 * Math.PI * at) / 3600),
    }
    for (const seed of seeds) {
      const { turnedAt } = run(model, 24, seed)
      assert.isAtMost(turnedAt.length, 48, `seed ${seed}`)
    }
  })

  it("learns nothing of a trial in which the load has changed, either way", () => {
    const first = run(slowProcessor, 1, 3).actions[0]
    const from = (first?.atMillis ?? 0) / 1000
    for (const times of [0.5, 1.5]) {
      const load = (at: number) => (at > from ? 1000 * times : 1000)
      const done = run({ ...slowProcessor, load }, 1, 3)
      assert.deepStrictEqual(done.actions[0], first)
      assert.strictEqual(done.actions[1]?.kind, "reverted")
      assert.include(done.actions[1]?.reason ?? "", `The load is ${times} times what it was`)
    }
  })

  it("stops when an alert fires, and puts back what it was trying", () => {
    const first = run(slowProcessor, 1, 3).actions[0]
    const from = (first?.atMillis ?? 0) / 1000
    const model = { ...slowProcessor, isAlerting: (at: number) => at > from }
    const done = run(model, 6, 3)
    assert.deepStrictEqual(kinds(done), ["changed", "reverted"])
    assert.match(done.actions[1]?.reason ?? "", /^An alert is firing/)
    assert.deepStrictEqual(done.values, homes)
  })

  it("turns all knobs together no further than it may within an hour", () => {
    const options = { ...modelOptions, doublingsPerHourMax: 1 }
    for (const seed of seeds) {
      const changed = of(run(manyCheckpoints, 12, seed, options, often), "changed")
      for (const { atMillis } of changed) {
        const within = changed.filter(
          (other) => other.atMillis <= atMillis && atMillis - other.atMillis < 3_600_000,
        )
        const sum = within.reduce((all, { from, to }) => all + Math.abs(Math.log2(to / from)), 0)
        assert.isAtMost(sum, 1 + 1e-9)
      }
    }
  })

  it("only proposes where it is told to, and does not say the same again and again", () => {
    const done = run(slowProcessor, 24, 1, { ...modelOptions, mode: "propose" })
    assert.deepStrictEqual(done.values, homes)
    assert.include(kinds(done), "proposed")
    assert.notInclude(kinds(done), "changed")
    assert.isAtMost(done.actions.length, 30)
  })
})
