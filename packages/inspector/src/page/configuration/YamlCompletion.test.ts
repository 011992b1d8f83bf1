import { assert, describe, it } from "@effect/vitest"
import { suggestYaml } from "./YamlCompletion.ts"

/** What is suggested at the end of a text. */
const labels = (text: string) =>
  suggestYaml(text, text.length)?.options.map(({ label }) => label) ?? []

describe("YamlCompletion", () => {
  it("suggests sections and fields of their own at the beginning of a line", () => {
    const found = labels("profile: balanced\nsa")
    assert.includeMembers(found, ["sampling", "heartbeatMillis", "directory"])
    assert.notInclude(found, "rate")
  })

  it("suggests the fields of the section that a line belongs to, with what they mean", () => {
    const text = "sampling:\n  rate: 1\n  r"
    assert.includeMembers(labels(text), ["rateMin", "rateMax", "adaptive"])
    assert.notInclude(labels(text), "slabBytes")
    const found = suggestYaml(text, text.length)
    assert.strictEqual(found?.from, text.length - 1)
    assert.include(
      found?.options.find(({ label }) => label === "rateMin")?.info,
      "a ratio from 0.0001 to 1",
    )
  })

  it("suggests the words of a choice and of a flag", () => {
    assert.deepStrictEqual(labels("sampling:\n  adaptive: "), ["true", "false"])
    assert.include(labels("profile: low"), "low-latency")
    assert.deepStrictEqual(labels("signer:\n  epoch: "), ["none", "daily"])
  })

  it("suggests nothing where a number is wanted, in a comment, and in no section", () => {
    assert.isEmpty(labels("heartbeatMillis: 6"))
    assert.isEmpty(labels("# sam"))
    assert.isEmpty(labels("nothing:\n  r"))
  })
})
