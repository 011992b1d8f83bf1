import { assert, describe, it } from "@effect/vitest"
import { codesOf, outlineOf, parsed, parsedItem } from "../testing/ParsedCopybook.ts"

describe("items", () => {
  it("nest by their level numbers", () => {
    assert.strictEqual(
      outlineOf(
        parsed(
          "01 R. 05 A. 10 B PIC X. 10 C. 15 D PIC X. 05 E PIC X. 01 S PIC X. 77 T PIC X. 01 U PIC X.",
        ).items,
      ),
      "1 R (5 A (10 B, 10 C (15 D)), 5 E), 1 S, 77 T, 1 U",
    )
  })

  it("of a fragment are roots", () => {
    assert.strictEqual(outlineOf(parsed("05 A. 10 B PIC X. 05 C PIC X.").items), "5 A (10 B), 5 C")
    assert.strictEqual(outlineOf(parsed("10 A PIC X. 05 B PIC X.").items), "10 A, 5 B")
    assert.deepStrictEqual(codesOf("10 A PIC X. 05 B PIC X."), ["CPY-1201"])
  })

  it("of one group may differ in their levels, with a warning", () => {
    const text = "01 R. 05 A PIC X. 03 B PIC X. 03 C. 07 D PIC X. 05 E PIC X."
    assert.strictEqual(outlineOf(parsed(text).items), "1 R (5 A, 3 B, 3 C (7 D, 5 E))")
    assert.deepStrictEqual(codesOf(text), ["CPY-1201", "CPY-1201"])
  })

  it("can do without a name", () => {
    const [record] = parsed("01 R. 05 PIC X. 05 FILLER PIC X. 05 filler PIC X.").items
    assert.deepStrictEqual(
      record?.children.map(({ isFiller, name }) => [name, isFiller]),
      [
        ["FILLER", true],
        ["FILLER", true],
        ["FILLER", true],
      ],
    )
  })

  it("keep their names as they are written", () => {
    for (const name of ["Mixed-Case", "5500-REC", "A_B", "F@X", "#NO", "PREÇO", "金額", "MY$"]) {
      assert.strictEqual(parsedItem(`${name} PIC X`).name, name)
    }
  })

  it("can be named by reserved words and tags, with a warning", () => {
    assert.strictEqual(parsedItem("DATE PIC X(8)").name, "DATE")
    assert.strictEqual(
      outlineOf(parsed("01 R. 05 TYPE. 10 SECTION PIC X. 05 DIVISION PIC X. 05 FD PIC X.").items),
      "1 R (5 TYPE (10 SECTION), 5 DIVISION, 5 FD)",
    )
    assert.strictEqual(parsedItem(":TAG:-NAME PIC X").name, ":TAG:-NAME")
    assert.strictEqual(parsedItem("NAME- PIC X").name, "NAME-")
    assert.deepStrictEqual(codesOf("01 SIGN PIC X."), ["CPY-1113"])
    assert.deepStrictEqual(codesOf("01 A-:TAG: PIC X."), ["CPY-1112"])
    assert.deepStrictEqual(codesOf("01 COMP PIC 9."), [])
  })

  it("know where they stand", () => {
    const [record] = parsed("01 R.\n  05 AMOUNT PIC 9.\n  05 PIC X.").items
    assert.deepStrictEqual(record?.children[0]?.span, { line: 2, column: 6, offset: 11, length: 6 })
    assert.deepStrictEqual(record?.children[1]?.span, { line: 3, column: 3, offset: 27, length: 2 })
  })

  it("without a picture and below inherit the usage that needs none", () => {
    assert.deepStrictEqual(codesOf("01 R COMP-1. 05 A. 05 B."), [])
    assert.deepStrictEqual(codesOf("01 R COMP-3. 05 A."), ["CPY-1203"])
  })

  it("of level 77 have nothing below", () => {
    assert.strictEqual(outlineOf(parsed("77 A PIC X. 01 B. 05 C PIC X.").items), "77 A, 1 B (5 C)")
    assert.strictEqual(outlineOf(parsed("77 A PIC X. 05 C PIC X.").items), "77 A, 5 C")
    assert.deepStrictEqual(codesOf("77 A PIC X. 05 C PIC X."), ["CPY-1201"])
  })
})

