import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { layoutOfText } from "../testing/CopybookText.ts"
import { typeScriptOf } from "./TypeScriptTypes.ts"

const directory = mkdtempSync(path.join(tmpdir(), "types-"))
afterAll(() => rmSync(directory, { recursive: true }))

const compiler = createRequire(import.meta.url).resolve("typescript/package.json")

/** What the compiler says of a module; nothing when all is well. */
const complaints = (text: string): string => {
  const file = path.join(directory, "Generated.ts")
  writeFileSync(file, text)
  try {
    const binary = path.join(path.dirname(compiler), "bin/tsc")
    const options = ["--strict", "--noEmit", "--target", "es2022", "--types", ""]
    execFileSync(process.execPath, [binary, ...options, file], { cwd: directory, encoding: "utf8" })
    return ""
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout)
  }
}

const order = layoutOfText(`
  01 ORDER-RECORD.
     05 ORDER-ID PIC X(8).
     05 N PIC 9.
     05 LINES OCCURS 1 TO 3 DEPENDING ON N.
        10 PRICE PIC S9(7)V99 COMP-3.
        10 TAGS PIC X(2) OCCURS 3.
     05 LARGE PIC S9(31) COMP-3.
     05 SHOWN PIC **/99.
     05 VIEW-A PIC X(4).
     05 VIEW-B REDEFINES VIEW-A.
        10 PRICE PIC 9(4).`)

describe("typeScriptOf", () => {
  it("is an interface, and the layout as data", () => {
    assert.strictEqual(
      typeScriptOf(layoutOfText("01 MY-RECORD. 05 A-B PIC X(2). 05 T PIC 9(3) OCCURS 2.")),
      `// Written from the layout "MY-RECORD", ${
        layoutOfText("01 MY-RECORD. 05 A-B PIC X(2). 05 T PIC 9(3) OCCURS 2.").fingerprint
      }.

export interface MyRecord {
  /** Offset 0, length 2; PIC X(2); text. */
  readonly "A-B": string
  /** Offset 2, length 3; PIC 9(3); zoned 3; 2 to 2 entries. */
  readonly T: ReadonlyArray<number>
}

/** Where each field of the record lies. */
export const myRecordLayout = Object.freeze({
  name: "MY-RECORD",
  dialect: "ibm",
  fingerprint: "${layoutOfText("01 MY-RECORD. 05 A-B PIC X(2). 05 T PIC 9(3) OCCURS 2.").fingerprint}",
  lengthMin: 8,
  lengthMax: 8,
  fields: Object.freeze([
    Object.freeze({"path":"A-B","offset":0,"length":2,"isShifted":false,"kind":"text"} as const),
    Object.freeze({"path":"T","offset":2,"length":3,"isShifted":false,"kind":"zoned"} as const),
  ] as const),
} as const)
`,
    )
  })

  it("compiles, and tells right from wrong", () => {
    assert.strictEqual(
      complaints(`${typeScriptOf(order)}
const record: OrderRecord = {
  "ORDER-ID": "A",
  N: 1,
  LINES: [{ PRICE: 1.5, TAGS: ["A", "B", "C"] }],
  LARGE: "1",
  SHOWN: 1,
  "VIEW-B": { PRICE: null },
}
// @ts-expect-error a text is no number
const price: number = record.LARGE
// @ts-expect-error a view may be missing
const view: string = record["VIEW-A"]
// @ts-expect-error nothing is written to
record.N = 2
const paths: "ORDER-ID" = orderRecordLayout.fields[0].path
export { paths, price, view }
`),
      "",
    )
  })

  it("gives names that can be names, each once", () => {
    const text = typeScriptOf(
      layoutOfText("01 1ST. 05 A. 10 B-C. 15 X PIC X. 05 A-B. 10 C. 15 X PIC X."),
    )
    assert.deepStrictEqual(
      [...text.matchAll(/export (?:interface|const) (\w+)/g)].map(([, name]) => name),
      [
        "Record1st",
        "Record1stA",
        "Record1stABC",
        "Record1stAB",
        "Record1stABC2",
        "record1stLayout",
      ],
    )
    assert.strictEqual(complaints(text), "")
  })
})
