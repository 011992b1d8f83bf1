import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { formatDiagnostic } from "./CopybookInvalid.ts"
import { type ParseOptions, parseCopybook } from "./CopybookParser.ts"
import type { Copybook, Item, Literal } from "./Item.ts"

const parse = (text: string, options?: ParseOptions): Copybook => {
  const result = parseCopybook(text, options)
  if (Result.isFailure(result)) assert.fail(result.failure.message)
  return result.success
}

const free: ParseOptions = { format: "free" }

const codes = (text: string, options: ParseOptions = free): ReadonlyArray<string> => {
  const result = parseCopybook(text, options)
  const all = Result.isFailure(result) ? result.failure.diagnostics : result.success.warnings
  return all.map(({ code }) => code)
}

/** The one item that an entry without a level makes. */
const item = (entry: string, options: ParseOptions = free): Item => {
  const [first] = parse(`01 ${entry}.`, options).items
  if (first === undefined) assert.fail("there is no item")
  return first
}

/** Levels and names, children in parentheses. */
const outline = (items: ReadonlyArray<Item>): string =>
  items
    .map(({ children, level, name }) =>
      children.length === 0 ? `${level} ${name}` : `${level} ${name} (${outline(children)})`,
    )
    .join(", ")

const outlineOf = (text: string): string => outline(parse(text, free).items)

describe("items", () => {
  it("nest by their level numbers", () => {
    assert.strictEqual(
      outlineOf(
        "01 R. 05 A. 10 B PIC X. 10 C. 15 D PIC X. 05 E PIC X. 01 S PIC X. 77 T PIC X. 01 U PIC X.",
      ),
      "1 R (5 A (10 B, 10 C (15 D)), 5 E), 1 S, 77 T, 1 U",
    )
  })

  it("of a fragment are roots", () => {
    assert.strictEqual(outlineOf("05 A. 10 B PIC X. 05 C PIC X."), "5 A (10 B), 5 C")
    assert.strictEqual(outlineOf("10 A PIC X. 05 B PIC X."), "10 A, 5 B")
    assert.deepStrictEqual(codes("10 A PIC X. 05 B PIC X."), ["CPY-1201"])
  })

  it("of one group may differ in their levels, with a warning", () => {
    const text = "01 R. 05 A PIC X. 03 B PIC X. 03 C. 07 D PIC X. 05 E PIC X."
    assert.strictEqual(outlineOf(text), "1 R (5 A, 3 B, 3 C (7 D, 5 E))")
    assert.deepStrictEqual(codes(text), ["CPY-1201", "CPY-1201"])
  })

  it("can do without a name", () => {
    const [record] = parse("01 R. 05 PIC X. 05 FILLER PIC X. 05 filler PIC X.", free).items
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
      assert.strictEqual(item(`${name} PIC X`).name, name)
    }
  })

  it("can be named by reserved words and tags, with a warning", () => {
    assert.strictEqual(item("DATE PIC X(8)").name, "DATE")
    assert.strictEqual(item(":TAG:-NAME PIC X").name, ":TAG:-NAME")
    assert.strictEqual(item("NAME- PIC X").name, "NAME-")
    assert.deepStrictEqual(codes("01 SIGN PIC X."), ["CPY-1113"])
    assert.deepStrictEqual(codes("01 A-:TAG: PIC X."), ["CPY-1112"])
    assert.deepStrictEqual(codes("01 COMP PIC 9."), [])
  })

  it("know where they stand", () => {
    const [record] = parse("01 R.\n  05 AMOUNT PIC 9.\n  05 PIC X.", free).items
    assert.deepStrictEqual(record?.children[0]?.span, { line: 2, column: 6, offset: 11, length: 6 })
    assert.deepStrictEqual(record?.children[1]?.span, { line: 3, column: 3, offset: 27, length: 2 })
  })

  it("without a picture and below inherit the usage that needs none", () => {
    assert.deepStrictEqual(codes("01 R COMP-1. 05 A. 05 B."), [])
    assert.deepStrictEqual(codes("01 R COMP-3. 05 A."), ["CPY-1203"])
  })

  it("of level 77 have nothing below", () => {
    assert.strictEqual(outlineOf("77 A PIC X. 01 B. 05 C PIC X."), "77 A, 1 B (5 C)")
    assert.strictEqual(outlineOf("77 A PIC X. 05 C PIC X."), "77 A, 5 C")
    assert.deepStrictEqual(codes("77 A PIC X. 05 C PIC X."), ["CPY-1201"])
  })
})

