import { assert, describe, it } from "@effect/vitest"
import { changed, layoutOfText, refusalOf, refusalOfText } from "../testing/CopybookText.ts"
import type { Layout } from "./Layout.ts"
import { dialects } from "./Dialect.ts"
import type { LayoutOptions } from "./LayoutBuilder.ts"
import { everyField, fieldAt } from "./LayoutTree.ts"

/** Path, offset and length of one occurrence of each field. */
const places = (text: string, options?: LayoutOptions): ReadonlyArray<string> =>
  everyField(layoutOfText(text, options)).map(
    ({ length, offset, path }) => `${path} ${offset} ${length}`,
  )

const warnings = (layout: Layout): ReadonlyArray<string> =>
  (layout.warnings ?? []).map(({ code }) => code)

const refused = (text: string, options?: LayoutOptions): ReadonlyArray<string> =>
  refusalOfText(text, options)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code }) => code)

const storageOf = (clauses: string, options?: LayoutOptions) => {
  const { root } = layoutOfText(`01 F ${clauses}.`, options)
  assert(root.kind === "elementary")
  return { ...root.storage, length: root.length }
}

describe("places", () => {
  it("follow one another, groups over what is in them", () => {
    assert.deepStrictEqual(
      places(`
        01 R.
           05 A PIC X(3).
           05 G.
              10 B PIC 9(5).
              10 C PIC S9(7)V99 COMP-3.
           05 D PIC S9(4) COMP.`),
      ["R 0 15", "A 0 3", "G 3 10", "G.B 3 5", "G.C 8 5", "D 13 2"],
    )
  })

  it("are those of the first occurrence in tables", () => {
    const layout = layoutOfText(`
      01 R.
         05 T OCCURS 3.
            10 A PIC X.
            10 B PIC 99 OCCURS 4.
         05 Z PIC X.`)
    assert.deepStrictEqual(
      everyField(layout).map(({ length, offset, table }) => [offset, length, table?.stride]),
      [
        [0, 28, undefined],
        [0, 9, 9],
        [0, 1, undefined],
        [1, 2, 2],
        [27, 1, undefined],
      ],
    )
    assert.strictEqual(layout.lengthMax, 28)
    assert.strictEqual(layout.lengthMin, 28)
  })

  it("have names that are given once in a group", () => {
    assert.deepStrictEqual(
      places("01 R. 05 A PIC X. 05 FILLER PIC X. 05 a PIC X. 05 A_2 PIC X. 05 FILLER PIC X.").map(
        (place) => place.split(" ")[0],
      ),
      ["R", "A", "FILLER", "a_3", "A_2", "FILLER_2"],
    )
  })
})

