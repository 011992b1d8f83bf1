import { assert, describe, it } from "@effect/vitest"
import { formatFraming, framingForms, parseFraming } from "./FramingText.ts"

describe("a framing on the command line", () => {
  it.each([
    ["fixed", { kind: "fixed" }],
    ["fixed:80", { kind: "fixed", length: 80 }],
    ["fb:800", { kind: "fixed", blocking: { kind: "bytes", bytes: 800 } }],
    ["fb:80/800", { kind: "fixed", length: 80, blocking: { kind: "bytes", bytes: 800 } }],
    ["rdw", { kind: "rdw", header: {} }],
    ["rdw:payload", { kind: "rdw", header: { includesHeader: false } }],
    ["rdw:little-payload", { kind: "rdw", header: { endian: "little", includesHeader: false } }],
    ["VB", { kind: "rdw", header: {}, block: {} }],
    ["vs", { kind: "rdw", header: {}, isSpanned: true }],
    ["vbs", { kind: "rdw", header: {}, block: {}, isSpanned: true }],
    ["length-field:REC-LEN", { kind: "length-field", field: "REC-LEN" }],
    ["length-field:LEN+4", { kind: "length-field", field: "LEN", adjustment: 4 }],
    ["length-field:LEN -4", { kind: "length-field", field: "LEN", adjustment: -4 }],
    ["length-expression:LEN * 2 + 4", { kind: "length-expression", expression: "LEN * 2 + 4" }],
    ["counters", { kind: "counters" }],
    ["lines:crlf", { kind: "lines", end: "crlf" }],
    ["gnucobol", { kind: "rdw", header: { includesHeader: false } }],
    ["gnucobol:1", { kind: "rdw", header: { width: 4, includesHeader: false } }],
    ["gnucobol:2", { kind: "rdw", header: { width: 4, endian: "little", includesHeader: false } }],
    ["gnucobol:3", { kind: "rdw", header: { bytes: 2, includesHeader: false } }],
    ["micro-focus", { kind: "micro-focus" }],
    ["single", { kind: "single" }],
  ])("reads %s", (text, framing) => {
    assert.deepStrictEqual<unknown>(parseFraming(text), framing)
  })

  it.each([
    "",
    "fixed:x",
    "fb",
    "fb:1/2/3",
    "rdw:middle",
    "lines:tab",
    "single:1",
    "gnucobol:4",
    "vsam",
  ])("refuses %j", (text) => {
    assert.isUndefined(parseFraming(text))
  })

  it("reads every form that the help shows", () => {
    for (const [form] of framingForms) assert.isDefined(parseFraming(form), form)
  })

  it("is written as it was read", () => {
    const forms =
      "fixed fixed:80 fb:800 fb:80/800 rdw rdw:payload rdw:little rdw:little-payload vb vb:little vs vbs:payload gnucobol:1 gnucobol:2 gnucobol:3 micro-focus length-field:LEN length-field:LEN+4 length-field:LEN_-4 length-expression:A_*_2 counters lines lines:crlf single"
        .split(" ")
        .map((form) => form.replaceAll("_", " "))
    for (const form of forms) {
      const framing = parseFraming(form)
      assert.isDefined(framing, form)
      if (framing !== undefined) assert.strictEqual(formatFraming(framing), form)
    }
  })

  it("that no form says is not written as another", () => {
    const block = { includesHeader: false }
    assert.isUndefined(formatFraming({ kind: "rdw", header: {}, block }))
    assert.isUndefined(formatFraming({ kind: "lines", end: "lf", isTrimmed: true }))
    assert.isUndefined(formatFraming({ kind: "length-map", field: "K", lengths: { A: 1 } }))
  })
})