describe("clauses", () => {
  it("may have their optional words or not", () => {
    const long = item(
      "A PICTURE IS S9(4) USAGE IS COMPUTATIONAL-3 SIGN IS LEADING SEPARATE CHARACTER SYNCHRONIZED RIGHT BLANK WHEN ZEROES JUSTIFIED RIGHT VALUE IS 1",
    )
    const short = item("A PIC S9(4) COMP-3 LEADING SEPARATE SYNC BLANK ZERO JUST VALUE 1")
    assert.deepStrictEqual({ ...long, span: short.span }, short)
    assert.deepStrictEqual(short.sign, { position: "leading", isSeparate: true })
    assert.isTrue(short.isSynchronized && short.isBlankWhenZero && short.isJustified)
    assert.strictEqual(short.usage, "packed")
  })

  it("may stand in any order", () => {
    const one = item("A VALUE 1 OCCURS 2 COMP PIC 9(4)")
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
        assert.strictEqual(item(`A PIC 9(4) USAGE IS ${word}`).usage, usage)
        assert.strictEqual(item(`A PIC 9(4) ${word.toLowerCase()}`).usage, usage)
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
        assert.strictEqual(item(`A USAGE ${full}`).usage, usage)
        assert.strictEqual(item(`A ${full}`).usage, usage)
      }
    })
  }

  it("of a group stay on the group", () => {
    const [group] = parse("01 R COMP-3 SIGN TRAILING SEPARATE. 05 A PIC S9.", free).items
    assert.strictEqual(group?.usage, "packed")
    assert.isUndefined(group?.children[0]?.usage)
    assert.strictEqual(item("R GROUP-USAGE IS NATIONAL. 05 A PIC N").usage, "national")
  })

  it("say what is seen outside", () => {
    assert.isTrue(item("A IS EXTERNAL PIC X").isExternal)
    assert.isTrue(item("A PIC X EXTERNAL AS 'a'").isExternal)
    assert.isTrue(item("A IS GLOBAL PIC X").isGlobal)
  })

  it("may redefine before or behind the picture", () => {
    assert.strictEqual(item("A REDEFINES B PIC X").redefines, "B")
    assert.strictEqual(item("A PIC X REDEFINES b").redefines, "B")
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
      assert.deepStrictEqual(codes(`01 A ${clause}.`), ["CPY-1108"], clause)
    }
  })

  it("behind one that is malformed are read", () => {
    assert.deepStrictEqual(codes("01 A OCURS 3 TIMES PIC 9Q USAGE COMP-33 VALUE X'G'."), [
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
      assert.deepStrictEqual(codes(`01 R. 05 A ${clause}.`), ["CPY-1107"], clause)
    }
  })
})

