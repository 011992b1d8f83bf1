/**
 * Which fields of a layout hold what must not be shown, told by their names: rules as data.
 *
 * A rule looks at the words of a name, so that `CARD-NUMBER` is found and `CARDINALITY` is not,
 * and at how much a field holds. What is not a value but speaks of one (`PHONE-TYPE`,
 * `NAME-LENGTH`) is left out. A name is a guess: classify what it misses by hand.
 *
 * @since 0.1.0
 */
import type { Classification } from "@countersign/core/event/AuditEvent"
import type { ElementaryField, Field, Layout } from "../layout/Layout.ts"
import { elementaryFields, everyField } from "../layout/LayoutTree.ts"

/**
 * One rule. A name matches where it has all words of one of `words`, and none of `except`.
 *
 * @category models
 * @since 0.1.0
 */
export interface SensitiveRule {
  readonly kind: string
  readonly classification: Classification
  /** Words, each `|` between spellings. */
  readonly words: ReadonlyArray<ReadonlyArray<string>>
  /** Words with which the name means something else. */
  readonly except?: ReadonlyArray<string>
  /** Characters or digits that the value has at least. Default 1. */
  readonly lengthMin?: number
  /** And at most. */
  readonly lengthMax?: number
}

const number = "NO|NUM|NUMBER|NBR|NR|NMBR|ID"
const person =
  "CUST|CUSTOMER|CLIENT|CARDHOLDER|HOLDER|PATIENT|EMP|EMPLOYEE|PERSON|MEMBER|INSURED|BORROWER|APPLICANT|PAYEE|BENEFICIARY|CONTACT|OWNER|SPOUSE|DEPENDENT|SUBSCRIBER|TENANT|GUARANTOR|STUDENT"

/**
 * The rules, the most particular first: the first that matches holds.
 *
 * @category data
 * @since 0.1.0
 */
export const sensitiveRules: ReadonlyArray<SensitiveRule> = [
  {
    kind: "card number",
    classification: "CARDHOLDER",
    words: [["PAN"], ["CARD|CREDITCARD|DEBITCARD|CC", number], ["PRIMARY", "ACCOUNT|ACCT", number]],
    except: ["REPORT", "SEQ", "SEQUENCE", "CONTROL"],
    lengthMin: 12,
    lengthMax: 24,
  },
  {
    kind: "card code",
    classification: "CARDHOLDER",
    words: [["CVV|CVV2|CVC|CVC2|CID"]],
    lengthMax: 4,
  },
  { kind: "PIN", classification: "SECRET", words: [["PIN"]], lengthMax: 16 },
  {
    kind: "password",
    classification: "SECRET",
    words: [["PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET"]],
  },
  {
    kind: "social security number",
    classification: "PII",
    words: [
      ["SSN|SSNO|NINO|TIN|ITIN"],
      ["SOC|SOCIAL", "SEC|SECURITY"],
      ["TAX|TAXPAYER|NATIONAL", "ID|NO|NUM|NUMBER|NBR"],
    ],
    except: ["RATE", "AMT", "AMOUNT"],
    lengthMin: 4,
  },
  {
    kind: "identity document",
    classification: "PII",
    words: [["PASSPORT"], ["DRIVER|DRIVERS|DL", "LIC|LICENSE|LICENCE", number], ["DRV", "LIC"]],
    lengthMin: 5,
  },
  {
    kind: "birth date",
    classification: "PII",
    words: [
      ["DOB|BIRTHDATE|BIRTHDAY|BDATE"],
      ["BIRTH", "DATE|DT|DAY|MONTH|YEAR|YR|MM|DD|CCYY|YYYY"],
    ],
  },
  {
    kind: "e-mail address",
    classification: "PII",
    words: [["EMAIL|EML"], ["E", "MAIL"]],
    lengthMin: 5,
  },
  {
    kind: "telephone number",
    classification: "PII",
    words: [["PHONE|TELEPHONE|TEL|MOBILE|CELL|CELLPHONE|PHONENO"], ["FAX", number]],
    lengthMin: 4,
  },
  {
    kind: "person's name",
    classification: "PII",
    words: [
      ["FIRST|LAST|GIVEN|FAMILY|MIDDLE|MAIDEN|FULL|SUR|FORE", "NAME|NM"],
      ["FNAME|LNAME|MNAME|SURNAME|FORENAME|FIRSTNAME|LASTNAME|FULLNAME"],
      [person, "NAME|NM|NAMES"],
    ],
    except: [
      "FILE",
      "PROGRAM",
      "PGM",
      "TABLE",
      "FIELD",
      "PRODUCT",
      "COLUMN",
      "DATASET",
      "JOB",
      "COMPANY",
    ],
    lengthMin: 2,
  },
  {
    kind: "postal address",
    classification: "PII",
    words: [
      ["STREET"],
      ["ADDR|ADDRESS|ADDR1|ADDR2|ADDRESS1|ADDRESS2"],
      ["ZIP|ZIPCODE|POSTCODE"],
      ["POSTAL"],
    ],
    except: ["IP", "MEMORY", "RETURN", "MAC", "POINTER", "BRANCH"],
    lengthMin: 4,
  },
  {
    kind: "account number",
    classification: "CONFIDENTIAL",
    words: [["ACCOUNT|ACCT|ACC", number], ["IBAN"]],
    lengthMin: 4,
  },
  {
    kind: "medical fact",
    classification: "PHI",
    words: [["DIAGNOSIS|DIAG|ICD|ICD9|ICD10|MRN"], ["MEDICAL|MED", "RECORD|REC", number]],
  },
]

