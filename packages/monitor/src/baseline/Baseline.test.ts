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
