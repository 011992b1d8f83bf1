/**
 * The code pages that there are, by name.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { asciiTables } from "./AsciiTables.ts"
import type { CodePage } from "./CodePage.ts"
import { CodePageUnknown } from "./CodePageUnknown.ts"
import { type DoubleByteName, doubleBytePage } from "./DoubleBytePages.ts"
import { ebcdicTables, secondBytes } from "./EbcdicTables.ts"
import { controls, differences037, euroPages, page037 } from "./LatinTables.ts"
import { readLines } from "./MappingLines.ts"

/**
 * What the byte 0x15 of an EBCDIC page is: `nel` (U+0085, with LF at 0x25, as IBM's tables have
 * it) or `lf` (LF, with NEL at 0x25, as z/OS UNIX has it). Never are both LF, so that what is
 * read can be written again.
 *
 * @category models
 * @since 0.1.0
 */
export type Newline = "nel" | "lf"

/**
 * @category models
 * @since 0.1.0
 */
export interface CodePageOptions {
  /** Of EBCDIC pages. Default `nel`. */
  readonly newline?: Newline
  /**
   * Whether control characters (U+0000 to U+001F, U+007F to U+009F) are read as themselves, or as
   * blanks, which are written as blanks. Default `keep`.
   */
  readonly controls?: "keep" | "blank"
}

/** A character of its own for each byte that has none. */
const privateUse = 0xf700

const fromHex = (digits: string): Array<number> =>
  Array.from(digits.replaceAll(" ", "").matchAll(/../g), ([pair]) => Number.parseInt(pair, 16))

const withDifferences = (base: ReadonlyArray<number>, differences: string): Array<number> => {
  const units = [...base]
  for (const [, byte = "", unit = ""] of differences.matchAll(/(\w+):(\w+)/g)) {
    units[Number.parseInt(byte, 16)] = Number.parseInt(unit, 16)
  }
  return units
}

/** Unicode of each byte, or −1. */
type Units = () => Array<number>

const latin037: Units = () => [...fromHex(controls), ...fromHex(page037)]

/** The first `count` characters of Unicode, and none for the other bytes. */
const firstOf =
  (count: number): Units =>
  () =>
    Array.from({ length: 256 }, (_, byte) => (byte < count ? byte : -1))

/** The characters that all pages of a kind have, and those of the lines. */
const withLines =
  (base: Units, lines: ReadonlyArray<string>): Units =>
  () => {
    const units = base()
    readLines(lines, (byte, codePoint) => {
      units[byte] = codePoint
    })
    return units
  }

/** Control characters and the blank. */
const bareEbcdic: Units = () => [...fromHex(controls), 0x20, ...Array<number>(191).fill(-1)]

const singleBytes: ReadonlyMap<string, Units> = new Map<string, Units>([
  ...Object.entries(differences037).map(([name, differences]): [string, Units] => [
    name,
    () => withDifferences(latin037(), differences),
  ]),
  ...Object.entries(euroPages).map(([name, [base, byte]]): [string, Units] => [
    name,
    () =>
      withDifferences(
        withDifferences(latin037(), differences037[base]),
        `${byte.toString(16)}:20ac`,
      ),
  ]),
  ...Object.entries(ebcdicTables).map(([name, lines]): [string, Units] => [
    name,
    withLines(bareEbcdic, lines),
  ]),
  ...Object.entries(asciiTables).map(([name, lines]): [string, Units] => [
    name,
    withLines(firstOf(128), lines),
  ]),
  ["common", latin037],
  ["ascii", firstOf(128)],
  ["latin1", firstOf(256)],
  ["utf-8", firstOf(128)],
])

interface Mixture {
  readonly single: keyof typeof ebcdicTables
  readonly double: DoubleByteName
  readonly isDoubleOnly?: true
}

/** Single and double bytes with shifts between them. */
const mixtures: ReadonlyMap<string, Mixture> = new Map<string, Mixture>([
  ["cp930", { single: "cp290", double: "cp300" }],
  ["cp933", { single: "cp833", double: "cp834" }],
  ["cp935", { single: "cp836", double: "cp837" }],
  ["cp937", { single: "cp28709", double: "cp835" }],
  ["cp939", { single: "cp1027", double: "cp300" }],
  ["cp1364", { single: "cp833", double: "cp4930" }],
  ["cp1371", { single: "cp1159", double: "cp9027" }],
  ["cp1388", { single: "cp836", double: "cp4933" }],
  ["cp1390", { single: "cp8482", double: "cp16684" }],
  ["cp1399", { single: "cp5123", double: "cp16684" }],
  // Double bytes alone; digits and signs are those of the single bytes beside which they are used.
  ["cp300", { single: "cp290", double: "cp300", isDoubleOnly: true }],
  ["cp834", { single: "cp833", double: "cp834", isDoubleOnly: true }],
  ["cp835", { single: "cp28709", double: "cp835", isDoubleOnly: true }],
  ["cp837", { single: "cp836", double: "cp837", isDoubleOnly: true }],
])

/**
 * Names that are not made of the page's number.
 */