/** Words with which a name speaks of a value and holds none. */
const about = new Set(
  "COUNT CNT FLAG FLG IND INDICATOR TYPE TYP STATUS STAT LEN LENGTH LGTH SW SWITCH AMT AMOUNT BAL BALANCE COUNTER OCCURS VERIFIED VALID MASK FORMAT".split(
    " ",
  ),
)

const wordsOf = (name: string): ReadonlyArray<string> =>
  name
    .toUpperCase()
    .split(/[-_]+/)
    .flatMap((word) => {
      // A number behind a word counts its like, as in PHONE-1 and NAME2.
      const bare = word.replace(/\d+$/, "")
      return bare === word || bare === "" ? [word] : [word, bare]
    })

const hasWord = (words: ReadonlySet<string>, spellings: string): boolean =>
  spellings.split("|").some((each) => words.has(each))

/** Characters or digits of a field's value. */
const sizeOf = ({ length, storage }: ElementaryField): number => {
  if ("digits" in storage) return storage.digits
  return storage.kind === "national" || storage.kind === "dbcs" ? length / 2 : length
}

const ruleOf = (words: ReadonlySet<string>, size: number): SensitiveRule | undefined =>
  sensitiveRules.find(
    ({ except = [], lengthMax = Number.POSITIVE_INFINITY, lengthMin = 1, words: all }) =>
      size >= lengthMin &&
      size <= lengthMax &&
      !except.some((each) => words.has(each)) &&
      all.some((each) => each.every((spellings) => hasWord(words, spellings))),
  )

/**
 * A field that is sensitive, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface SensitiveField {
  readonly path: string
  readonly kind: string
  readonly classification: Classification
}

/** The groups around a field, the innermost first, without the record itself. */
const groupsOf = (groups: ReadonlyMap<string, Field>, path: string): ReadonlyArray<Field> => {
  const found: Array<Field> = []
  for (let at = path.lastIndexOf("."); at > 0; at = path.lastIndexOf(".", at - 1)) {
    const group = groups.get(path.slice(0, at))
    if (group !== undefined) found.push(group)
  }
  return found
}

/**
 * The sensitive fields of a layout, in the order of the text. A field is what its own name says,
 * else what the nearest group around it says, else what both say together.
 *
 * @category getters
 * @since 0.1.0
 */
export const sensitiveFields = (layout: Layout): ReadonlyArray<SensitiveField> => {
  const groups = new Map(
    everyField(layout)
      .filter(({ kind }) => kind === "group")
      .map((group) => [group.path, group]),
  )
  return elementaryFields(layout).flatMap((field) => {
    if (field.isFiller) return []
    const own = wordsOf(field.name)
    if (own.some((word) => about.has(word))) return []
    const size = sizeOf(field)
    let rule = ruleOf(new Set(own), size)
    for (const group of groupsOf(groups, field.path)) {
      const around = wordsOf(group.name)
      // A part of a number or of a name is shorter than the whole.
      rule ??= ruleOf(new Set(around), Math.max(size, group.length))
      rule ??= ruleOf(new Set([...around, ...own]), size)
    }
    return rule === undefined
      ? []
      : [{ path: field.path, kind: rule.kind, classification: rule.classification }]
  })
}

/** From the least to the most sensitive. */
const ranks: ReadonlyArray<Classification> = [
  "PUBLIC",
  "INTERNAL",
  "CONFIDENTIAL",
  "MATERIAL",
  "PII",
  "PHI",
  "CARDHOLDER",
  "SECRET",
]

/**
 * How sensitive a file of these fields is: as its most sensitive field, and at least `INTERNAL`.
 *
 * @category getters
 * @since 0.1.0
 */
export const classificationOf = (fields: ReadonlyArray<SensitiveField>): Classification =>
  fields.reduce<Classification>(
    (highest, { classification }) =>
      ranks.indexOf(classification) > ranks.indexOf(highest) ? classification : highest,
    "INTERNAL",
  )
