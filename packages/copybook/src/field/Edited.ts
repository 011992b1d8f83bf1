/**
 * Numeric-edited fields: a number shown by a picture (ISO/IEC 1989 and the IBM Enterprise COBOL
 * Language Reference, "PICTURE clause editing").
 *
 * Reading takes digits and sign out of their places, edits them again and compares: what differs
 * is none that the picture can have made.
 *
 * @since 0.1.0
 */
import type { Digits } from "./Digits.ts"
import type { EditedPicture, Place } from "./EditedPicture.ts"
import type { DecodeFaultCode } from "./FaultCode.ts"
import type { ZonedRule } from "./Zoned.ts"

/**
 * An edited field, ready to be read and written.
 *
 * @category models
 * @since 0.1.0
 */
export interface EditedFormat {
  readonly picture: EditedPicture
  readonly isBlankWhenZero: boolean
  /** Whether characters must be what the picture makes, or only hold a number. */
  readonly rule: ZonedRule
}

interface Editing {
  /** The characters so far; undefined where a place is still to be decided. */
  readonly characters: Array<string>
  /** Whether digits in front are still suppressed. */
  isSuppressing: boolean
  /** Whether a place that suppresses has been passed. */
  hasBegun: boolean
}

const signOf = (symbol: string, isNegative: boolean): string =>
  isNegative ? "-" : symbol === "+" ? "+" : " "

const floatCharacter = (format: EditedFormat, isNegative: boolean): string => {
  const { floating = "" } = format.picture
  return floating === "+" || floating === "-"
    ? signOf(floating, isNegative)
    : format.picture.currencySign
}

/** Suppression ends: the floating character goes right before what is shown first. */
const endSuppression = (format: EditedFormat, editing: Editing, isNegative: boolean): void => {
  if (!editing.isSuppressing) return
  editing.isSuppressing = false
  if (format.picture.floating === undefined || !editing.hasBegun) return
  editing.characters[editing.characters.length - 1] = floatCharacter(format, isNegative)
}

const editPlace = (
  format: EditedFormat,
  editing: Editing,
  place: Place,
  digit: number,
  isNegative: boolean,
): string => {
  const { fill } = format.picture
  switch (place.kind) {
    case "digit":
      endSuppression(format, editing, isNegative)
      return String(digit)
    case "suppress":
    case "float":
      if (editing.isSuppressing && digit === 0 && !place.isFraction) {
        editing.hasBegun = true
        return fill
      }
      endSuppression(format, editing, isNegative)
      return String(digit)
    case "anchor":
      editing.hasBegun = true
      return fill
    case "point":
      endSuppression(format, editing, isNegative)
      return place.character
    case "insert":
      if (editing.isSuppressing && editing.hasBegun) return fill
      return place.character === "B" ? " " : place.character
    case "sign":
      return signOf(place.character, isNegative)
    case "currency":
      return format.picture.currencySign
    case "credit":
      return isNegative ? place.character : " "
  }
}

/** Whether a number of digits begins its string before it (`$$,$$9`) only with places that suppress. */
const suppresses = ({ floating, places }: EditedPicture): boolean =>
  floating !== undefined || places.some(({ kind }) => kind === "suppress")

/**
 * Edits digits: as many as the picture holds, in its order.
 *
 * @category encoding
 * @since 0.1.0
 */
export const edit = (format: EditedFormat, digits: Digits): string => {
  const { picture } = format
  const isZero = digits.isZero()
  const size = picture.places.length
  if (isZero && format.isBlankWhenZero) return " ".repeat(size)
  if (isZero && picture.isAllSuppressed && picture.digits > 0) {
    if (picture.fill === " ") return " ".repeat(size)
    return picture.places
      .map(({ character, kind }) => (kind === "point" ? character : "*"))
      .join("")
  }
  const editing: Editing = { characters: [], isSuppressing: suppresses(picture), hasBegun: false }
  let next = 0
  for (const place of picture.places) {
    const holds = place.kind === "digit" || place.kind === "suppress" || place.kind === "float"
    const digit = holds ? (digits.values[next++] ?? 0) : 0
    // Pushed apart, since ending suppression writes to the character before.
    const character = editPlace(format, editing, place, digit, digits.isNegative)
    editing.characters.push(character)
  }
  return editing.characters.join("")
}

