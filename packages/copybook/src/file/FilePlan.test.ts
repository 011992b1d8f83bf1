import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeFramer } from "../framing/Framer.ts"
import { planFile } from "./FilePlan.ts"
import type { FileSettings } from "./FileSettings.ts"

const lengthsOf = (copybook: string, settings: FileSettings, hex: string) => {
  const plan = Result.getOrThrow(planFile(copybook, settings))
  const framer = Result.getOrThrow(makeFramer(plan.framing, plan.framer, plan.fields))
  const batches = framer.push(Buffer.from(hex.replaceAll(" ", ""), "hex"), true)
  return batches.flatMap(({ count, lengths }) => Array.from(lengths.subarray(0, count)))
}

describe("the plan of a file", () => {
  const length = `
       01  R.
           05  LEN   PIC 9(3).
           05  REST  PIC X(4).`
  const framing: FileSettings = { framing: { kind: "length-field", field: "LEN" } }

  it("reads lengths as the fields of records are read", () => {
    const bytes = "F0F0F5 C1C2 40F400 C1 F0F0F3"
    const codec = { digits: "relaxed" } as const
    assert.deepStrictEqual(lengthsOf(length, { ...framing, codec }, bytes), [5, 4, 3])
    assert.deepStrictEqual(lengthsOf(length, framing, bytes), [5])
  })

  it("reads a length in another code page where its field is", () => {
    const codec = { fields: { LEN: { codePage: "latin1" } } } as const
    assert.deepStrictEqual(lengthsOf(length, { ...framing, codec }, "303035 C1C2 303033"), [5, 3])
  })

  it("reads counters as the fields of records are read", () => {
    const table = `
       01  R.
           05  N     PIC 9(2).
           05  T     PIC X OCCURS 0 TO 5 DEPENDING ON N.`
    const settings: FileSettings = { framing: { kind: "counters" } }
    const codec = { digits: "relaxed" } as const
    assert.deepStrictEqual(lengthsOf(table, { ...settings, codec }, "F200 C1C2 40F1 C3"), [4, 3])
  })
})
