import { assert, describe, it } from "@effect/vitest"
import { fromYaml } from "./ConfigFile.ts"
import { formatProblem } from "./InvalidConfig.ts"

const problemsOf = (text: string): ReadonlyArray<string> =>
  fromYaml(text, "audit.yaml").problems.map(formatProblem)

describe("ConfigFile", () => {
  it("reads values with their places", () => {
    const { byPath, problems } = fromYaml(
      "# trail\nprofile: low-latency\nsampling:\n  rate: 0.5\n  adaptive: false\nlimits: { depthMax: 4 }\n",
      "audit.yaml",
    )
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(
      [...byPath].map(([path, { origin, value }]) => [path, value, origin.line, origin.column]),
      [
        ["profile", "low-latency", 2, 10],
        ["sampling.rate", 0.5, 4, 9],
        ["sampling.adaptive", false, 5, 13],
        ["limits.depthMax", 4, 6, 21],
      ],
    )
  })

  it("takes an empty file and an empty section for nothing", () => {
    for (const text of ["", "# nothing\n", "---\n", "sampling:\n", "sampling: {}\n"]) {
      const { byPath, problems } = fromYaml(text, "audit.yaml")
      assert.deepStrictEqual([byPath.size, problems], [0, []], text)
    }
  })

  it("refuses a name that no field has, with its line, its column and what was meant", () => {
    assert.deepStrictEqual(problemsOf("profile: balanced\nlimits:\n  eventByteMax: 100\n"), [
      "audit.yaml:3:3: limits.eventByteMax: is not a field; expected one of eventBytesMax, depthMax, keysMax, keyLengthMax; did you mean limits.eventBytesMax?",
    ])
    assert.deepStrictEqual(problemsOf("samplin:\n  rate: 1\n"), [
      "audit.yaml:1:1: samplin: is not a field; expected a field of docs/configuration.md; did you mean sampling?",
    ])
    assert.deepStrictEqual(problemsOf("intervalMillis: 5\n"), [
      "audit.yaml:1:1: intervalMillis: is not a field; expected a field of docs/configuration.md; did you mean checkpoint.intervalMillis?",
    ])
  })

  it("refuses a section that is none", () => {
    assert.deepStrictEqual(problemsOf("sampling: 0.5\nlimits: [1]\n"), [
      "audit.yaml:1:11: sampling: is 0.5; expected a section: names with their values",
      "audit.yaml:2:9: limits: is a list; expected a section: names with their values",
    ])
  })

  it("refuses what is no YAML, at the place where it breaks", () => {
    assert.match(
      problemsOf("sampling:\n  rate: [1\n")[0] ?? "",
      /^audit\.yaml:3:1: .+ expected YAML 1\.2$/,
    )
    assert.match(
      problemsOf("signals: true\nsignals: false\n")[0] ?? "",
      /^audit\.yaml:2:1: Map keys must be unique/,
    )
    assert.match(problemsOf("\tsignals: true\n")[0] ?? "", /^audit\.yaml:1:1: Tabs/)
  })

  it("refuses anchors, aliases, tags, other documents and other roots", () => {
    const decorated = "has an anchor, an alias or a tag; expected the value itself"
    assert.deepStrictEqual(
      problemsOf("heartbeatMillis: &a 1\ncheckpoint: { intervalMillis: *a }"),
      [
        `audit.yaml:1:21: heartbeatMillis: ${decorated}`,
        `audit.yaml:2:31: checkpoint.intervalMillis: ${decorated}`,
      ],
    )
    assert.deepStrictEqual(problemsOf("signals: !!bool true"), [
      `audit.yaml:1:17: signals: ${decorated}`,
    ])
    assert.match(problemsOf("--- {}\n--- {}\n")[0] ?? "", /multiple documents/)
    assert.match(problemsOf("- 1\n")[0] ?? "", /^audit\.yaml:1:1: is a list; expected sections/)
    assert.match(problemsOf("hello\n")[0] ?? "", /^audit\.yaml:1:1: is a text; expected sections/)
  })

  it("knows no flag but true and false", () => {
    const values = [...fromYaml("signals: yes\narchive: { compress: on }", "f").byPath.values()]
    assert.deepStrictEqual(
      values.map(({ value }) => value),
      ["yes", "on"],
    )
  })

  it("refuses a file made to exhaust the parser", () => {
    for (const text of ["[".repeat(100_000), "a: {".repeat(50_000), "- ".repeat(100_000)]) {
      assert.isNotEmpty(problemsOf(text))
      assert.isAtMost(problemsOf(text).length, 5)
    }
    assert.isNotEmpty(problemsOf(`? ${"x".repeat(2000)}\n: 1`))
    assert.isNotEmpty(problemsOf("? [a, b]\n: 1"))
  })
})
