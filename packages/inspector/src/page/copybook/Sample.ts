/** A bank's day to try things on: made here, by the codec, whenever somebody opens it. */
import * as FileEncoder from "@countersign/copybook/file/FileEncoder"
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import * as Result from "effect/Result"
import { understand } from "./Codec.ts"

export interface Sample {
  readonly name: string
  readonly detail: string
  readonly text: string
  readonly settings: FileSettings
  readonly data: ReadonlyArray<{ readonly name: string; readonly make: () => Uint8Array }>
}

const bankText = `      * A day of a bank: a header, accounts with their transactions
      * behind them, and a trailer with the totals of all.
       01  HEADER-RECORD.
           05  HEADER-TYPE             PIC X.
           05  BANK-NAME               PIC X(30).
           05  BUSINESS-DATE           PIC 9(8).
           05  RUN-NUMBER              PIC 9(4)      COMP.
       01  ACCOUNT-RECORD.
           05  ACCOUNT-TYPE            PIC X.
           05  ACCOUNT-NUMBER          PIC X(12).
           05  HOLDER-NAME             PIC X(30).
           05  BIRTH-DATE              PIC 9(8).
           05  OPENING-BALANCE         PIC S9(11)V99 COMP-3.
           05  OVERDRAFT-LIMIT         PIC S9(7)V99.
           05  HOLD-COUNT              PIC 9(4)      COMP.
           05  HOLDS OCCURS 0 TO 3 TIMES DEPENDING ON HOLD-COUNT.
               10  HOLD-AMOUNT         PIC S9(9)V99  COMP-3.
               10  HOLD-UNTIL          PIC 9(8).
       01  TRANSACTION-RECORD.
           05  TRANSACTION-TYPE        PIC X.
               88  IS-CARD-PAYMENT                   VALUE "C".
               88  IS-TRANSFER                       VALUE "T".
           05  POSTING.
               10  TRANSACTION-ID      PIC 9(9)      COMP.
               10  OF-ACCOUNT-NUMBER   PIC X(12).
               10  POSTED-AT           PIC 9(6).
               10  AMOUNT              PIC S9(9)V99  COMP-3.
               10  FEE                 PIC S9(5)V99.
           05  CARD-PAYMENT.
               10  CARD-NUMBER         PIC 9(16).
               10  MERCHANT            PIC X(22).
           05  TRANSFER REDEFINES CARD-PAYMENT.
               10  TO-ACCOUNT-NUMBER   PIC X(12).
               10  REMITTANCE          PIC X(26).
       01  TRAILER-RECORD.
           05  TRAILER-TYPE            PIC X.
           05  ACCOUNT-TOTAL           PIC 9(9)      COMP.
           05  TRANSACTION-TOTAL       PIC 9(9)      COMP.
           05  BALANCE-TOTAL           PIC S9(15)V99 COMP-3.
           05  FEE-TOTAL               PIC S9(13)V99
                   SIGN IS TRAILING SEPARATE.
`

const bankSettings: FileSettings = {
  layout: { name: "BANK-DAY", records: "redefine" },
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
    viewRules: [
      { view: "CARD-PAYMENT", when: { field: "TRANSACTION-TYPE", equals: "C" } },
      { view: "TRANSFER", when: { field: "TRANSACTION-TYPE", equals: "T" } },
    ],
  },
}

const holders = ["Zoë Weiß", "Søren Brontë", "Núria Muñoz", "Ian O'Hara", "Åsa Møller"]
const merchants = ["Café Zürich", "Bäckerei Süß", "Señor Tapas", "Bookshop", "Fuel & More"]
const purposes = ["Rent, €850 a month", "Wages", "Garçon's share", "Invoice 2207"]

const oneOf = (texts: ReadonlyArray<string>, at: number): string => texts[at % texts.length] ?? ""
const numberOf = (account: number): string => `DE${String(account).padStart(10, "0")}`
const two = (value: number): string => String(value % 60).padStart(2, "0")

