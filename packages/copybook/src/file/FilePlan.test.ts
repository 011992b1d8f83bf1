import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeFramer } from "../framing/Framer.ts"
import * as RecordCodec from "../record/RecordCodec.ts"
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

  it("has the bounds of a Micro Focus file from the layout, unless others are said", () => {
    const table = `
       01  R.
           05  N     PIC 9(2).
           05  T     PIC X OCCURS 0 TO 5 DEPENDING ON N.`
    const framingOf = (lengthMax?: number) =>
      Result.getOrThrow(
        planFile(table, {
          framing: { kind: "micro-focus", ...(lengthMax === undefined ? {} : { lengthMax }) },
        }),
      ).framing
    assert.deepStrictEqual(framingOf(), { kind: "micro-focus", lengthMin: 2, lengthMax: 7 })
    assert.deepStrictEqual(framingOf(90), { kind: "micro-focus", lengthMin: 2, lengthMax: 90 })
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

  it("has what is said of a group for each field in it, unless more is said of that", () => {
    const nested = `
       01  R.
           05  OUTER.
               10  A      PIC 9.
               10  INNER.
                   15  B  PIC 9.
                   15  C  PIC 9.
           05  OUTER-LIKE PIC 9.`
    const fields = {
      "OUTER.INNER.C": { trim: "none" },
      INNER: { numbers: "string", policies: { sign: "zero" } },
      OUTER: { numbers: "native", codePage: "latin1", policies: { blank: "null" } },
    } as const
    const { codec, layout } = Result.getOrThrow(planFile(nested, { codec: { fields } }))
    assert.deepStrictEqual(
      Object.entries(codec.fields ?? {}).map(([path, { codePage, ...rest }]) => [
        path,
        codePage?.name,
        rest,
      ]),
      [
        ["OUTER.A", "latin1", { numbers: "native", policies: { blank: "null" } }],
        [
          "OUTER.INNER.B",
          "latin1",
          { numbers: "string", policies: { blank: "null", sign: "zero" } },
        ],
        [
          "OUTER.INNER.C",
          "latin1",
          { numbers: "string", trim: "none", policies: { blank: "null", sign: "zero" } },
        ],
      ],
    )
    const { decoder } = Result.getOrThrow(RecordCodec.make(layout, codec))
    assert.deepStrictEqual(decoder.decode(Buffer.from("3132 20F4".replace(" ", ""), "hex")).value, {
      OUTER: { A: 1, INNER: { B: "2", C: null } },
      "OUTER-LIKE": 4,
    })
  })
})
