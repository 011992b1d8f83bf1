import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import { planRecords } from "@countersign/copybook/file/FilePlan"
import { parseSettings, withSettings } from "@countersign/copybook/file/FileSettings"
import * as Result from "effect/Result"
import { sampleLayouts } from "./CopybookSeeds.ts"
import { insist, type Target } from "./Fuzzer.ts"

const samples = [
  {
    codePage: "cp1047",
    framing: { kind: "length-expression", expression: "LINES-COUNT * 2 + 4" },
    codec: { policies: { blank: "null" }, fields: { TOTAL: { codePage: "cp273" } } },
  },
  {
    framing: { kind: "rdw", header: { bytes: 4, endian: "little" }, block: {} },
    segments: { fields: ["KIND"], views: { "HEADER-PART": ["H"], "DETAIL-PART": ["D"] } },
    codec: { viewRules: [{ view: "HEADER-PART", when: { or: [{ field: "KIND", equals: "H" }] } }] },
  },
]

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const settingsTarget: Target = {
  name: "record-settings",
  tokens: [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e400",
    '"__proto__"',
    '"kind"',
    '"select"',
    "9e15",
  ],
  seeds: samples.map((sample) => Buffer.from(JSON.stringify(sample))),
  run: (input) => {
    const settings = parseSettings(parsed(input.toString("utf8")), "fuzz.json")
    if (Result.isFailure(settings)) return "refused"
    const { success } = settings
    insist(
      JSON.stringify(withSettings(success, {})) === JSON.stringify(success),
      "nothing over settings changes nothing",
    )
    for (const layout of sampleLayouts) {
      const plan = planRecords(layout, success)
      if (Result.isSuccess(plan)) FileDecoder.make(plan.success)
    }
    return "accepted"
  },
}