const aliases: ReadonlyMap<string, string> = new Map([
  ["ebcdic", "cp037"],
  ["commonextended", "cp037"],
  ["cp037extended", "cp037"],
  ["invariant", "cp037"],
  ["usascii", "ascii"],
  ["367", "ascii"],
  ["20127", "ascii"],
  ["iso88591", "latin1"],
  ["819", "latin1"],
  ["28591", "latin1"],
  ["utf8", "utf-8"],
  ["1208", "utf-8"],
  ["65001", "utf-8"],
  ["5348", "cp1252"],
  ["5026", "cp930"],
  ["5035", "cp939"],
  ["ibmthai", "cp838"],
])

/** The name that a page has here, whatever the spelling: `IBM-037`, `CCSID 37`, `0037`. */
const nameOf = (given: string): string => {
  const plain = given.toLowerCase().replaceAll(/[\s_-]/g, "")
  const number = /^(?:x?ibm|cp|ccsid|codepage|windows)?0*(\d+)$/.exec(plain)?.[1]
  const key = number ?? plain
  return aliases.get(key) ?? (number === undefined ? plain : `cp${number.padStart(3, "0")}`)
}

/** At first use: most programs read, and few write. */
const inverse = (toUnicode: Uint16Array, seconds: ReadonlyArray<number>): Int16Array => {
  const bytes = new Int16Array(0x10000).fill(-1)
  for (let byte = 0; byte < 256; byte++) {
    if (!seconds.includes(byte)) bytes[toUnicode[byte] ?? 0] = byte
  }
  return bytes
}

const blank = 0x20

const isControl = (unit: number): boolean => unit < blank || (unit >= 0x7f && unit < 0xa0)

/** Bytes whose character is written as another byte. */
const secondsOf = (
  name: string,
  toUnicode: Uint16Array,
  controls: Required<CodePageOptions>["controls"],
): ReadonlyArray<number> => {
  const seconds = [...(secondBytes[name] ?? [])]
  if (controls === "keep") return seconds
  toUnicode.forEach((unit, byte) => {
    if (!isControl(unit)) return
    toUnicode[byte] = blank
    seconds.push(byte)
  })
  return seconds
}

const makePage = (
  name: string,
  units: ReadonlyArray<number>,
  { controls, newline }: Required<CodePageOptions>,
): CodePage => {
  const isEbcdic = units[0x40] === blank
  const toUnicode = Uint16Array.from(units, (unit, byte) => (unit < 0 ? privateUse + byte : unit))
  if (isEbcdic && newline === "lf") {
    toUnicode[0x15] = 0x0a
    toUnicode[0x25] = 0x85
  }
  const seconds = secondsOf(name, toUnicode, controls)
  let made: Int16Array | undefined
  return {
    name,
    toUnicode,
    get fromUnicode() {
      return (made ??= inverse(toUnicode, seconds))
    },
    isLatin: toUnicode.every((unit) => unit < 0x100),
    unassigned: units.flatMap((unit, byte) => (unit < 0 ? [byte] : [])),
    isEbcdic,
    ...(seconds.length === 0 ? {} : { seconds }),
  }
}

const makeMixed = (
  name: string,
  mixture: Mixture,
  options: Required<CodePageOptions>,
): CodePage | undefined => {
  const units = singleBytes.get(mixture.single)
  if (units === undefined) return undefined
  // Not spread, which would make the inverse before its first use.
  return Object.assign(makePage(name, units(), options), {
    double: doubleBytePage(mixture.double),
    ...(mixture.isDoubleOnly === true ? { isDoubleOnly: true } : {}),
  })
}

const makeNamed = (name: string, options: Required<CodePageOptions>): CodePage | undefined => {
  const mixture = mixtures.get(name)
  if (mixture !== undefined) return makeMixed(name, mixture, options)
  const units = singleBytes.get(name)
  return units === undefined ? undefined : makePage(name, units(), options)
}

const pages = new Map<string, CodePage>()

/**
 * The names of all code pages, those of single bytes first.
 *
 * @category data
 * @since 0.1.0
 */
export const codePages: ReadonlyArray<string> = [...singleBytes.keys(), ...mixtures.keys()]

/**
 * A code page by its name: `cp037`, `IBM-037`, `CCSID 37`, `37`, `latin1`, `utf-8`.
 *
 * `ebcdic` and `invariant` are 037: the characters that all EBCDIC pages have in the same place are
 * there too. `common` is 037 with control characters as blanks, as other tools have it under that
 * name.
 *
 * @category getters
 * @since 0.1.0
 */
export const codePage = (
  given: string,
  options?: CodePageOptions,
): Result.Result<CodePage, CodePageUnknown> => {
  const name = nameOf(given)
  const newline = options?.newline ?? "nel"
  const controls = options?.controls ?? (name === "common" ? "blank" : "keep")
  const key = `${name} ${newline} ${controls}`
  const known = pages.get(key)
  if (known !== undefined) return Result.succeed(known)
  const page = makeNamed(name, { newline, controls })
  if (page === undefined) {
    return Result.fail(new CodePageUnknown({ name: given.slice(0, 64), known: codePages }))
  }
  pages.set(key, page)
  return Result.succeed(page)
}
