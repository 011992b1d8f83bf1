import { assert, describe, it } from "@effect/vitest"
import { framingForms, parseFraming } from "./FramingText.ts"

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
})