describe("clauses", () => {
  it("that are not there say nothing", () => {
    const { picture, span: _, ...rest } = parsedItem("A PIC X")
    assert.strictEqual(picture?.text, "X")
    assert.deepStrictEqual(rest, {
      level: 1,
      name: "A",
      isFiller: false,
      isSynchronized: false,
      isJustified: false,
      isBlankWhenZero: false,
      isExternal: false,
      isGlobal: false,
      conditions: [],
      renames: [],
      children: [],
    })
  })

  it("may begin right behind a picture, with a warning", () => {
    const { items, warnings } = parsed(`
      01 R.
         05 A PIC S9(6)USAGE COMP.
         05 B PIC 9(4)comp-3.
         05 C PIC X(3)VALUE'ABC'.`)
    assert.deepStrictEqual(
      items[0]?.children.map(({ picture, usage, value }) => [picture?.text, usage, value?.kind]),
      [
        ["S9(6)", "binary", undefined],
        ["9(4)", "packed", undefined],
        ["X(3)", undefined, "text"],
      ],
    )
    assert.deepStrictEqual(
      warnings.map(({ code }) => code),
      ["CPY-1310", "CPY-1310", "CPY-1310"],
    )
  })

  it("may have their optional words or not", () => {
    const long = parsedItem(
      "A PICTURE IS S9(4) USAGE IS COMPUTATIONAL-3 SIGN IS LEADING SEPARATE CHARACTER SYNCHRONIZED RIGHT BLANK WHEN ZEROES JUSTIFIED RIGHT VALUE IS 1",
    )
    const short = parsedItem("A PIC S9(4) COMP-3 LEADING SEPARATE SYNC BLANK ZERO JUST VALUE 1")
    assert.deepStrictEqual({ ...long, span: short.span }, short)
    assert.deepStrictEqual(short.sign, { position: "leading", isSeparate: true })
    assert.isTrue(short.isSynchronized && short.isBlankWhenZero && short.isJustified)
    assert.strictEqual(short.usage, "packed")
  })

  it("may stand in any order", () => {
    const one = parsedItem("A VALUE 1 OCCURS 2 COMP PIC 9(4)")
    assert.strictEqual(one.picture?.text, "9(4)")
    assert.strictEqual(one.usage, "binary")
    assert.strictEqual(one.occurs?.max, 2)
    assert.deepStrictEqual(one.value, { kind: "number", text: "1" })
  })

  const usages = {
    binary: "BINARY COMP COMP-0 COMP-4 COMPUTATIONAL COMPUTATIONAL-4",
    packed: "COMP-3 COMPUTATIONAL-3 PACKED-DECIMAL",
    "packed-unsigned": "COMP-3U COMP-6",
    native: "COMP-5",
    hex: "COMP-X COMPUTATIONAL-X",
    little: "COMP-9",
    display: "DISPLAY",
    "display-1": "DISPLAY-1",
    national: "NATIONAL",
  } as const
  for (const [usage, words] of Object.entries(usages)) {
    it(`of usage ${usage} are ${words}`, () => {
      for (const word of words.split(" ")) {
        assert.strictEqual(parsedItem(`A PIC 9(4) USAGE IS ${word}`).usage, usage)
        assert.strictEqual(parsedItem(`A PIC 9(4) ${word.toLowerCase()}`).usage, usage)
      }
    })
  }

  const alone = {
    float: "COMP-1 COMPUTATIONAL-1 FLOAT-SHORT",
    double: "COMP-2 FLOAT-LONG",
    pointer: "POINTER",
    "pointer-32": "POINTER-32",
    "procedure-pointer": "PROCEDURE-POINTER",
    "function-pointer": "FUNCTION-POINTER",
    index: "INDEX",
    "object-reference": "OBJECT",
  } as const
  for (const [usage, words] of Object.entries(alone)) {
    it(`of usage ${usage} are ${words}, and need no picture`, () => {
      for (const word of words.split(" ")) {
        const full = word === "OBJECT" ? "OBJECT REFERENCE ACCOUNT" : word
        assert.strictEqual(parsedItem(`A USAGE ${full}`).usage, usage)
        assert.strictEqual(parsedItem(`A ${full}`).usage, usage)
        assert.strictEqual(parsedItem(`A ${full} EXTERNAL`).isExternal, true)
      }
    })
  }

  it("of a group stay on the group", () => {
    const [group] = parsed("01 R COMP-3 SIGN TRAILING SEPARATE. 05 A PIC S9.").items
    assert.strictEqual(group?.usage, "packed")
    assert.isUndefined(group?.children[0]?.usage)
    assert.strictEqual(parsedItem("R GROUP-USAGE IS NATIONAL. 05 A PIC N").usage, "national")
  })

  it("say what is seen outside", () => {
    assert.isTrue(parsedItem("A IS EXTERNAL PIC X").isExternal)
    assert.isTrue(parsedItem("A PIC X EXTERNAL AS 'a'").isExternal)
    assert.isTrue(parsedItem("A IS GLOBAL PIC X").isGlobal)
  })

  it("may redefine before or behind the picture", () => {
    assert.strictEqual(parsedItem("A REDEFINES B PIC X").redefines, "B")
    assert.strictEqual(parsedItem("A PIC X REDEFINES b").redefines, "B")
  })

  it("are refused by name where they are known and not supported", () => {
    for (const clause of [
      "TYPE TO T",
      "PIC X ANY LENGTH",
      "TYPEDEF. 05 A PIC X",
      "BINARY-LONG",
      "USAGE BINARY-SHORT UNSIGNED",
      "LIKE B",
      "SAME AS B",
      "PIC X DYNAMIC LENGTH",
      "USAGE IS SQL TYPE IS CLOB(5M)",
      "PIC X OCCURS UNBOUNDED",
      "PIC X OCCURS 1 TO UNBOUNDED DEPENDING ON N",
      "PIC X VALUE B'1010'",
    ]) {
      assert.deepStrictEqual(codesOf(`01 A ${clause}.`), ["CPY-1108"], clause)
    }
  })

  it("behind one that is malformed are read", () => {
    assert.deepStrictEqual(codesOf("01 A OCURS 3 TIMES PIC 9Q USAGE COMP-33 VALUE X'G'."), [
      "CPY-1105",
      "CPY-1302",
      "CPY-1107",
      "CPY-1107",
    ])
  })

  it("that lack a part are told", () => {
    for (const clause of [
      "PIC X SIGN CHARACTER",
      "PIC X BLANK ONE",
      "PIC X REDEFINES 5",
      "PIC X USAGE",
      "PIC X USAGE WRONG",
      "PIC X VALUE",
      "PIC X VALUE ABC",
      "PIC X OCCURS",
      "PIC X OCCURS 1 TO 5 DEPENDING ON",
      "PIC X OCCURS 5 INDEXED BY",
      "PIC X OCCURS 5 ASCENDING KEY",
      "PIC X VALUE X'ABC'",
      "PIC X VALUE X'GG'",
      "PIC X VALUE 'A' &",
      "PIC X VALUE 1 2",
      "GROUP-USAGE WIDE",
      "OBJECT ORIENTED",
    ]) {
      assert.deepStrictEqual(codesOf(`01 R. 05 A ${clause}.`), ["CPY-1107"], clause)
    }
  })
})
