/**
 * How an elementary item is stored, and in how many bytes.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { Item, Sign, Usage } from "../syntax/Item.ts"
import type { Picture } from "../syntax/Picture.ts"
import { binaryBytes, type DialectRules } from "./Dialect.ts"
import type { Storage, ZonedStorage } from "./Layout.ts"
import { finding, type LayoutCode } from "./LayoutCode.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ItemStorage {
  readonly storage: Storage
  /** Units: bytes. */
  readonly bytes: number
  /** What SYNCHRONIZED would align it to; 1 where it has no effect. Units: bytes. */
  readonly alignment: number
}

/**
 * What an item has from the groups it is in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Inherited {
  readonly usage?: Usage
  readonly sign?: Sign
  readonly isSynchronized: boolean
}

/** What one item is judged by. */
interface Case {
  readonly item: Item
  readonly usage: Usage
  readonly sign: Sign | undefined
  readonly rules: DialectRules
  readonly report: (diagnostic: Diagnostic) => void
}

const digitsMax = 38

// The longest number of bytes that Micro Focus takes for a binary of characters.
const characterBinaryBytesMax = 8

const withoutAlignment = (storage: Storage, bytes: number): ItemStorage => ({
  storage,
  bytes,
  alignment: 1,
})

const tell = ({ item, report }: Case, code: LayoutCode, message: string): undefined => {
  report(finding(code, item.span, message))
  return undefined
}

const words: Readonly<Record<Usage, string>> = {
  display: "DISPLAY",
  "display-1": "DISPLAY-1",
  national: "NATIONAL",
  binary: "COMP",
  native: "COMP-5",
  packed: "COMP-3",
  "packed-unsigned": "COMP-6",
  little: "COMP-9",
  hex: "COMP-X",
  float: "COMP-1",
  double: "COMP-2",
  pointer: "POINTER",
  "pointer-32": "POINTER-32",
  "procedure-pointer": "PROCEDURE-POINTER",
  "function-pointer": "FUNCTION-POINTER",
  index: "INDEX",
  "object-reference": "OBJECT REFERENCE",
}

const misfit = (one: Case, picture: Picture): undefined =>
  tell(
    one,
    "CPY-2003",
    `${one.item.name} has PICTURE ${picture.text}, which is ${picture.category}, and USAGE ${words[one.usage]}`,
  )

/** Whether the digits, with those that P stands for, can be held exactly. */
const holds = (one: Case, picture: Picture): boolean => {
  const { digits, scale, text } = picture
  const all = Math.max(digits, digits - Math.min(scale, 0), scale)
  if (digits >= 1 && all <= digitsMax) return true
  tell(one, "CPY-2006", `${one.item.name} has PICTURE ${text} with ${all} digits`)
  return false
}

const decimalOf = ({ digits, isSigned, scale }: Picture) => ({ digits, scale, isSigned })

const zonedOf = (one: Case, picture: Picture): ZonedStorage => {
  const { item, sign } = one
  // Who writes so means a character for the sign; a group's SIGN means its signed items only.
  const isMeant = !picture.isSigned && item.sign?.isSeparate === true
  if (isMeant) tell(one, "CPY-2015", `${item.name} has PICTURE ${picture.text} and a separate SIGN`)
  const isSigned = picture.isSigned || isMeant
  return {
    kind: "zoned",
    ...decimalOf(picture),
    isSigned,
    signPosition: isSigned && sign?.position === "leading" ? "leading" : "trailing",
    isSignSeparate: isSigned && sign?.isSeparate === true,
  }
}

const inDisplay = (one: Case, picture: Picture): ItemStorage | undefined => {
  switch (picture.category) {
    case "alphabetic":
    case "alphanumeric":
      return withoutAlignment(
        { kind: "text", isAlphabetic: picture.category === "alphabetic" },
        picture.size,
      )
    case "numeric": {
      if (!holds(one, picture)) return undefined
      const storage = zonedOf(one, picture)
      return withoutAlignment(storage, picture.digits + (storage.isSignSeparate ? 1 : 0))
    }
    case "numeric-edited":
    case "external-float":
      return withoutAlignment({ kind: "edited", picture, isNumeric: true }, picture.size)
    case "alphanumeric-edited":
      return withoutAlignment({ kind: "edited", picture, isNumeric: false }, picture.size)
    case "national":
    case "national-edited":
    case "dbcs":
      return misfit(one, picture)
  }
}

const inNational = (one: Case, picture: Picture): ItemStorage | undefined => {
  switch (picture.category) {
    case "national":
    case "national-edited":
    case "numeric-edited":
    case "external-float":
      return withoutAlignment({ kind: "national" }, 2 * picture.size)
    case "numeric": {
      if (!holds(one, picture)) return undefined
      const decimal = zonedOf(one, picture)
      if (decimal.isSigned && !decimal.isSignSeparate) {
        return tell(one, "CPY-2009", `${one.item.name} has PICTURE ${picture.text}`)
      }
      const characters = picture.digits + (decimal.isSignSeparate ? 1 : 0)
      return withoutAlignment({ kind: "national", decimal }, 2 * characters)
    }
    case "alphabetic":
    case "alphanumeric":
    case "alphanumeric-edited":
    case "dbcs":
      return misfit(one, picture)
  }
}