/** Digits and sign by their places, whatever else stands there. */
const extract = (format: EditedFormat, digits: Digits, text: string): void => {
  const { places } = format.picture
  for (const [index, place] of places.entries()) {
    const character = text[index] ?? " "
    const isMinus = character === "-"
    if (place.kind === "digit" || place.kind === "suppress" || place.kind === "float") {
      const code = character.charCodeAt(0) - 0x30
      digits.push(code >= 0 && code <= 9 ? code : 0)
    }
    if (place.kind === "sign" && isMinus) digits.isNegative = true
    if (place.kind === "credit" && character === place.character) digits.isNegative = true
    if ((place.kind === "float" || place.kind === "anchor") && isMinus) digits.isNegative = true
    // Insertions inside a floating string may hold its character.
    if (place.kind === "insert" && isMinus && format.picture.floating !== undefined) {
      digits.isNegative = true
    }
  }
}

/** A number however it is laid out: one sign, digits, at most one point. */
const relaxedForm = /^([+-]?)(?:([\d.,/ ]*\d))?( ?(?:[+-]|CR|DB))?$/

/** Signs over a digit, by digit: as EBCDIC shows zones C and D, and ASCII what is translated from them. */
const overpunched = { "+": "{ABCDEFGHI", "-": "}JKLMNOPQR" } as const

/** The sign over the last digit, or the first, put in front. */
const withSignInFront = (text: string): string => {
  for (const at of [text.length - 1, 0]) {
    for (const sign of ["+", "-"] as const) {
      const digit = overpunched[sign].indexOf(text[at] ?? " ")
      if (digit >= 0) return `${sign}${text.slice(0, at)}${digit}${text.slice(at + 1)}`
    }
  }
  return text
}

const extractRelaxed = (format: EditedFormat, digits: Digits, text: string): number | undefined => {
  const bare = text.replaceAll(format.picture.currencySign, " ").replaceAll("*", " ").trim()
  const match =
    relaxedForm.exec(bare.replace(/^([+-]) +/, "$1")) ??
    (format.picture.hasOperationalSign ? relaxedForm.exec(withSignInFront(bare)) : null)
  if (match === null || match[2] === undefined) return undefined
  const isDecimal = format.picture.places.find(({ kind }) => kind === "point")?.character
  let scale = 0
  let isBehind = false
  for (const character of match[2]) {
    if (character === isDecimal) isBehind = true
    const digit = character.charCodeAt(0) - 0x30
    if (digit < 0 || digit > 9) continue
    if (!digits.push(digit)) return undefined
    if (isBehind) scale++
  }
  digits.isNegative = match[1] === "-" || /-|CR|DB/.test(match[3] ?? "")
  return isBehind ? scale : format.picture.scale
}

/**
 * Reads digits and sign out of an edited text.
 *
 * @returns the scale of the digits, or what is wrong
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  format: EditedFormat,
  digits: Digits,
  text: string,
): DecodeFaultCode | number => {
  digits.clear()
  extract(format, digits, text)
  if (edit(format, digits) === text) return format.picture.scale
  if (text.trim() === "") return "CPY-4001"
  if (/^\0+$/.test(text)) return "CPY-4002"
  if (format.rule === "strict") return "CPY-4010"
  digits.clear()
  const scale = extractRelaxed(format, digits, text)
  if (scale === undefined) return "CPY-4010"
  const whole = digits.significant() - scale
  return whole > format.picture.digits - format.picture.scale ? "CPY-4006" : scale
}
