import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "@countersign/copybook/charset/CodePages"
import { layoutOf } from "@countersign/copybook/layout/LayoutBuilder"
import type { Layout } from "@countersign/copybook/layout/Layout"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import { codecOptionsOf, framerOptionsOf, framingOf, parseOptionsOf } from "./CaseReading.ts"
import type { JsonObject, Manifest } from "./Manifest.ts"

const manifest = (peerOptions: JsonObject, recordFormat: JsonObject = {}): Manifest => ({
  directory: "",
  id: "a",
  peer: "cobrix",
  copybooks: [],
  data: [],
  recordFormat,
  codePage: "cp037",
  peerOptions,
  expected: [],
  notes: "",
})

const layout: Layout = Result.getOrThrow(
  Result.flatMap(
    parseCopybook("01 R. 05 KIND PIC X. 05 FULL-NAME PIC X(4). 05 N PIC 9(3)."),
    (it) => layoutOf(it),
  ),
)

const codec = (options: JsonObject) => codecOptionsOf(manifest(options), layout)

describe("options of a case", () => {
  it("have headers of one's own, and a length for every other kind", () => {
    assert.deepStrictEqual(
      framingOf(manifest({}, { kind: "custom-header", header_bytes: 5, length_at: 3 }), layout),
      {
        kind: "rdw",
        header: {
          bytes: 5,
          at: 3,
          endian: "big",
          includesHeader: false,
          adjustment: 0,
          isReservedZero: false,
        },
      },
    )
    assert.deepStrictEqual(
      framingOf(manifest({}, { kind: "length-map", field: "KIND", map: { A: 4, _: 8 } }), layout),
      { kind: "length-map", field: "KIND", lengths: { A: 4 }, otherwise: 8 },
    )
  })

  it("pass over records outside the lengths that they name", () => {
    const options = framerOptionsOf(
      manifest({ minimum_record_length: 3, maximum_record_length: "9" }),
      () => 0,
    )
    assert.deepInclude(options, { outside: "skip", lengthMin: 3, lengthMax: 9 })
  })

  it("trim as they say, and read national texts in their order", () => {
    assert.strictEqual(codec({}).trim, "both")
    assert.strictEqual(codec({ string_trimming_policy: "left" }).trim, "left")
    assert.strictEqual(codec({ string_trimming_policy: "keep_all" }).trim, "none")
    assert.strictEqual(codec({}).nationalEndian, "big")
    assert.strictEqual(codec({ is_utf16_big_endian: false }).nationalEndian, "little")
  })

  it("have code pages of single fields beside what is said of signs", () => {
    const page = Result.getOrThrow(codePage("cp1140"))
    const pages = { "field_code_page:cp1140": "FULL_NAME, N" }
    assert.deepStrictEqual(codec(pages).fields, {
      "FULL-NAME": { codePage: page },
      N: { codePage: page, signRule: "none" },
    })
    const relaxed = codec({ ...pages, strict_sign_overpunching: false })
    assert.strictEqual(relaxed.digits, "any-zone")
    assert.deepStrictEqual(relaxed.fields?.["N"], { codePage: page })
  })

  it("show the bytes of fields in the form that is asked for", () => {
    assert.strictEqual(codec({ debug: true }).rawFields, "hex")
    assert.strictEqual(codec({ debug: "raw" }).rawFields, "base64")
    assert.strictEqual(codec({ debug: false }).rawFields, undefined)
  })

  it("take a comma between digits for the decimal point, and columns as they are given", () => {
    assert.deepStrictEqual(parseOptionsOf(manifest({}), "05 N PIC +999,99."), {
      isDecimalComma: true,
    })
    assert.deepStrictEqual(parseOptionsOf(manifest({}), "05 N PIC X(3). * A, B"), {})
    assert.deepStrictEqual(parseOptionsOf(manifest({ comments_lbound: 2 }), ""), {
      format: "fixed",
      columns: { indicator: 3, first: 4, last: 72 },
    })
  })
})