const inDoubleBytes = (one: Case, picture: Picture): ItemStorage | undefined =>
  picture.category === "dbcs" || picture.category === "national"
    ? withoutAlignment({ kind: "dbcs" }, 2 * picture.size)
    : misfit(one, picture)

type BinaryUsage = "binary" | "native" | "little" | "hex"

const endianOf = (usage: BinaryUsage, rules: DialectRules): "big" | "little" => {
  if (usage === "little") return "little"
  return usage === "native" ? rules.nativeEndian : rules.binaryEndian
}

const alignmentOf = (rules: DialectRules, digits: number, bytes: number): number => {
  if (rules.alignment === "none") return 1
  if (rules.alignment === "word") return digits <= 4 ? 2 : 4
  return [2, 4, 8, 16].includes(bytes) ? bytes : 1
}

/** `PIC X(n)` with COMP and its like. */
const ofCharacters = (one: Case, usage: BinaryUsage, picture: Picture): ItemStorage | undefined => {
  const bytes = picture.size
  if (usage === "hex" || (usage === "native" && one.rules.hasCharacterBinaries)) {
    if (bytes > characterBinaryBytesMax) return misfit(one, picture)
    const digits = String(256n ** BigInt(bytes) - 1n).length
    return withoutAlignment(
      {
        kind: "binary",
        digits,
        scale: 0,
        isSigned: false,
        bytes,
        endian: endianOf(usage, one.rules),
        isFullRange: true,
      },
      bytes,
    )
  }
  tell(
    one,
    "CPY-2014",
    `${one.item.name} has PICTURE ${picture.text} and USAGE ${words[one.usage]}`,
  )
  return withoutAlignment({ kind: "opaque" }, bytes)
}

const inBinary = (one: Case, usage: BinaryUsage, picture: Picture): ItemStorage | undefined => {
  if (picture.category === "alphanumeric") return ofCharacters(one, usage, picture)
  if (picture.category !== "numeric") return misfit(one, picture)
  if (!holds(one, picture)) return undefined
  const { item, rules } = one
  if (picture.digits > 18) {
    tell(one, "CPY-2007", `${item.name} has PICTURE ${picture.text} and USAGE ${words[usage]}`)
  }
  const sizes = usage === "hex" ? "1-8" : rules.binarySizes
  const bytes = binaryBytes(sizes, picture.digits, picture.isSigned)
  return {
    storage: {
      kind: "binary",
      ...decimalOf(picture),
      bytes,
      endian: endianOf(usage, rules),
      isFullRange: usage === "native" || usage === "hex" || rules.isBinaryFullRange,
    },
    bytes,
    alignment: alignmentOf(rules, picture.digits, bytes),
  }
}

const inPacked = (
  one: Case,
  usage: "packed" | "packed-unsigned",
  picture: Picture,
): ItemStorage | undefined => {
  if (picture.category === "alphanumeric" && usage === "packed-unsigned") {
    const digits = 2 * picture.size
    if (!holds(one, { ...picture, digits })) return undefined
    return withoutAlignment(
      { kind: "packed", digits, scale: 0, isSigned: false, hasSignNibble: false },
      picture.size,
    )
  }
  if (picture.category !== "numeric") return misfit(one, picture)
  if (!holds(one, picture)) return undefined
  const { digits, isSigned } = picture
  if (usage === "packed") {
    return withoutAlignment(
      { kind: "packed", ...decimalOf(picture), hasSignNibble: true },
      Math.floor(digits / 2) + 1,
    )
  }
  if (isSigned) return misfit(one, picture)
  return withoutAlignment(
    { kind: "packed", ...decimalOf(picture), hasSignNibble: false },
    Math.ceil(digits / 2),
  )
}

/** Usages with a size of their own. */
const withoutPicture = (usage: Usage, rules: DialectRules): ItemStorage | undefined => {
  const aligned = (storage: Storage, bytes: number, alignment = bytes): ItemStorage => ({
    storage,
    bytes,
    alignment: rules.alignment === "none" ? 1 : alignment,
  })
  const opaque = (bytes: number): ItemStorage => aligned({ kind: "opaque" }, bytes)
  switch (usage) {
    case "float":
      return aligned({ kind: "float", bytes: 4 }, 4)
    case "double":
      return aligned({ kind: "float", bytes: 8 }, 8)
    case "pointer":
      return opaque(rules.pointerBytes)
    case "pointer-32":
      return opaque(4)
    case "procedure-pointer":
      // A pair of fullwords in 31-bit programs.
      return aligned({ kind: "opaque" }, rules.procedurePointerBytes, rules.pointerBytes)
    case "function-pointer":
      return opaque(rules.functionPointerBytes)
    case "index":
      return opaque(rules.indexBytes)
    case "object-reference":
      return opaque(rules.objectReferenceBytes)
    case "display":
    case "display-1":
    case "national":
    case "binary":
    case "native":
    case "packed":
    case "packed-unsigned":
    case "little":
    case "hex":
      return undefined
  }
}

