import { assert, describe, it } from "@effect/vitest"
import { Findings } from "./Findings.ts"
import { readTokens } from "./SourceTokens.ts"

const library: Readonly<Record<string, string>> = {
  TAGGED: "01 :TAG:-R.\n   05 :TAG:-A PIC X(:LEN:).\n",
  PLAIN: "05 OLD-NAME PIC X.\n05 OLD-AMOUNT PIC 9(3).\n",
  PAREN: "05 (TAG)-A PIC X.\n",
  OUTER: "COPY TAGGED.\n",
  "LIB/PART": "05 IN-LIBRARY PIC X.\n",
}

const resolve = (name: string, of?: string): string | undefined =>
  library[of === undefined ? name : `${of}/${name}`]

const read = (text: string): { readonly text: string; readonly codes: ReadonlyArray<string> } => {
  const findings = new Findings()
  const { tokens } = readTokens(text, { format: "free", resolve }, findings)
  const shown = tokens.map(({ isAdjacent, text }) => (isAdjacent ? text : ` ${text}`)).join("")
  return { text: shown.trim(), codes: findings.all.map(({ code }) => code) }
}

const textOf = (text: string): string => read(text).text

describe("COPY", () => {
  it("puts a member in its place", () => {
    assert.strictEqual(
      textOf("01 R. COPY PLAIN. 05 LAST PIC X."),
      "01 R. 05 OLD-NAME PIC X. 05 OLD-AMOUNT PIC 9(3). 05 LAST PIC X.",
    )
  })

  it("finds members by literals and in libraries", () => {
    assert.strictEqual(textOf("COPY PART OF LIB."), "05 IN-LIBRARY PIC X.")
    assert.strictEqual(textOf("COPY 'PART' IN 'LIB' SUPPRESS."), "05 IN-LIBRARY PIC X.")
  })

  it("copies what members copy", () => {
    assert.strictEqual(
      textOf("COPY OUTER REPLACING ==:TAG:== BY ==X== ==:LEN:== BY ==4==."),
      "01 :TAG:-R. 05 :TAG:-A PIC X(:LEN:).",
    )
    assert.strictEqual(read("COPY OUTER.").codes.length, 0)
  })

  it("replaces tags inside names and pictures", () => {
    assert.strictEqual(
      textOf("COPY TAGGED REPLACING ==:TAG:== BY ==ORDER== ==:LEN:== BY ==10==."),
      "01 ORDER-R. 05 ORDER-A PIC X(10).",
    )
    assert.strictEqual(textOf("COPY PAREN REPLACING ==(TAG)== BY ==ORDER==."), "05 ORDER-A PIC X.")
  })

  it("removes tags", () => {
    assert.strictEqual(
      textOf("COPY TAGGED REPLACING ==:TAG:-== BY ==== ==:LEN:== BY ==1==."),
      "01 :TAG:-R. 05 :TAG:-A PIC X(1).",
    )
    assert.strictEqual(
      textOf("COPY TAGGED REPLACING ==:TAG:== BY ==== ==:LEN:== BY ==1==."),
      "01 -R. 05 -A PIC X(1).",
    )
  })

  it("replaces words, literals and runs of words, whatever their case", () => {
    assert.strictEqual(
      textOf("COPY PLAIN REPLACING old-name BY NEW-NAME ==PIC  9 (3)== BY ==PIC S9(5)==."),
      "05 NEW-NAME PIC X. 05 OLD-AMOUNT PIC S9(5).",
    )
  })

  it("replaces parts of words with LEADING and TRAILING", () => {
    assert.strictEqual(
      textOf("COPY PLAIN REPLACING LEADING ==OLD== BY ==NEW== TRAILING ==-AMOUNT== BY ==-SUM==."),
      "05 NEW-NAME PIC X. 05 NEW-AMOUNT PIC 9(3).",
    )
    assert.strictEqual(
      textOf("COPY PLAIN REPLACING TRAILING ==-AMOUNT== BY ==-SUM==."),
      "05 OLD-NAME PIC X. 05 OLD-SUM PIC 9(3).",
    )
    assert.strictEqual(
      textOf("COPY PLAIN REPLACING LEADING ==OLD-== BY ====."),
      "05 NAME PIC X. 05 AMOUNT PIC 9(3).",
    )
  })

  it("does not replace what it has put there", () => {
    assert.strictEqual(
      textOf("COPY PLAIN REPLACING OLD-NAME BY OLD-AMOUNT OLD-AMOUNT BY OLD-NAME."),
      "05 OLD-AMOUNT PIC X. 05 OLD-NAME PIC 9(3).",
    )
  })

  it("says which replacement matched nothing", () => {
    const { codes } = read("COPY PLAIN REPLACING ==OLD== BY ==NEW==.")
    assert.deepStrictEqual(codes, ["CPY-1023"])
  })

  it("ends at members that are missing, and goes on behind", () => {
    const { codes, text } = read("COPY NONE. 01 R. COPY NONE OF LIB.")
    assert.deepStrictEqual(codes, ["CPY-1021", "CPY-1021"])
    assert.strictEqual(text, "01 R.")
  })

  it("is malformed without a name, a library, BY or a period", () => {
    for (const text of [
      "COPY .",
      "COPY PLAIN OF .",
      "COPY PLAIN REPLACING A B.",
      "COPY PLAIN REPLACING ==== BY A.",
      "COPY PLAIN REPLACING LEADING ==A B== BY ==C==.",
      "COPY PLAIN 01 R",
    ]) {
      assert.deepStrictEqual(read(text).codes, ["CPY-1020"], text)
    }
  })

  it("bounds what members make of themselves", () => {
    const findings = new Findings()
    const bomb = (name: string) => `COPY ${name}X. COPY ${name}Y.\n`
    readTokens("COPY A.", { format: "free", resolve: bomb, wordsMax: 1_000 }, findings)
    assert.deepStrictEqual(
      [...new Set(findings.all.map(({ code }) => code))],
      ["CPY-1022", "CPY-1002"],
    )
  })

  it("includes what EXEC SQL includes, if there is such a member", () => {
    assert.strictEqual(textOf("EXEC SQL INCLUDE PLAIN END-EXEC."), textOf("COPY PLAIN."))
    const unknown = "EXEC SQL INCLUDE SQLCA END-EXEC."
    assert.strictEqual(textOf(unknown), unknown)
  })
})

