import { assert, describe, it } from "vitest"
import { campaign } from "./Campaign.ts"
import { canaries } from "./Canaries.ts"
import { simulate } from "./Simulation.ts"

const seeds = 200
const timeoutMillis = 300_000

describe("Simulation", () => {
  it(
    `breaks no promise in ${seeds} seeds`,
    async () => {
      const { failures, tally } = await campaign({ from: 1, seeds })
      assert.deepStrictEqual(failures, [])
      assert.strictEqual(tally.found, tally.acknowledged)
      assert.isAbove(tally.acknowledged, seeds * 50)
      const met = [...tally.faults.keys()].join("\n")
      for (const kind of [
        ..."close late kill gasp power cut takeover".split(" ").map((how) => `end ${how}`),
        ..."sample pool tree sign sign-throws".split(" ").map((stage) => `stage ${stage}`),
        ..."fail store-and-fail partial late hang crash lost-position"
          .split(" ")
          .map((trouble) => `sink stream ${trouble}`),
        ..."write EIO,write ENOSPC,sync EIO,replace EIO,write slow,write hang,write throws"
          .split(",")
          .map((trouble) => `disk ${trouble}`),
        ...["stream", "table"].flatMap((sink) => [
          `sink ${sink} timed out`,
          `sink ${sink} stored late`,
        ]),
        ..."forward back frozen".split(" ").map((to) => `clock ${to}`),
      ]) {
        assert.include(met, kind)
      }
    },
    timeoutMillis,
  )

  it.each([2, 3, 4, 17, 23])("replays seed %i byte for byte", async (seed) => {
    const linesOf = async () => {
      const { happenings, ...end } = await simulate({ seed })
      return [...happenings.map((each) => JSON.stringify(each)), JSON.stringify(end)]
    }
    const first = await linesOf()
    assert.isAbove(first.length, 500)
    const second = await linesOf()
    // The first that differs, since a whole history is too long to read.
    assert.strictEqual(
      second.find((line, at) => line !== first[at]),
      undefined,
    )
    assert.lengthOf(second, first.length)
  })

  it("gives another seed another history", async () => {
    const happeningsOf = async (seed: number) => (await simulate({ seed })).happenings
    assert.notDeepEqual(await happeningsOf(1), await happeningsOf(2))
  })

  it.each(Object.entries(canaries))(
    `finds a bug that %s within ${seeds} seeds`,
    async (_, canary) => {
      const { failures } = await campaign({ from: 1, seeds, canary, untilFoundBy: canary.foundBy })
      const found = failures.at(-1)?.findings.some(({ checker }) => checker === canary.foundBy)
      assert.isTrue(found)
    },
    timeoutMillis,
  )
})