const account = (at: number, drift: number) => ({
  "ACCOUNT-RECORD": {
    "ACCOUNT-TYPE": "A",
    "ACCOUNT-NUMBER": numberOf(at),
    "HOLDER-NAME": oneOf(holders, at),
    "BIRTH-DATE": 19_600_412 + at * 10_000,
    "OPENING-BALANCE": (at % 4 === 3 ? -1 : 1) * (125_040 + at * 7919 + drift) * 0.25,
    "OVERDRAFT-LIMIT": -500,
    HOLDS: Array.from({ length: at % 4 }, (_, hold) => ({
      "HOLD-AMOUNT": 12.5 * (hold + 1) + at,
      "HOLD-UNTIL": 20_260_310 + hold,
    })),
  },
})

const transaction = (at: number, owner: number) => ({
  "TRANSACTION-RECORD": {
    "TRANSACTION-TYPE": at % 3 === 0 ? "T" : "C",
    POSTING: {
      "TRANSACTION-ID": 4_400_000 + at,
      "OF-ACCOUNT-NUMBER": numberOf(owner),
      "POSTED-AT": Number(`${9 + (at % 9)}${two(at * 7)}${two(at * 13)}`),
      AMOUNT: (at % 3 === 0 ? 1 : -1) * (at * 17 + 0.75),
      FEE: at % 5 === 0 ? -1.25 : 0,
    },
    ...(at % 3 === 0
      ? { TRANSFER: { "TO-ACCOUNT-NUMBER": numberOf(owner + 1), REMITTANCE: oneOf(purposes, at) } }
      : {
          "CARD-PAYMENT": {
            "CARD-NUMBER": `9999${String(120_000_000_000 + at * 7919)}`,
            MERCHANT: oneOf(merchants, at),
          },
        }),
  },
})

const dayOf = function* (accounts: number, run: number, drift: number) {
  const bank = "Banque Générale d'Exemple"
  yield {
    "HEADER-RECORD": {
      "HEADER-TYPE": "H",
      "BANK-NAME": bank,
      "BUSINESS-DATE": 20_260_301 + run,
      "RUN-NUMBER": 60 + run,
    },
  }
  let transactions = 0
  for (let at = 1; at <= accounts; at += 1) {
    yield account(at, drift)
    for (let each = 0; each < 1 + (at % 4); each += 1) {
      transactions += 1
      yield transaction(transactions, at)
    }
  }
  yield {
    "TRAILER-RECORD": {
      "TRAILER-TYPE": "Z",
      "ACCOUNT-TOTAL": accounts,
      "TRANSACTION-TOTAL": transactions,
      "BALANCE-TOTAL": 41_250.75 + drift,
      "FEE-TOTAL": -3.75,
    },
  }
}

/** Of the transaction whose `AMOUNT` has a byte that is no digit. */
const damagedId = Uint8Array.of(0x00, 0x43, 0x23, 0x87)
const amountBehindId = 22

const damage = (bytes: Uint8Array): Uint8Array => {
  for (let at = 0; at + amountBehindId < bytes.length; at += 1) {
    if (!damagedId.every((byte, index) => bytes[at + index] === byte)) continue
    bytes[at + amountBehindId + 2] = 0x5c
    break
  }
  return bytes
}

const bankDay = (accounts: number, run: number, drift: number): Uint8Array => {
  const { codec } = understand(bankText, bankSettings)
  if (codec === undefined) return new Uint8Array(0)
  const encoder = Result.getOrThrow(FileEncoder.make(codec.plan))
  for (const record of dayOf(accounts, run, drift)) Result.getOrThrow(encoder.write(record))
  return encoder.finish()
}

export const samples: ReadonlyArray<Sample> = [
  {
    name: "bank-day.cpy",
    detail: "Variable blocked records of four kinds in EBCDIC, one of them damaged",
    text: bankText,
    settings: bankSettings,
    data: [
      { name: "monday.dat", make: () => damage(bankDay(5, 1, 0)) },
      { name: "tuesday.dat", make: () => bankDay(5, 2, 22) },
    ],
  },
]