const withPicture = (one: Case, picture: Picture): ItemStorage | undefined => {
  switch (one.usage) {
    case "display-1":
      return inDoubleBytes(one, picture)
    case "national":
      return inNational(one, picture)
    case "binary":
    case "native":
    case "little":
    case "hex":
      return inBinary(one, one.usage, picture)
    case "packed":
    case "packed-unsigned":
      return inPacked(one, one.usage, picture)
    default:
      return inDisplay(one, picture)
  }
}

/** What the picture says where no usage is written. */
const usageOf = (item: Item, inherited: Usage | undefined, rules: DialectRules): Usage => {
  if (item.usage !== undefined) return item.usage
  const category = item.picture?.category
  // A group's DISPLAY says nothing about items of two bytes a character.
  const isDisplay = inherited === undefined || inherited === "display"
  if (isDisplay && category === "dbcs") return "display-1"
  if (isDisplay && (category === "national" || category === "national-edited")) {
    return category === "national" && rules.nationalSymbol === "dbcs" ? "display-1" : "national"
  }
  return inherited ?? "display"
}

const arithmetic: ReadonlySet<Usage> = new Set<Usage>([
  "binary",
  "little",
  "native",
  "packed",
  "packed-unsigned",
])

/** Whether a group's usage is one of numbers, and the item, which says nothing, is none. */
const isStranger = ({ item, rules, usage }: Case): boolean =>
  item.usage === undefined &&
  item.picture !== undefined &&
  item.picture.category !== "numeric" &&
  arithmetic.has(usage) &&
  !(usage === "native" && rules.hasCharacterBinaries && item.picture.category === "alphanumeric")

/** An item's usage beside its group's. */
const checkGroup = (one: Case, inherited: Usage): void => {
  const { item, rules, usage } = one
  if (item.usage === undefined || usage === inherited) return
  // GnuCOBOL and Micro Focus take the item's.
  const isRefused = inherited !== "display" && rules.dialect === "ibm"
  tell(
    one,
    isRefused ? "CPY-2017" : "CPY-2005",
    `${item.name} has USAGE ${words[usage]} in a group with USAGE ${words[inherited]}`,
  )
}

const checkClauses = (one: Case, { storage }: ItemStorage): void => {
  const { item, usage } = one
  const decimal =
    storage.kind === "zoned" ? storage : storage.kind === "national" ? storage.decimal : undefined
  if (item.sign !== undefined && decimal?.isSigned !== true) {
    tell(one, "CPY-2008", `${item.name} has SIGN, and it is no signed number in characters`)
  }
  const isText =
    storage.kind === "text" ||
    storage.kind === "dbcs" ||
    (storage.kind === "national" && item.picture?.category === "national")
  if (item.isJustified && !isText) {
    tell(one, "CPY-2010", `${item.name} has JUSTIFIED, and it is no text`)
  }
  const canBeBlank = decimal?.isSigned === false || item.picture?.category === "numeric-edited"
  if (item.isBlankWhenZero && !canBeBlank) {
    tell(one, "CPY-2011", `${item.name} has BLANK WHEN ZERO and USAGE ${words[usage]}`)
  }
}

/**
 * How an elementary item is stored; nothing when it can't be, which is reported then.
 *
 * @category constructors
 * @since 0.1.0
 */
export const itemStorage = (
  item: Item,
  inherited: Inherited,
  rules: DialectRules,
  report: (diagnostic: Diagnostic) => void,
): ItemStorage | undefined => {
  const usage = usageOf(item, inherited.usage, rules)
  const one: Case = { item, usage, sign: item.sign ?? inherited.sign, rules, report }
  if (isStranger(one) && item.picture !== undefined) {
    const { category, text } = item.picture
    tell(
      one,
      "CPY-2016",
      `${item.name} has PICTURE ${text}, which is ${category}, in a group with USAGE ${words[usage]}`,
    )
    return itemStorage(item, { ...inherited, usage: "display" }, rules, report)
  }
  if (inherited.usage !== undefined) checkGroup(one, inherited.usage)
  const sized = withoutPicture(usage, rules)
  if (sized !== undefined) {
    if (item.picture !== undefined) {
      tell(one, "CPY-2004", `${item.name} has USAGE ${words[usage]} and a PICTURE`)
    }
    checkClauses(one, sized)
    return sized
  }
  if (item.picture === undefined) {
    return tell(one, "CPY-2001", `${item.name} has no PICTURE, and USAGE ${words[usage]} needs one`)
  }
  const placed = withPicture(one, item.picture)
  if (placed !== undefined) checkClauses(one, placed)
  return placed
}