describe("REPLACE", () => {
  it("holds to the next REPLACE", () => {
    assert.strictEqual(
      textOf("A. REPLACE ==A== BY ==B==. A. REPLACE ==A== BY ==C==. A. REPLACE OFF. A."),
      "A. B. C. A.",
    )
  })

  it("reaches into members", () => {
    assert.strictEqual(
      textOf("REPLACE LEADING ==OLD-== BY ==NEW-==. COPY PLAIN."),
      "05 NEW-NAME PIC X. 05 NEW-AMOUNT PIC 9(3).",
    )
  })

  it("ends where it has too much to compare", () => {
    const pairs = Array.from({ length: 200 }, (_, at) => `==${"A ".repeat(9)}B${at}== BY ==C==`)
    const { codes } = read(`REPLACE ${pairs.join(" ")}. ${"A ".repeat(40_000)}`)
    assert.deepStrictEqual(codes, ["CPY-1002"])
  })

  it("is malformed without pairs or a period", () => {
    assert.deepStrictEqual(read("REPLACE . A.").codes, ["CPY-1025"])
    assert.deepStrictEqual(read("REPLACE ==A== BY ==B==").codes, ["CPY-1025"])
    assert.deepStrictEqual(read("REPLACE ==A== TO ==B==. A.").codes, ["CPY-1025"])
  })
})