describe("tables", () => {
  const occurs = (clause: string, options?: ParseOptions) => {
    const [record] = parse(`01 R. 05 A PIC X ${clause}.`, { ...free, ...options }).items
    const { span: _, ...rest } = record?.children[0]?.occurs ?? { span: undefined }
    return rest
  }

  it("have a fixed size, or one that depends on an item", () => {
    assert.deepStrictEqual(occurs("OCCURS 5"), { min: 5, max: 5 })
    assert.deepStrictEqual(occurs("OCCURS 05 TIMES"), { min: 5, max: 5 })
    assert.deepStrictEqual(occurs("OCCURS 0 TO 5 TIMES DEPENDING ON N"), {
      min: 0,
      max: 5,
      dependingOn: ["N"],
    })
    assert.deepStrictEqual(occurs("OCCURS 5 DEPENDING n OF g IN r"), {
      min: 1,
      max: 5,
      dependingOn: ["N", "G", "R"],
    })
  })

  it("may have keys and indexes", () => {
    const clause =
      "OCCURS 2 TO 9 TIMES DEPENDING ON N ASCENDING KEY IS K1, K2 OF A DESCENDING L INDEXED BY I1\n I2 VALUE 'A'"
    assert.deepStrictEqual(occurs(clause), { min: 2, max: 9, dependingOn: ["N"] })
  })

  it("may have the size of a constant", () => {
    const text = "78 N VALUE 3. 78 M VALUE N * 2 + 1. 01 R. 05 A PIC X(N) OCCURS M TIMES."
    const [record] = parse(text, free).items
    assert.strictEqual(record?.children[0]?.occurs?.max, 7)
    assert.strictEqual(record?.children[0]?.picture?.size, 3)
    assert.strictEqual(parse("01 N CONSTANT AS 4. 01 A PIC X(N).", free).items[0]?.picture?.size, 4)
    assert.deepStrictEqual(codes("78 N VALUE LENGTH OF A. 01 R PIC X."), ["CPY-1108"])
    assert.deepStrictEqual(codes("78 N VALUE 4 / 0. 01 R PIC X."), ["CPY-1108"])
  })

  it("with impossible bounds are refused", () => {
    for (const clause of ["OCCURS 0", "OCCURS 5 TO 2 DEPENDING ON N", "OCCURS 1 TO 5 TIMES"]) {
      assert.deepStrictEqual(codes(`01 R. 05 A PIC X ${clause}.`), ["CPY-1209"], clause)
    }
    assert.deepStrictEqual(codes("01 R. 05 A PIC X OCCURS 99999999999."), ["CPY-1209"])
  })
})

describe("literals", () => {
  const value = (text: string, options?: ParseOptions): Literal | undefined =>
    item(`A PIC X VALUE ${text}`, { ...free, ...options }).value

  it("are text, with doubled quotes as one", () => {
    assert.deepStrictEqual(value("'it''s'"), { kind: "text", text: "it's", isAll: false })
    assert.deepStrictEqual(value(`"a'b"`), { kind: "text", text: "a'b", isAll: false })
    assert.deepStrictEqual(value("N'ab'"), { kind: "text", text: "ab", isAll: false })
    assert.deepStrictEqual(value(`G"ab"`), { kind: "text", text: "ab", isAll: false })
    assert.deepStrictEqual(value("Z'ab'"), { kind: "text", text: "ab\0", isAll: false })
    assert.deepStrictEqual(value("ALL '*'"), { kind: "text", text: "*", isAll: true })
    assert.deepStrictEqual(value("'a' & 'b'&'c'"), { kind: "text", text: "abc", isAll: false })
  })

  it("are bytes", () => {
    const bytes: Literal = { kind: "hex", bytes: Uint8Array.of(0x0a, 0xff) }
    assert.deepStrictEqual(value("X'0aFF'"), bytes)
    assert.deepStrictEqual(value("NX'0AFF'"), bytes)
    assert.deepStrictEqual(value("X'0A' & X'FF'"), bytes)
  })

  it("are numbers as written, with a point", () => {
    for (const text of ["0", "-12.50", "+.5", "1.5E3", "+0.6E08"]) {
      assert.deepStrictEqual(value(text), { kind: "number", text })
    }
    assert.deepStrictEqual(value("-1,5", { isDecimalComma: true }), {
      kind: "number",
      text: "-1.5",
    })
  })

  it("are figurative constants", () => {
    const names = {
      zero: "ZERO ZEROS ZEROES",
      space: "SPACE SPACES",
      "high-value": "HIGH-VALUE HIGH-VALUES",
      "low-value": "LOW-VALUE LOW-VALUES",
      quote: "QUOTE QUOTES",
      null: "NULL NULLS",
    }
    for (const [name, words] of Object.entries(names)) {
      for (const word of words.split(" ")) {
        assert.deepStrictEqual(value(word), { kind: "figurative", name } as Literal)
        assert.deepStrictEqual(value(`ALL ${word}`), { kind: "figurative", name } as Literal)
      }
    }
  })
})

