/** Makes a day of a bank that does not exist, the same for the same seed. */
import * as fs from "node:fs"
import { makeFrameWriter } from "@countersign/copybook/framing/FrameWriter"
import * as RecordCodec from "@countersign/copybook/record/RecordCodec"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import * as Result from "effect/Result"
import { dayPlan } from "./bankDay.ts"
import { decimalOf } from "./money.ts"

const given = ["Zoë", "Søren", "Núria", "Jürgen", "Françoise", "Åsa", "Ian", "Maria", "Þóra", "Leo"]
const family = ["Weiß", "Ångström", "Muñoz", "Brontë", "O'Hara", "Møller", "Gonçalves", "Li"]
const merchants = ["Café Zürich", "Bäckerei Süß", "Señor Tapas", "Bookshop", "Fuel & More"]
const purposes = ["Rent, €850 a month", "Wages", "Garçon's share", "Invoice", "Übertrag"]

/** Numbers that look random and follow from a seed (mulberry32). */
const numbersOf = (seed: number) => {
  let state = seed
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return {
    below,
    oneOf: (texts: ReadonlyArray<string>): string => texts[below(texts.length)] ?? "",
    digits: (count: number): string => Array.from({ length: count }, () => below(10)).join(""),
  }
}

type Numbers = ReturnType<typeof numbersOf>

/** What the trailer says of the day. */
const noTotals = { accounts: 0, transactions: 0, holds: 0, balance: 0n, amount: 0n, fee: 0n }

type Totals = typeof noTotals

const two = (value: number): string => String(value).padStart(2, "0")

const accountNumber = (number: number): string => `DE${String(number).padStart(10, "0")}`

const account = (numbers: Numbers, number: string, totals: Totals): RecordObject => {
  const { below, oneOf } = numbers
  const balance = BigInt(below(2_000_000_00) - 20_000_00)
  const holds = Array.from({ length: Math.max(0, below(6) - 2) }, () => ({
    "HOLD-AMOUNT": decimalOf(BigInt(1 + below(500_00))),
    "HOLD-UNTIL": `202603${two(3 + below(28))}`,
  }))
  totals.accounts += 1
  totals.holds += holds.length
  totals.balance += balance
  return {
    "ACCOUNT-TYPE": "A",
    "ACCOUNT-NUMBER": number,
    "HOLDER-NAME": `${oneOf(given)} ${oneOf(family)}`,
    "BIRTH-DATE": `${1940 + below(67)}${two(1 + below(12))}${two(1 + below(28))}`,
    "OPENING-BALANCE": decimalOf(balance),
    "OVERDRAFT-LIMIT": `-${below(50)}00.00`,
    HOLDS: holds,
  }
}

const transaction = (numbers: Numbers, owner: string, totals: Totals): RecordObject => {
  const { below, digits, oneOf } = numbers
  const amount = BigInt(below(4) === 0 ? below(5_000_00) : -below(900_00))
  const fee = below(3) === 0 ? BigInt(below(12_00) - 2_00) : 0n
  totals.transactions += 1
  totals.amount += amount
  totals.fee += fee
  const isCard = below(2) === 0
  return {
    "TRANSACTION-TYPE": isCard ? "C" : "T",
    POSTING: {
      "TRANSACTION-ID": totals.transactions,
      "OF-ACCOUNT-NUMBER": owner,
      "POSTED-AT": two(below(24)) + two(below(60)) + two(below(60)),
      AMOUNT: decimalOf(amount),
      FEE: decimalOf(fee),
    },
    // No card has a number that begins so.
    ...(isCard
      ? { "CARD-PAYMENT": { "CARD-NUMBER": `9999${digits(12)}`, MERCHANT: oneOf(merchants) } }
      : {
          TRANSFER: {
            "TO-ACCOUNT-NUMBER": accountNumber(1 + below(totals.accounts)),
            REMITTANCE: oneOf(purposes),
          },
        }),
  }
}

const trailer = (totals: Totals): RecordObject => ({
  "TRAILER-TYPE": "Z",
  "ACCOUNT-TOTAL": totals.accounts,
  "TRANSACTION-TOTAL": totals.transactions,
  "HOLD-TOTAL": totals.holds,
  "BALANCE-TOTAL": decimalOf(totals.balance),
  "AMOUNT-TOTAL": decimalOf(totals.amount),
  "FEE-TOTAL": decimalOf(totals.fee),
})

/** Each record of the day, under the name of its description. */
const dayOf = function* (records: number, seed: number): Generator<RecordObject> {
  const numbers = numbersOf(seed)
  const totals = { ...noTotals }
  yield {
    "HEADER-RECORD": {
      "HEADER-TYPE": "H",
      "BANK-NAME": "Banque Générale d'Exemple",
      "BUSINESS-DATE": "20260302",
      "RUN-NUMBER": 61,
    },
  }
  let owner = ""
  let left = 0
  for (let number = 1; number < records - 1; number += 1) {
    // The last is a transaction, so that every day has one.
    if (left === 0 && number < records - 2) {
      owner = accountNumber(totals.accounts + 1)
      left = numbers.below(9)
      yield { "ACCOUNT-RECORD": account(numbers, owner, totals) }
    } else {
      left = Math.max(0, left - 1)
      yield { "TRANSACTION-RECORD": transaction(numbers, owner, totals) }
    }
  }
  yield { "TRAILER-RECORD": trailer(totals) }
}

/** Within `AMOUNT`, and an asterisk, whose first nibble is no digit. */
const damage = { at: 26, byte: 0x5c }

const pieceBytes = 1024 * 1024

/**
 * Writes the day to a new file. One transaction, the first in the second half, has a byte that is
 * not as it was.
 *
 * @param records of all kinds. Range: from 4
 */
export const generateDay = (file: string, records: number, seed: number): void => {
  const { codec, framing, layout } = dayPlan
  const { encoder } = Result.getOrThrow(RecordCodec.make(layout, codec))
  const writer = Result.getOrThrow(makeFrameWriter(framing))
  const handle = fs.openSync(file, "wx")
  try {
    let isDamaged = false
    let waiting = 0
    let number = 0
    for (const value of dayOf(records, seed)) {
      const bytes = Result.getOrThrow(encoder.encode(value))
      const isBehind = number >= records / 2 || number === records - 2
      if (!isDamaged && isBehind && "TRANSACTION-RECORD" in value) {
        bytes[damage.at] = damage.byte
        isDamaged = true
      }
      Result.getOrThrow(writer.write(bytes))
      number += 1
      waiting += bytes.length
      if (waiting < pieceBytes) continue
      fs.writeSync(handle, writer.take())
      waiting = 0
    }
    fs.writeSync(handle, writer.finish())
  } finally {
    fs.closeSync(handle)
  }
}
