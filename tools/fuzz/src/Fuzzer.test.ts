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
  it("finds a planted bug and shrinks its input to what matters", () => {
    const { findings } = fuzz(planted, 1, upTo(inputs))
    assert.strictEqual(findings.length, 1)
    assert.match(findings[0]?.stack ?? "", /RangeError/)
    assert.strictEqual(findings[0]?.input.length, 4)
  })

  it("tries the same inputs from the same seed", () => {
    const seen = (seed: number): ReadonlyArray<string> => {
      const hex: Array<string> = []
      const run = (input: Buffer) => {
        hex.push(input.toString("hex"))
        return "accepted" as const
      }
      fuzz({ ...planted, run }, seed, upTo(50))
      return hex
    }
    assert.deepStrictEqual(seen(7), seen(7))
    assert.notDeepEqual(seen(7), seen(8))
  })

  it("reports what was thrown even where it has no text", () => {
    const textless = {
      toString: () => {
        throw new Error("no text either")
      },
    }
    const run = (): never => {
      throw textless
    }
    const { findings } = fuzz({ ...planted, run }, 1, upTo(3))
    assert.deepStrictEqual(
      findings.map(({ stack }) => stack),
      ["threw object whose text can't be read"],
    )
  })

  it("reports a valid input that is refused", () => {
    const { findings } = fuzz({ ...planted, run: () => "refused" }, 1, upTo(10))
    assert.deepStrictEqual(
      findings.map(({ stack }) => stack),
      ["a valid input is refused"],
    )
  })
})

describe("targets", () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    "%s takes any bytes without an untyped error",
    (_name, target) => {
      const { accepted, findings, tried } = fuzz(target, 20_261_121, upTo(inputs))
      assert.deepStrictEqual(
        findings.map(({ input, stack }) => `${input.toString("hex")} ${stack}`),
        [],
      )
      assert.strictEqual(tried, inputs)
      assert.isAtLeast(accepted, target.seeds.length)
    },
  )
})
