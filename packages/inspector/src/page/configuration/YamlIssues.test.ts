import { assert, describe, it } from "@effect/vitest"
import { judgeYaml } from "./YamlIssues.ts"

/** Each issue with the text that is marked. */
const marked = (text: string) =>
  judgeYaml(text, "./trail").issues.map(({ from, line, path, to }) => [
    line,
    path,
    text.slice(from, to),
  ])

describe("YamlIssues", () => {
  it("takes what the engine takes, and gives what would hold", () => {
    const { config, issues } = judgeYaml("profile: low-latency\nsampling:\n  rate: 0.5\n", "./t")
    assert.isEmpty(issues)
    assert.strictEqual(config?.sampling.rate, 0.5)
    assert.strictEqual(config?.checkpoint.intervalMillis, 50)
    assert.strictEqual(config?.directory, "./t")
  })

  it("takes an empty text: the program and the profile say the rest", () => {
    assert.isDefined(judgeYaml("", "./trail").config)
  })

  it("puts a value out of its range onto the value, without the comment behind it", () => {
    assert.deepStrictEqual(marked("sampling:\n  rate: 1.5 # too much\n"), [
      [2, "sampling.rate", "1.5"],
    ])
  })

  it("puts a word that is none of the choice, and a text in a number's place, onto them", () => {
    assert.deepStrictEqual(
      marked("profile: fast\nheartbeatMillis: soon\narchive:\n  compress: yes\n"),
      [
        [1, "profile", "fast"],
        [2, "heartbeatMillis", "soon"],
        [4, "archive.compress", "yes"],
      ],
    )
  })

  it("puts a name that no field has onto the name, and says what was meant", () => {
    const text = "sampling:\n  rat: 1\n"
    assert.deepStrictEqual(marked(text), [[2, "sampling.rat", "rat: 1"]])
    assert.include(judgeYaml(text, "./trail").issues[0]?.message, "did you mean sampling.rate")
  })

  it("puts a contradiction onto a field of it that the text has", () => {
    assert.deepStrictEqual(marked("sampling:\n  rateMin: 0.9\n  rateMax: 0.5\n  rate: 0.5\n"), [
      [2, "sampling.rateMin", "0.9"],
      [4, "sampling.rate", "0.5"],
    ])
  })

  it("puts a contradiction with the profile onto the section that brought it about", () => {
    assert.deepStrictEqual(marked("batch:\n  bytesMax: 1048576\npool:\n  slabBytes: 131072\n"), [
      [2, "batch.bytesMax", "1048576"],
    ])
    const [issue] = judgeYaml("# 1\npool:\n  slabBytes: 131072\n", "./trail").issues
    assert.strictEqual(issue?.path, "batch.bytesMax")
  })

  it("says where the text is no YAML, or is decorated", () => {
    assert.deepStrictEqual(marked("sampling:\n  rate: [1\n").map(([line]) => line)[0], 3)
    assert.deepStrictEqual(
      marked("sampling: &a\n  rate: 1\n").map(([line]) => line),
      [2],
    )
  })
})
