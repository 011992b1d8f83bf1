/** Texts by code page, and whole tables of code pages. */
import * as Result from "effect/Result"
import { codePage } from "@countersign/copybook/charset/CodePages"
import { fieldOf } from "./FieldVectors.ts"
import * as FieldCodec from "@countersign/copybook/field/FieldCodec"
import type { Findings } from "./Finding.ts"
import { isObject, type Json, textAt } from "./Manifest.ts"

const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, "")

/** Texts are read whole, and what was read is written back where the vector says that it comes back. */
export const textVectorFindings = (vectors: ReadonlyArray<Json>): Findings => {
  const different: Array<string> = []
  const explained: Array<string> = []
  for (const [index, json] of vectors.entries()) {
    if (!isObject(json)) continue
    const name = textAt(json, "code_page")
    const page = codePage(name)
    if (Result.isFailure(page)) {
      different.push(`vector ${index}: ${page.failure.message}`)
      continue
    }
    const bytes = Buffer.from(textAt(json, "data_hex"), "hex")
    const field = fieldOf({ kind: "text", isAlphabetic: false }, bytes.length)
    const codec = FieldCodec.make(field, "ibm", { codePage: page.success, trim: "none" })
    const value = codec.decode(bytes, 0)
    const text = typeof value === "string" ? value : codec.fault()
    const expected = textAt(json, "expect")
    const found = `vector ${index}, ${name}: expected ${expected}, is ${text}`
    if (withoutControls(text) !== withoutControls(expected)) different.push(found)
    else if (text !== expected) explained.push(`only in control characters, ${found}`)
    if (json["encodes_back"] !== true) continue
    const back = new Uint8Array(bytes.length)
    const code = codec.encode(text, back, 0)
    if (code !== undefined || Buffer.compare(back, bytes) !== 0) {
      const hex = Buffer.from(back).toString("hex")
      different.push(`vector ${index}, ${name}: encodes to ${code ?? hex}`)
    }
  }
  return { different, explained }
}

/** Registered names of pages that other tools write before the number. */
const ownName = (name: string): string => name.replace(/^x-/, "")

const hex = (value: number): string => value.toString(16).toUpperCase()

/** What notes tell of a byte: that it is one of two characters, or that it is to be treated apart. */
const noteOf = (
  notes: string,
  byte: number,
  characters: ReadonlyArray<number | undefined>,
): string | undefined => {
  const own = hex(byte).padStart(2, "0")
  const pairs = notes.matchAll(/(\S+) 0x([0-9A-F]{2}) \(U\+([0-9A-F]{4}) vs U\+([0-9A-F]{4})\)/gi)
  for (const [, page = "", noted = "", left = "", right = ""] of pairs) {
    const pair = new Set([Number.parseInt(left, 16), Number.parseInt(right, 16)])
    const isBoth = characters.every((each) => each !== undefined && pair.has(each))
    if (noted.toUpperCase() === own && isBoth) return `the notes name these two, of ${page}`
  }
  const [apart = ""] = /treat 0x[0-9A-F/x]+ separately/i.exec(notes) ?? []
  return apart.toUpperCase().includes(`0X${own}`) ? "the notes treat this byte apart" : undefined
}

/** A byte without a character has one of its own in ours. */
export const tableFindings = (tables: Json, notes: string): Findings => {
  const different: Array<string> = []
  const explained: Array<string> = []
  for (const [name, table] of Object.entries(isObject(tables) ? tables : {})) {
    const page = codePage(ownName(name))
    if (Result.isFailure(page)) {
      different.push(page.failure.message)
      continue
    }
    const { toUnicode, unassigned } = page.success
    for (const [byte, json] of (Array.isArray(table) ? table : []).entries()) {
      const expected = isObject(json) ? Number(textAt(json, "#")) : undefined
      const actual = unassigned.includes(byte) ? undefined : (toUnicode[byte] ?? 0)
      if (expected === actual) continue
      const shown = (each: number | undefined): string =>
        each === undefined ? "nothing" : `U+${hex(each).padStart(4, "0")}`
      const found = `${name} 0x${hex(byte)}: expected ${shown(expected)}, is ${shown(actual)}`
      const note = noteOf(notes, byte, [expected, actual])
      if (note === undefined) different.push(found)
      else explained.push(`${found}; ${note}`)
    }
  }
  return { different, explained }
}
