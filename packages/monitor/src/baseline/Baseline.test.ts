import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import {
  type Baseline,
  baselineLimits,
  decode,
  encode,
  encodeChecked,
  sessionsOf,
  withSession,
} from "./Baseline.ts"
import * as BaselineFile from "./BaselineFile.ts"
import { differenceOf, readMachineCard } from "./MachineCard.ts"

const machine = {
  architecture: "x64",
  cpu: "Reckoner 3",
  cores: 2,
  memoryGiB: 24,
  kernel: "Linux 6.18",
  node: "v26.10.0",
}
const baseline: Baseline = {
  version: 1,
  machine,
  metrics: { wall: { better: "lower", unit: "ms" } },
  sessions: [
    {
      at: "2026-01-01T00:00:00.000Z",
      commit: "abc",
      source: "node x.js",
      values: { wall: [2, 1.5] },
    },
  ],
}
const fileText = `{
  "machine": {
    "architecture": "x64",
    "cores": 2,
    "cpu": "Reckoner 3",
    "kernel": "Linux 6.18",
    "memoryGiB": 24,
    "node": "v26.10.0"
  },
  "metrics": {
    "wall": {
      "better": "lower",
      "unit": "ms"
    }
  },
  "sessions": [
    {
      "at": "2026-01-01T00:00:00.000Z",
      "commit": "abc",
      "source": "node x.js",
      "values": {
        "wall": [2, 1.5]
      }
    }
  ],
  "version": 1
}
`
const refusal = (text: string): string => {
  const decoded = decode(text, "b.json")
  return Result.isFailure(decoded) ? decoded.failure.message : assert.fail("was taken")
}

describe("a baseline's file", () => {
  it("has its names in order and each session's runs on one line", () => {
    assert.strictEqual(encode(baseline), fileText)
  })

  it("is the same bytes for the same figures, whatever the order they came in", () => {
    const { machine: card, metrics, sessions, version } = baseline
    assert.strictEqual(encode({ sessions, version, metrics, machine: card }), fileText)
    assert.deepStrictEqual(Result.getOrThrow(decode(fileText, "b.json")), baseline)
  })

  it("is refused where it is none, contradicts itself, or is too long", () => {
    assert.match(refusal("{"), /^AUD-6121: b\.json is no baseline/)
    assert.match(refusal(fileText.replace('"cores": 2', '"cores": "two"')), /cores/)
    assert.match(refusal(fileText.replace('"commit"', '"committ"')), /committ/)
    assert.match(refusal(fileText.replace('"wall": [', '"walk": [')), /walk/)
    assert.match(refusal(" ".repeat(baselineLimits.fileBytesMax + 1)), /longer/)
  })

  it("keeps the newest sessions, in a bounded number", () => {
    let many = baseline
    for (let number = 0; number < 30; number++) {
      const session = { at: "", commit: "", source: "", values: { wall: [number] } }
      many = withSession(many, {}, session)
    }
    const firsts = sessionsOf(many, "wall").map(([first]) => first)
    assert.deepStrictEqual([firsts.length, firsts[0], firsts.at(-1)], [20, 10, 29])
  })

  it("forgets a metric with the last session that has it", () => {
    const session = (name: string) => ({ at: "", commit: "", source: "", values: { [name]: [1] } })
    const metric = { better: "lower", unit: "" } as const
    let many = withSession(baseline, { steps: metric }, session("steps"))
    assert.deepStrictEqual(Object.keys(many.metrics), ["wall", "steps"])
    for (let number = 0; number < 19; number++) many = withSession(many, {}, session("steps"))
    assert.deepStrictEqual(Object.keys(many.metrics), ["steps"])
    assert.deepStrictEqual(sessionsOf(many, "constructor"), [])
  })

  const unreadable: ReadonlyArray<readonly [what: string, baseline: Baseline, why: RegExp]> =
    (() => {
      const metric = { better: "lower", unit: "" } as const
      const having = (names: ReadonlyArray<string>, values: ReadonlyArray<number>, unit = "") =>
        withSession(
          { ...baseline, metrics: {}, sessions: [] },
          Object.fromEntries(names.map((name) => [name, { ...metric, unit }])),
          {
            at: "",
            commit: "",
            source: "",
            values: Object.fromEntries(names.map((n) => [n, values])),
          },
        )
      const runs = Array.from({ length: 1000 }, (_, run) => -1.234_567_890_123_456e-10 * (run + 1))
      const many = Array.from({ length: 200 }, (_, number) => `metric ${number}`)
      return [
        ["more bytes than are read", having(many, runs), /longer than 4194304 bytes/],
        ["a name that is too long", having(["x".repeat(201)], [1]), /xxx/],
        ["a name with a line feed", having(["x\ny"], [1]), /x/],
        ["a unit that is too long", having(["x"], [1], "x".repeat(21)), /unit/],
        ["a figure without an end", having(["x"], [Infinity]), /Expected number at .*"x"/],
        ["too many metrics", having([...many, "one more"], [1]), /more than 200 metrics/],
        ["too many runs", having(["x"], [...runs, 1]), /1000/],
      ]
    })()
  for (const [what, given, why] of unreadable) {
    it.effect(`is not written with ${what}, since it could not be read again`, () =>
      Effect.gen(function* () {
        const path = `${yield* temporaryDirectory}/b.json`
        yield* BaselineFile.write(path, baseline)
        const refused = yield* Effect.flip(BaselineFile.write(path, given))
        assert.strictEqual(refused._tag, "BaselineMalformed")
        assert.match(
          refused.message,
          /^AUD-6121: .*b\.json is no baseline: it could not be read again/,
        )
        assert.match(refused.message, why)
        assert.deepStrictEqual(yield* BaselineFile.read(path), baseline)
      }).pipe(Effect.provide(NodeDisk.layer)),
    )
  }

  it("keeps a metric whose name objects have already", () => {
    const values = Object.fromEntries([["__proto__", [1]]])
    const metrics = Object.fromEntries([["__proto__", { better: "lower" as const, unit: "" }]])
    const odd = withSession(baseline, metrics, { at: "", commit: "", source: "", values })
    const again = Result.getOrThrow(decode(encode(odd), "b.json"))
    assert.deepStrictEqual(sessionsOf(again, "__proto__"), [[1]])
  })

  it("counts bytes, not characters", () => {
    const long = " ".repeat(baselineLimits.fileBytesMax - 10) + "µ".repeat(10)
    assert.match(refusal(long), /longer/)
    assert.strictEqual(Result.getOrThrow(encodeChecked(baseline, "b.json")), fileText)
  })

  it.effect("is written whole and read again, and absent where there is none", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const path = `${directory}/b.json`
      assert.isUndefined(yield* BaselineFile.read(path))
      yield* BaselineFile.write(path, baseline)
      assert.deepStrictEqual(yield* BaselineFile.read(path), baseline)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})

describe("a machine's card", () => {
  it("tells another machine from another kernel", () => {
    assert.deepStrictEqual(differenceOf(machine, { ...machine, kernel: "Linux 7.0" }), {
      isOther: false,
      differences: ["kernel: Linux 6.18, now Linux 7.0"],
    })
    assert.isTrue(differenceOf(machine, { ...machine, cores: 4 }).isOther)
    assert.isFalse(differenceOf(readMachineCard(), readMachineCard()).isOther)
  })
})
