import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { layoutOf } from "../layout/LayoutBuilder.ts"
import { parseCopybook } from "../syntax/CopybookParser.ts"
import { classificationOf, sensitiveFields, sensitiveRules } from "./SensitiveFields.ts"

const layoutWith = (lines: ReadonlyArray<string>) =>
  Result.getOrThrow(
    layoutOf(
      Result.getOrThrow(
        parseCopybook(`       01  REC.\n${lines.map((line) => `           ${line}.\n`).join("")}`),
      ),
    ),
  )

/** Kind by name, of fields alone in a record. */
const kindOf = (name: string, picture: string): string | undefined =>
  sensitiveFields(layoutWith([`05 ${name} PIC ${picture}`]))[0]?.kind

const found: ReadonlyArray<readonly [name: string, picture: string, kind: string]> = [
  ["CARD-NUMBER", "9(16)", "card number"],
  ["CC-NUM", "X(19)", "card number"],
  ["WS-PAN", "9(16) COMP-3", "card number"],
  ["CARD-CVV", "9(3)", "card code"],
  ["ATM-PIN", "X(4)", "PIN"],
  ["USER-PASSWORD", "X(8)", "password"],
  ["CUST-SSN", "9(9)", "social security number"],
  ["SOCIAL-SECURITY-NBR", "9(9) COMP-3", "social security number"],
  ["TAX-ID", "X(11)", "social security number"],
  ["PASSPORT-NO", "X(9)", "identity document"],
  ["DATE-OF-BIRTH", "9(8)", "birth date"],
  ["EMP-DOB", "X(10)", "birth date"],
  ["BIRTH-DT", "9(6)", "birth date"],
  ["EMAIL-ADDRESS", "X(60)", "e-mail address"],
  ["E-MAIL", "X(60)", "e-mail address"],
  ["HOME-PHONE", "9(10)", "telephone number"],
  ["PHONE2", "X(14)", "telephone number"],
  ["LAST-NAME", "X(25)", "person's name"],
  ["CUSTOMER-NAME", "X(40)", "person's name"],
  ["SURNAME", "X(40)", "person's name"],
  ["CUST-ADDR1", "X(30)", "postal address"],
  ["ZIP-CODE", "X(10)", "postal address"],
  ["ACCT-NO", "9(10)", "account number"],
  ["IBAN", "X(34)", "account number"],
  ["DIAG-CODE", "X(7)", "medical fact"],
]

const harmless: ReadonlyArray<readonly [name: string, picture: string]> = [
  ["FILE-NAME", "X(44)"],
  ["PROGRAM-NAME", "X(8)"],
  ["PRODUCT-NAME", "X(30)"],
  ["COMPANY-NAME", "X(30)"],
  ["PHONE-TYPE", "X(8)"],
  ["EMAIL-FLAG", "X(5)"],
  ["NAME-LENGTH", "9(4)"],
  ["CARD-TYPE", "X(16)"],
  ["CARD-COUNT", "9(12)"],
  ["ACCOUNT-STATUS", "X(10)"],
  ["ACCT-BALANCE", "S9(13)V99 COMP-3"],
  ["PINCODE-CHECKS", "9(4)"],
  ["PANEL-NO", "9(12)"],
  ["SPAN-NUMBER", "9(12)"],
  ["ADDRESSABLE", "X(10)"],
  ["IP-ADDRESS", "X(15)"],
  ["TELEGRAM-TEXT", "X(80)"],
  ["CELLAR-NO", "9(8)"],
  ["TAX-RATE", "9(3)V99"],
  ["SOCIAL-CLUB", "X(20)"],
  ["DISCARD-NUMBER", "9(12)"],
  ["ORDER-DATE", "9(8)"],
  ["ORDER-NO", "9(12)"],
  ["BRANCH-ADDRESS", "X(30)"],
  ["QUANTITY", "9(5)"],
]

describe("sensitive fields", () => {
  it.each(found)("%s PIC %s holds a %s", (name, picture, kind) => {
    assert.strictEqual(kindOf(name, picture), kind)
  })

  it.each(harmless)("%s PIC %s holds none", (name, picture) => {
    assert.isUndefined(kindOf(name, picture))
  })

  it("have a name that shows each rule", () => {
    assert.deepStrictEqual(
      new Set(sensitiveRules.map(({ kind }) => kind)),
      new Set(found.map(([, , kind]) => kind)),
    )
  })

  it("are told by the groups around them, too", () => {
    const layout = layoutWith([
      "05 CUSTOMER-NAME",
      "10 FIRST PIC X(20)",
      "10 INITIAL-COUNT PIC 9(2)",
      "05 CUSTOMER",
      "10 NAME PIC X(20)",
      "10 SEGMENT-CODE PIC X(4)",
      "05 SSN",
      "10 AREA-PART PIC 9(3)",
      "10 SERIAL-PART PIC 9(6)",
    ])
    assert.deepStrictEqual(
      sensitiveFields(layout).map(({ path }) => path),
      ["CUSTOMER-NAME.FIRST", "CUSTOMER.NAME", "SSN.AREA-PART", "SSN.SERIAL-PART"],
    )
  })

  it("make a file as sensitive as the most sensitive of them", () => {
    const layout = layoutWith(["05 ACCT-NO PIC 9(10)", "05 CARD-NUMBER PIC 9(16)", "05 CITY PIC X"])
    assert.strictEqual(classificationOf(sensitiveFields(layout)), "CARDHOLDER")
    assert.strictEqual(classificationOf([]), "INTERNAL")
  })
})
