/** What the bank and this program agree on: the copybook, and how its files are written. */
import * as fs from "node:fs"
import { type FilePlan, planFile } from "@countersign/copybook/file/FilePlan"
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import * as Result from "effect/Result"

const copybook = fs.readFileSync(new URL("../copybooks/bank-day.cpy", import.meta.url), "utf8")

/** Every record begins with its type: header, account, card payment, transfer, trailer. */
type RecordType = "H" | "A" | "C" | "T" | "Z"

const settings = {
  layout: { name: "BANK-DAY" },
  // As 037, with the euro sign.
  codePage: "cp1140",
  framing: { kind: "rdw", block: {} },
  segments: {
    fields: ["HEADER-TYPE"],
    views: {
      "HEADER-RECORD": ["H"],
      "ACCOUNT-RECORD": ["A"],
      "TRANSACTION-RECORD": ["C", "T"],
      "TRAILER-RECORD": ["Z"],
    },
    unknown: "fault",
  },
  codec: {
    // Amounts of money are never doubles.
    numbers: "string",
    viewRules: [
      { view: "CARD-PAYMENT", when: { field: "TRANSACTION-TYPE", equals: "C" } },
      { view: "TRANSFER", when: { field: "TRANSACTION-TYPE", equals: "T" } },
    ],
  },
} as const satisfies FileSettings

const planned = (more: FileSettings): FilePlan => Result.getOrThrow(planFile(copybook, more))

/** The plan of whole files. */
export const dayPlan: FilePlan = planned(settings)

/** One type of records as a Parquet file. */
export interface Table {
  readonly file: string
  readonly type: RecordType
  /** The groups that its columns are taken from. */
  readonly groups: ReadonlyArray<string>
  /** What its bytes are read by, where there are several views of them. */
  readonly views: ReadonlyArray<string>
}

export const tables: ReadonlyArray<Table> = [
  {
    file: "accounts.parquet",
    type: "A",
    groups: ["ACCOUNT-RECORD"],
    views: ["ACCOUNT-RECORD"],
  },
  {
    file: "card-payments.parquet",
    type: "C",
    groups: ["POSTING", "CARD-PAYMENT"],
    views: ["TRANSACTION-RECORD", "CARD-PAYMENT"],
  },
  {
    file: "transfers.parquet",
    type: "T",
    groups: ["POSTING", "TRANSFER"],
    views: ["TRANSACTION-RECORD", "TRANSFER"],
  },
]

/** The plan of a table: the records of its type alone. */
export const tablePlan = ({ groups, type, views }: Table): FilePlan =>
  planned({
    ...settings,
    segments: { ...settings.segments, select: [type] },
    codec: { numbers: "string", views, select: groups },
  })