describe("conditions and renamings", () => {
  const values = (text: string) =>
    item(`A PIC X. 88 C ${text}`).conditions[0]?.values.map(({ from, through }) =>
      [from, through].flatMap((literal) =>
        literal === undefined ? [] : "text" in literal ? [literal.text] : [literal.kind],
      ),
    )

  it("have values and ranges", () => {
    assert.deepStrictEqual(values("VALUE 'A'"), [["A"]])
    assert.deepStrictEqual(values("VALUES ARE 'A' 'B', 'C'"), [["A"], ["B"], ["C"]])
    assert.deepStrictEqual(values("VALUES 'A','B'"), [["A"], ["B"]])
    assert.deepStrictEqual(values("VALUES 1,2,-3"), [["1"], ["2"], ["-3"]])
    assert.deepStrictEqual(values("VALUE 1 THRU 5 7 THROUGH 9"), [
      ["1", "5"],
      ["7", "9"],
    ])
    assert.deepStrictEqual(values("VALUE 'A'THRU'C' SPACES"), [["A", "C"], ["figurative"]])
    assert.deepStrictEqual(values("VALUE 'Y' WHEN SET TO FALSE IS 'N'"), [["Y"]])
    assert.deepStrictEqual(values("VALUE 'Y' FALSE 'N'"), [["Y"]])
  })

  it("belong to the item before them", () => {
    const [record] = parse(
      "01 R. 88 C VALUE 1. 05 A PIC X. 88 D VALUE 1. 88 E VALUE 2.",
      free,
    ).items
    assert.deepStrictEqual(
      record?.conditions.map(({ name }) => name),
      ["C"],
    )
    assert.deepStrictEqual(
      record?.children[0]?.conditions.map(({ name }) => name),
      ["D", "E"],
    )
  })

  it("may run on without a period, which is told once", () => {
    assert.deepStrictEqual(codes("01 A PIC 9.\n 88 B VALUE 1\n 88 C VALUE 2."), ["CPY-1103"])
  })

  it("need a value", () => {
    assert.deepStrictEqual(codes("01 A PIC 9. 88 B."), ["CPY-1107"])
    assert.deepStrictEqual(codes("01 A PIC 9. 88 B VALUE 1 THRU."), ["CPY-1107"])
    assert.deepStrictEqual(codes("01 A PIC 9. 88 B VALUE 1 WHEN SET 2."), ["CPY-1107"])
  })

  it("rename runs of items of their record", () => {
    const text = "01 R. 05 A PIC X. 05 B PIC X. 66 N RENAMES A. 66 M RENAMES A OF R THRU B IN R."
    const [record] = parse(text, free).items
    assert.deepStrictEqual(
      record?.renames.map(({ from, name, through }) => [name, from, through]),
      [
        ["N", ["A"], undefined],
        ["M", ["A", "R"], ["B", "R"]],
      ],
    )
    assert.deepStrictEqual(codes("01 A PIC X. 66 N A."), ["CPY-1107"])
    assert.deepStrictEqual(codes("01 A PIC X. 66 N RENAMES A THRU."), ["CPY-1107"])
  })
})