describe("storage", () => {
  it.each([
    ["PIC X(7)", { kind: "text", isAlphabetic: false, length: 7 }],
    ["PIC A(7)", { kind: "text", isAlphabetic: true, length: 7 }],
    ["PIC N(7)", { kind: "national", length: 14 }],
    ["PIC N(7) DISPLAY-1", { kind: "dbcs", length: 14 }],
    ["PIC G(7)", { kind: "dbcs", length: 14 }],
    ["COMP-1", { kind: "float", bytes: 4, length: 4 }],
    ["COMP-2", { kind: "float", bytes: 8, length: 8 }],
    ["POINTER", { kind: "opaque", length: 4 }],
    ["PROCEDURE-POINTER", { kind: "opaque", length: 8 }],
    ["INDEX", { kind: "opaque", length: 4 }],
  ])("of %s", (clauses, expected) => {
    assert.deepStrictEqual<unknown>(storageOf(clauses), expected)
  })

  it.each([
    ["S9(5)V99", "trailing", false, 7],
    ["S9(5)V99 LEADING", "leading", false, 7],
    ["S9(5)V99 LEADING SEPARATE", "leading", true, 8],
    ["S9(5)V99 TRAILING SEPARATE", "trailing", true, 8],
  ])("of a zoned PIC %s has its sign %s, separate: %s", (text, position, isSeparate, length) => {
    assert.deepStrictEqual(storageOf(`PIC ${text}`), {
      kind: "zoned",
      digits: 7,
      scale: 2,
      isSigned: true,
      signPosition: position as "leading" | "trailing",
      isSignSeparate: isSeparate,
      length,
    })
  })

  it.each([
    ["S9(7)V99", 5, 9, 2],
    ["S9(8)", 5, 8, 0],
    ["9", 1, 1, 0],
    ["9(3)PP", 2, 3, -2],
    ["VPP99", 2, 2, 4],
    ["S9(31)", 16, 31, 0],
    ["9(38)", 20, 38, 0],
  ])("of a packed PIC %s takes %d bytes", (text, length, digits, scale) => {
    assert.deepInclude(storageOf(`PIC ${text} COMP-3`), { kind: "packed", length, digits, scale })
  })

  it("of COMP-6 has a digit in each nibble", () => {
    assert.deepInclude(storageOf("PIC 9(5) COMP-6"), { length: 3, digits: 5, hasSignNibble: false })
    assert.deepInclude(storageOf("PIC X(2) COMP-6"), { length: 2, digits: 4, hasSignNibble: false })
    assert.deepStrictEqual(refused("01 F PIC S9(5) COMP-6."), ["CPY-2003"])
  })

  // GnuCOBOL's and Micro Focus's tables of storage by digits agree on the last column.
  it.each([
    [1, 2, 1, 1, 1],
    [2, 2, 1, 1, 1],
    [3, 2, 2, 2, 2],
    [4, 2, 2, 2, 2],
    [5, 4, 4, 3, 3],
    [6, 4, 4, 3, 3],
    [7, 4, 4, 4, 3],
    [9, 4, 4, 4, 4],
    [10, 8, 8, 5, 5],
    [11, 8, 8, 5, 5],
    [12, 8, 8, 6, 5],
    [14, 8, 8, 6, 6],
    [16, 8, 8, 7, 7],
    [18, 8, 8, 8, 8],
  ])("of a binary with %d digits takes bytes by dialect", (digits, ibm, gnu, signed, unsigned) => {
    const bytes = (clauses: string, dialect: "ibm" | "gnucobol" | "micro-focus") =>
      storageOf(clauses, { dialect }).length
    assert.deepStrictEqual(
      [
        bytes(`PIC S9(${digits}) COMP`, "ibm"),
        bytes(`PIC S9(${digits}) COMP`, "gnucobol"),
        bytes(`PIC S9(${digits}) COMP`, "micro-focus"),
        bytes(`PIC 9(${digits}) COMP`, "micro-focus"),
        bytes(`PIC 9(${digits}) COMP-X`, "ibm"),
      ],
      [ibm, gnu, signed, unsigned, unsigned],
    )
  })

  it("of a binary keeps its scale, and its byte order goes by usage and dialect", () => {
    assert.deepStrictEqual(storageOf("PIC S9(7)V99 COMP"), {
      kind: "binary",
      digits: 9,
      scale: 2,
      isSigned: true,
      bytes: 4,
      endian: "big",
      isFullRange: false,
      length: 4,
    })
    assert.deepInclude(storageOf("PIC 9(4) COMP-5"), { endian: "big", isFullRange: true })
    assert.deepInclude(storageOf("PIC 9(4) COMP-9"), { endian: "little", isFullRange: false })
    assert.deepInclude(storageOf("PIC 9(4) COMP-5", { dialect: "gnucobol" }), { endian: "little" })
    assert.deepInclude(storageOf("PIC 9(4) COMP", { dialect: "gnucobol" }), { endian: "big" })
    const fullRange = { ...dialects.ibm, isBinaryFullRange: true }
    assert.deepInclude(storageOf("PIC 9(4) COMP", { dialect: fullRange }), { isFullRange: true })
  })

  it("of more than 18 binary digits is warned of", () => {
    const layout = layoutOfText("01 F PIC S9(19) COMP.")
    assert.deepStrictEqual([layout.lengthMax, warnings(layout)], [9, ["CPY-2007"]])
    assert.strictEqual(layoutOfText("01 F PIC 9(19) COMP.").lengthMax, 9)
    assert.strictEqual(layoutOfText("01 F PIC S9(38) COMP.").lengthMax, 16)
    assert.strictEqual(layoutOfText("01 F PIC 9(19) COMP.", { dialect: "gnucobol" }).lengthMax, 16)
    assert.strictEqual(
      layoutOfText("01 F PIC 9(19) COMP.", { dialect: "micro-focus" }).lengthMax,
      8,
    )
  })

  it("of characters with a binary usage is a number with COMP-X, and bytes elsewhere", () => {
    assert.deepStrictEqual(storageOf("PIC X(4) COMP-X"), {
      kind: "binary",
      digits: 10,
      scale: 0,
      isSigned: false,
      bytes: 4,
      endian: "big",
      isFullRange: true,
      length: 4,
    })
    assert.deepInclude(storageOf("PIC X(4) COMP-5", { dialect: "micro-focus" }), {
      kind: "binary",
      endian: "little",
    })
    const layout = layoutOfText("01 F PIC X(4) COMP.")
    assert.deepStrictEqual(warnings(layout), ["CPY-2014"])
    assert.deepStrictEqual(storageOf("PIC X(4) COMP"), { kind: "opaque", length: 4 })
    assert.deepStrictEqual(refused("01 F PIC X(9) COMP-X."), ["CPY-2003"])
  })

  it("of a national number counts two bytes a digit", () => {
    assert.deepStrictEqual(storageOf("PIC S9(5)V99 NATIONAL LEADING SEPARATE"), {
      kind: "national",
      decimal: {
        kind: "zoned",
        digits: 7,
        scale: 2,
        isSigned: true,
        signPosition: "leading",
        isSignSeparate: true,
      },
      length: 16,
    })
    assert.deepStrictEqual(refused("01 F PIC S9(5) NATIONAL."), ["CPY-2009"])
  })

  it("of editing keeps the picture", () => {
    const storage = storageOf("PIC Z(5)9.99-")
    assert(storage.kind === "edited")
    assert.deepStrictEqual(
      [storage.isNumeric, storage.picture.text, storage.length],
      [true, "Z(5)9.99-", 10],
    )
  })

  it("is refused where picture and usage do not fit, or there is none", () => {
    assert.deepStrictEqual(refused("01 F PIC Z9 COMP-3."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC X(4) COMP-3."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC X NATIONAL."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC X DISPLAY-1."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC Z9 COMP."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC G DISPLAY."), ["CPY-2003"])
    assert.deepStrictEqual(refused("01 F PIC X(20) COMP-6."), ["CPY-2006"])
  })

  it("comes from the group where the item says nothing", () => {
    const text = `
      01 R COMP-3 LEADING SEPARATE.
         05 A PIC S9(5).
         05 B PIC S9(5) COMP.
         05 G.
            10 C PIC S9(3).
      `
    const layout = layoutOfText(text, { dialect: "gnucobol" })
    const fields = everyField(layout).flatMap((field) =>
      field.kind === "elementary" ? [`${field.name} ${field.storage.kind} ${field.length}`] : [],
    )
    assert.deepStrictEqual(fields, ["A packed 3", "B binary 4", "C packed 2"])
    assert.deepStrictEqual(warnings(layout), ["CPY-2005"])
    assert.deepStrictEqual(refused(text), ["CPY-2017"])
  })

  it("of a group for numbers leaves texts and edited items in it as they are", () => {
    const layout = layoutOfText(`
      01 R COMP-3.
         05 A PIC S9(5).
         05 B PIC X(3).
         05 C PIC --9.
      `)
    assert.deepStrictEqual(
      everyField(layout).flatMap((field) =>
        field.kind === "elementary" ? [`${field.storage.kind} ${field.length}`] : [],
      ),
      ["packed 3", "text 3", "edited 3"],
    )
    assert.deepStrictEqual(warnings(layout), ["CPY-2016", "CPY-2016"])
    const bytes = layoutOfText("01 R COMP-5. 05 A PIC X(4).", { dialect: "micro-focus" })
    assert.deepStrictEqual(bytes.warnings, undefined)
  })

  it("takes the program's NUMERIC SIGN where neither item nor group has one", () => {
    const numericSign = { position: "leading", isSeparate: true } as const
    const layout = layoutOfText(
      `
      01 R.
         05 A PIC S9(3).
         05 B PIC S9(3) TRAILING.
         05 C PIC 9(3).
         05 D PIC S9(3) COMP-3.`,
      { dialect: { ...dialects.ibm, numericSign } },
    )
    assert.deepStrictEqual(
      everyField(layout).map(({ length }) => length),
      [12, 4, 3, 3, 2],
    )
    assert.deepStrictEqual(warnings(layout), [])
  })

  it("takes a group's sign, and the item's own before it", () => {
    const lengths = layoutOfText(`
      01 R LEADING SEPARATE.
         05 A PIC S9(3).
         05 B PIC S9(3) TRAILING.
         05 C PIC 9(3).`)
    assert.deepStrictEqual(
      everyField(lengths).map(({ length }) => length),
      [10, 4, 3, 3],
    )
  })

  it.each([
    ["PIC 9(3) LEADING", "CPY-2008"],
    ["PIC 9(3) COMP-3 LEADING SEPARATE", "CPY-2008"],
    ["PIC X(3) TRAILING", "CPY-2008"],
    ["PIC 9(3) JUST", "CPY-2010"],
    ["PIC S9(3) BLANK WHEN ZERO", "CPY-2011"],
    ["PIC 9(3) COMP-3 BLANK WHEN ZERO", "CPY-2011"],
  ])("warns of what has no effect: %s", (clauses, code) => {
    assert.deepStrictEqual(warnings(layoutOfText(`01 F ${clauses}.`)), [code])
  })

  it.each(["PIC X(3) JUST", "PIC 9(3) BLANK WHEN ZERO", "PIC ZZ9 BLANK WHEN ZERO"])(
    "warns of nothing in %s",
    (clauses) => assert.deepStrictEqual(warnings(layoutOfText(`01 F ${clauses}.`)), []),
  )

  it("takes a number with a separate sign as signed, which is warned of", () => {
    assert.deepInclude(storageOf("PIC 99V99 SIGN LEADING SEPARATE"), { isSigned: true, length: 5 })
    assert.deepStrictEqual(warnings(layoutOfText("01 F PIC 99V99 SIGN LEADING SEPARATE.")), [
      "CPY-2015",
    ])
  })

  it("refuses a group with a picture", () => {
    const both = changed("01 R. 05 A PIC X.", (item) => {
      const [child] = item.children
      return child?.picture === undefined ? item : { ...item, picture: child.picture }
    })
    assert.deepStrictEqual(
      refusalOf(both).diagnostics.map(({ code }) => code),
      ["CPY-2002"],
    )
    assert.deepStrictEqual(refused("01 R JUST. 05 A PIC X."), ["CPY-2002"])
    assert.deepStrictEqual(refused("01 R BLANK WHEN ZERO. 05 A PIC X."), ["CPY-2002"])
  })
})

describe("several records", () => {
  const text = "01 A. 05 X PIC X(4). 01 B. 05 X PIC X(6). 05 Y PIC 9. 01 C PIC X(2)."

  it("are views of the same bytes, which is warned of unless it was asked", () => {
    const layout = layoutOfText(text)
    assert.deepStrictEqual(places(text), [
      "RECORD 0 7",
      "A 0 4",
      "A.X 0 4",
      "B 0 7",
      "B.X 0 6",
      "B.Y 6 1",
      "C 0 2",
    ])
    assert.strictEqual(fieldAt(layout, "B")?.redefines, "A")
    assert.deepStrictEqual([layout.lengthMin, layout.lengthMax], [2, 7])
    assert.deepStrictEqual(warnings(layout), ["CPY-2072"])
    assert.deepStrictEqual(warnings(layoutOfText(text, { records: "redefine" })), [])
  })

  it("follow one another when asked", () => {
    assert.deepStrictEqual(places(text, { records: "concatenate", name: "ALL" }), [
      "ALL 0 13",
      "A 0 4",
      "A.X 0 4",
      "B 4 7",
      "B.X 4 6",
      "B.Y 10 1",
      "C 11 2",
    ])
  })

  it("are left to one by name, or to the first", () => {
    assert.deepStrictEqual(places(text, { record: "b" }), ["B 0 7", "X 0 6", "Y 6 1"])
    assert.deepStrictEqual(places(text, { records: "first" }), ["A 0 4", "X 0 4"])
    assert.deepStrictEqual(refused(text, { record: "D" }), ["CPY-2071"])
  })

  it("keep what they say of each other", () => {
    const layout = layoutOfText("01 A PIC X(4). 01 B REDEFINES A PIC X(9).")
    assert.deepStrictEqual(warnings(layout), [])
    assert.strictEqual(layout.lengthMax, 9)
    const chain = layoutOfText("01 A PIC X. 01 B PIC X(2). 01 C REDEFINES B PIC X(3).")
    assert.strictEqual(fieldAt(chain, "C")?.redefines, "A")
  })

  it("of one name are told apart", () => {
    const layout = layoutOfText("01 A PIC X(4). 01 A PIC X(9).", { records: "redefine" })
    assert.deepStrictEqual(
      everyField(layout).map(({ path, redefines }) => [path, redefines]),
      [
        ["RECORD", undefined],
        ["A", undefined],
        ["A_2", "A"],
      ],
    )
  })

  it("are none in a fragment, whose items follow one another", () => {
    const layout = layoutOfText("05 A PIC X(4). 05 B PIC X(2). 05 C REDEFINES B PIC 99.")
    assert.deepStrictEqual(
      [layout.name, layout.lengthMax, layout.warnings],
      ["RECORD", 6, undefined],
    )
  })
})

describe("findings", () => {
  it("come all at once, in the order of the text", () => {
    assert.deepStrictEqual(
      refusalOfText(
        "01 R. 05 A PIC Z COMP. 05 B PIC 9 JUST. 05 C REDEFINES Z PIC X.",
      ).diagnostics.map(({ code, span }) => [code, span.offset]),
      [
        ["CPY-2003", 9],
        ["CPY-2010", 26],
        ["CPY-2020", 43],
      ],
    )
  })

  it("are told in a line each", () => {
    assert.strictEqual(
      refusalOfText("01 R.\n05 A PIC Z COMP.").message,
      "AUD-5010: the copybook has no layout: CPY-2003 (line 2, column 4): A has PICTURE Z, which is numeric-edited, and USAGE COMP. COMP, COMP-3 and their like need a picture of 9, S, V and P.",
    )
  })
})
