/** What the sample prints: what happened, in lines for a person. */
import type { SensitiveField } from "@countersign/copybook/audit/SensitiveFields"
import { elementaryFields } from "@countersign/copybook/layout/LayoutTree"
import { styleText } from "node:util"
import { dayPlan, tables } from "./bankDay.ts"
import type { Balance, Evidence } from "./checkDay.ts"
import { decimalOf } from "./money.ts"
import type { Rejected } from "./readDay.ts"
import type { Line, Mended } from "./reconcile.ts"

/** Gives a text a look; without colours, gives it back. */
export interface Paint {
  readonly title: (text: string) => string
  readonly quiet: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

type Style = Parameters<typeof styleText>[0]

/** @param isColoured colours belong on a terminal, and not where NO_COLOR is set */
export const paintOf = (isColoured: boolean): Paint => {
  const painted = (style: Style) => (text: string) =>
    // Whether there may be colours was decided by the caller, so the stream is not asked again.
    isColoured ? styleText(style, text, { validateStream: false }) : text
  return {
    title: painted("bold"),
    quiet: painted("dim"),
    good: painted("green"),
    bad: painted("red"),
  }
}

const labelWidth = 10
const numberWidth = 20
const whole = new Intl.NumberFormat("en-US")

/** `1 row`, `2,300 rows`. */
const many = (count: number, one: string, more = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : more}`

const row = (label: string, text: string, paint: Paint): string =>
  `  ${paint.title(label.padEnd(labelWidth))}${text}`.trimEnd()

const indented = (text: string): string => row("", text, paintOf(false))

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase()

const hexByte = (byte: number): string => `X'${hex(Uint8Array.of(byte))}'`

/** The last part of a path. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1)

export const opening = (paint: Paint): ReadonlyArray<string> => [
  "",
  `  ${paint.title("A day of a bank")}${paint.quiet(", from EBCDIC to Parquet, with every byte accounted for.")}`,
  "",
]

export const generated = (
  {
    bytes,
    file,
    records,
    seed,
  }: Readonly<Record<"bytes" | "records" | "seed", number>> & {
    readonly file: string
  },
  paint: Paint,
): ReadonlyArray<string> => [
  row("Day", `${file}: ${many(records, "record")}, ${many(bytes, "byte")}, seed ${seed}`, paint),
  indented(
    paint.quiet("EBCDIC 1140 in VB blocks: a header, accounts, their transactions, a trailer"),
  ),
  "",
]

export const decoded = (
  written: ReadonlyArray<{
    readonly file: string
    readonly rows: number
    readonly rejected: number
    readonly bytes: number
  }>,
  paint: Paint,
): ReadonlyArray<string> => [
  ...written.map(({ bytes, file, rejected, rows }, index) =>
    row(
      index === 0 ? "Decode" : "",
      `${file.padEnd(22)}${many(rows, "row").padStart(13)}${many(bytes, "byte").padStart(17)}${
        rejected === 0 ? "" : paint.bad(`  ${rejected} rejected`)
      }`,
      paint,
    ),
  ),
  "",
]

/** A rejected record field by field, without the bytes that must not be shown. */
const fieldsOf = (
  { reject, type }: Rejected,
  sensitive: ReadonlyMap<string, SensitiveField>,
  paint: Paint,
): ReadonlyArray<string> => {
  const table = tables.find((each) => each.type === type)
  if (table === undefined) return []
  const faulty = new Set(reject.faults.map(({ path }) => path))
  return elementaryFields(dayPlan.layout)
    .filter(
      ({ isShifted, path }) =>
        !isShifted && table.groups.some((group) => path.split(".").includes(group)),
    )
    .map(({ length, name, offset, path }) => {
      const hidden = sensitive.get(path)
      const bytes = hex(reject.bytes.subarray(offset, offset + length))
      const shown = hidden === undefined ? bytes : paint.quiet(`not shown: ${hidden.kind}`)
      const text = `${name.padEnd(20)} ${String(offset).padStart(3)}  ${shown}`
      return indented(faulty.has(path) ? `${paint.bad(text)}  ←` : text)
    })
}

export const rejected = (
  all: ReadonlyArray<Rejected>,
  sensitive: ReadonlyArray<SensitiveField>,
  paint: Paint,
): ReadonlyArray<string> => {
  const byPath = new Map(sensitive.map((each) => [each.path, each]))
  return all.slice(0, 3).flatMap((each) => {
    const { fileOffset, length, record, faults } = each.reject
    return [
      row(
        "Reject",
        `record ${whole.format(record)}, ${many(length, "byte")} from byte ${whole.format(fileOffset)} of the file`,
        paint,
      ),
      // A message shows the bytes of its field.
      ...faults.map(({ code, message, offset, path = "" }) =>
        indented(
          byPath.has(path)
            ? `${code}: ${path}, ${many(offset ?? 0, "byte")} into the record`
            : message,
        ),
      ),
      ...fieldsOf(each, byPath, paint),
      "",
    ]
  })
}

const numberOf = (value: bigint, isMoney: boolean): string => {
  if (!isMoney) return whole.format(value)
  const [units = "", cents = ""] = decimalOf(value).split(".")
  const digits = whole.format(BigInt(units.replace("-", "")))
  return `${units.startsWith("-") ? "-" : ""}${digits}.${cents}`
}

const verdictOf = ({ measure, records, trailer, verdict }: Line, paint: Paint): string => {
  switch (verdict) {
    case "equal":
      return paint.good("equal")
    case "explained": {
      const missing = trailer - records
      return missing === 0n
        ? paint.good("equal, without what was rejected")
        : paint.good(`${numberOf(missing, measure.isMoney)} is in what was rejected`)
    }
    case "wrong":
      return paint.bad("does not reconcile")
  }
}

const mendedLines = (
  { at, field, fits, is, record, value }: Mended,
  isMoney: boolean,
  paint: Paint,
): ReadonlyArray<string> => [
  indented(
    paint.quiet(
      `With ${numberOf(value, isMoney)} as its ${nameOf(field)}, record ${whole.format(record)} has all its bytes but one:`,
    ),
  ),
  indented(paint.quiet(`byte ${at} is ${hexByte(is)} and would be ${hexByte(fits)}.`)),
]

export const reconciled = ({ lines }: Balance, paint: Paint): ReadonlyArray<string> => {
  const cells = (texts: ReadonlyArray<string>): string =>
    texts.map((text) => text.padStart(numberWidth)).join("")
  return [
    row(
      "Reconcile",
      paint.quiet(`${" ".repeat(12)}${cells(["trailer", "Parquet", "one by one"])}`),
      paint,
    ),
    ...lines.map((line) => {
      const { measure, records, tables: read, trailer } = line
      const numbers = [trailer, read, records].map((each) => numberOf(each, measure.isMoney))
      return indented(`${measure.name.padEnd(12)}${cells(numbers)}  ${verdictOf(line, paint)}`)
    }),
    ...lines.flatMap(({ measure, mended }) =>
      mended === undefined ? [] : mendedLines(mended, measure.isMoney, paint),
    ),
    "",
  ]
}

/** From where each sensitive column is. */
const lineage = ({ facts }: Evidence, paint: Paint): ReadonlyArray<string> => {
  const found = (facts?.origins ?? []).filter(({ kind }) => kind !== null)
  return found.map(({ classification, field, kind, length, offset, table }, index) =>
    row(
      index === 0 ? "Lineage" : "",
      `${nameOf(field).padEnd(18)} bytes ${String(offset).padStart(2)} to ${String(offset + length - 1).padEnd(3)} → ${table.padEnd(22)} ${(classification ?? "").padEnd(13)}${paint.quiet(kind ?? "")}`,
      paint,
    ),
  )
}

export const evidence = (found: Evidence, paint: Paint): ReadonlyArray<string> => {
  const { facts, problems, report } = found
  const verdict = report.verdict === "verified" ? paint.good("verified") : paint.bad(report.verdict)
  const files = [...(facts?.digests ?? [])]
  return [
    ...lineage(found, paint),
    "",
    row("Trail", `${verdict}: ${many(report.entries, "entry", "entries")}`, paint),
    ...files.flatMap(([file, digests]) =>
      [...digests].map((digest) => indented(paint.quiet(`${digest}  ${file}`))),
    ),
    ...(problems.length === 0 ? [indented("Each file has the SHA-256 that the trail says.")] : []),
    "",
  ]
}

export const problems = (all: ReadonlyArray<string>, paint: Paint): ReadonlyArray<string> => [
  ...all.map((each, index) => row(index === 0 ? "Wrong" : "", paint.bad(each), paint)),
  "",
]

/** What to try now. */
export const next = (directory: string | undefined, paint: Paint): ReadonlyArray<string> => [
  ...(directory === undefined
    ? [row("Next", "keep the files: npm run mainframe -- --directory DIRECTORY", paint)]
    : [
        row(
          "Next",
          `change a byte of a file, then npm run mainframe -- --check ${directory}`,
          paint,
        ),
        indented(`npm run countersign -- query ${directory}/trail 'type~copybook.*'`),
      ]),
  "",
]
