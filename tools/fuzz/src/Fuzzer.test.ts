import { assert, describe, it } from "@effect/vitest"
import { fuzz, type Target } from "./Fuzzer.ts"
import { targets } from "./targets.ts"

const inputs = 1500
const upTo = (count: number) => (tried: number) => tried < count

// A reader that trusts a length byte.
const planted: Target = {
  name: "planted",
  tokens: [],
  seeds: [Buffer.from([3, 97, 98, 99, 0, 0, 0])],
  run: (input) => {
    const length = input[0] ?? 0
    if (input.length > 3 && length > 200) input.readUInt8(length)
    return "accepted"
  },
}

describe("fuzz", () => {
  it("finds a planted bug and shrinks its input to what matters", async () => {
    const { findings } = await fuzz(planted, 1, upTo(inputs))
    assert.strictEqual(findings.length, 1)
    assert.match(findings[0]?.stack ?? "", /RangeError/)
    assert.strictEqual(findings[0]?.input.length, 4)
  })

  it("finds the same bug in a reader that answers later", async () => {
    const run = async (input: Buffer) => planted.run(input)
    const { accepted, findings } = await fuzz({ ...planted, run }, 1, upTo(inputs))
    assert.strictEqual(findings.length, 1)
    assert.strictEqual(findings[0]?.input.length, 4)
    assert.isAbove(accepted, 0)
  })

  it("tries the same inputs from the same seed", async () => {
    const seen = async (seed: number): Promise<ReadonlyArray<string>> => {
      const hex: Array<string> = []
      const run = (input: Buffer) => {
        hex.push(input.toString("hex"))
        return "accepted" as const
      }
      await fuzz({ ...planted, run }, seed, upTo(50))
      return hex
    }
    assert.deepStrictEqual(await seen(7), await seen(7))
    assert.notDeepEqual(await seen(7), await seen(8))
  })

  it("reports what was thrown even where it has no text", async () => {
    const textless = {
      toString: () => {
        throw new Error("no text either")
      },
    }
    const run = (): never => {
      throw textless
    }
    const { findings } = await fuzz({ ...planted, run }, 1, upTo(3))
    assert.deepStrictEqual(
      findings.map(({ stack }) => stack),
      ["threw object whose text can't be read"],
    )
  })

  it("reports a valid input that is refused", async () => {
    const { findings } = await fuzz({ ...planted, run: () => "refused" }, 1, upTo(10))
    assert.deepStrictEqual(
      findings.map(({ stack }) => stack),
      ["a valid input is refused"],
    )
  })
})

describe("targets", () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    "%s takes any bytes without an untyped error",
    async (_name, target) => {
      const { accepted, findings, tried } = await fuzz(target, 20_261_121, upTo(inputs))
      assert.deepStrictEqual(
        findings.map(({ input, stack }) => `${input.toString("hex")} ${stack}`),
        [],
      )
      assert.strictEqual(tried, inputs)
      assert.isAtLeast(accepted, target.seeds.length)
    },
  )
})