describe("a program", () => {
  it("has the records of all its sections", () => {
    const text = `
       IDENTIFICATION DIVISION.
       PROGRAM-ID. A.
       AUTHOR. O'HARA.
       ENVIRONMENT DIVISION.
       SPECIAL-NAMES. DECIMAL-POINT IS COMMA CURRENCY SIGN IS 'F'.
       DATA DIVISION.
       FILE SECTION.
       FD  INPUT-FILE RECORDING MODE IS V
           RECORD CONTAINS 80 CHARACTERS.
       01  IN-RECORD PIC X(80).
       SD  SORT-FILE.
       01  SORT-RECORD PIC X(80).
       WORKING-STORAGE SECTION.
           EXEC SQL INCLUDE SQLCA END-EXEC.
       77  TOTAL PIC F.FF9,99.
       LOCAL-STORAGE SECTION.
       LINKAGE SECTION.
       01  AREA-IN PIC X.
       SCREEN SECTION.
       01  SCREEN-1 BLANK SCREEN.
       PROCEDURE DIVISION.
           DISPLAY 'DON''T'.`
    const { items, warnings } = parse(text, { format: "fixed" })
    assert.strictEqual(outline(items), "1 IN-RECORD, 1 SORT-RECORD, 77 TOTAL, 1 AREA-IN")
    assert.strictEqual(items[2]?.picture?.scale, 2)
    assert.deepStrictEqual(
      warnings.map(({ code }) => code),
      ["CPY-1114", "CPY-1114"],
    )
  })

  it("may continue pictures and literals over lines", () => {
    const text =
      "       01 A PIC 9(1\n      -    0)V99 VALUE 12\n      -    3.4.\n       01 B PIC X VALUE 'A\n      -    'B'.\n"
    const [first, second] = parse(text).items
    assert.strictEqual(first?.picture?.size, 12)
    assert.deepStrictEqual(first?.value, { kind: "number", text: "123.4" })
    assert.match(second?.value?.kind === "text" ? second.value.text : "", /^A +B$/)
  })
})

describe("any text", () => {
  const words =
    "01 05 10 66 77 78 88 A B PIC X(5) 9. S9V9 . OCCURS TO TIMES DEPENDING ON VALUE 'A' ' \" THRU COMP-3 COPY REPLACING == BY REPLACE OFF EXEC END-EXEC DATA DIVISION SECTION FD USAGE IS REDEFINES RENAMES SIGN ( ) & ALL , INDEXED X' CONSTANT LEADING :T: \u00e9 \0"
  const word = Schema.Literals([...words.split(" "), "\n", "\t", "      -", "      *", ">>IF"])

  it.prop(
    "is parsed or refused, with findings inside it",
    { words: Schema.Array(word) },
    (given) => {
      const text = given.words.join(" ")
      const resolve = (name: string) => (name === "A" ? "05 C PIC X. COPY B." : undefined)
      const result = parseCopybook(text, { resolve })
      const found = Result.isFailure(result) ? result.failure.diagnostics : result.success.warnings
      for (const { span } of found) {
        if (span.member !== undefined) continue
        assert.isAtLeast(span.line, 1)
        assert.isAtLeast(span.column, 1)
        assert.isAtMost(span.offset, text.length)
      }
      assert.isTrue(Result.isSuccess(result) || found.some(({ severity }) => severity === "error"))
    },
  )

  it.prop(
    "has the same items in fixed and in free format",
    { words: Schema.Array(word) },
    (given) => {
      const words = given.words.filter((each) => !/^(?: +[-*]|\n|\t|>>IF)$/.test(each))
      const text = words.map((each) => `           ${each}`).join("\n")
      const shown = (format: "fixed" | "free"): ReadonlyArray<string> => {
        const result = parseCopybook(text, { format })
        return Result.isFailure(result)
          ? result.failure.diagnostics.map(formatDiagnostic)
          : [outline(result.success.items), ...result.success.warnings.map(formatDiagnostic)]
      }
      assert.deepStrictEqual(shown("fixed"), shown("free"))
    },
  )
})
