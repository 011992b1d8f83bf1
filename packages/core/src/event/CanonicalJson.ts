/**
 * Canonical JSON text: the bytes that are hashed.
 *
 * RFC 8785 (JSON Canonicalization Scheme) over I-JSON (RFC 7493). What JSON can't carry
 * without loss (integers beyond 2^53, NaN, lone surrogates, functions) is refused with its
 * path, never converted.
 *
 * @since 0.1.0
 */
import { Refusal } from "./InvalidEvent.ts"

/**
 * Bounds of one value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  /** Levels of nesting. */
  readonly depthMax: number
  /** Keys of all objects together. */
  readonly keysMax: number
  /** Length of one key. Units: UTF-16 code units. */
  readonly keyLengthMax: number
}

/**
 * No bounds beyond what keeps the stack safe, for values that were bounded before.
 *
 * @category constants
 * @since 0.1.0
 */
export const looseLimits: Limits = { depthMax: 512, keysMax: 1e9, keyLengthMax: 1e9 }

// Everything but printable ASCII without the quote and the backslash.
const unsafe = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

const quotedKeysMax = 4096
const quotedKeys = new Map<string, string>()

/**
 * Writes one value as canonical JSON text. The keys of all its objects count together.
 *
 * @category models
 * @since 0.1.0
 */
export class CanonicalWriter {
  private keys = 0
  private readonly limits: Limits

  constructor(limits: Limits) {
    this.limits = limits
  }

  /** A string in quotes. Throws `Refusal` on a lone surrogate. */
  string(text: string): string {
    // The test is cheaper than JSON.stringify by half, and nearly every string passes it.
    return unsafe.test(text) ? this.escaped(text) : `"${text}"`
  }

  private escaped(text: string): string {
    if (!text.isWellFormed()) {
      throw new Refusal("holds half of a surrogate pair", "well-formed Unicode text (RFC 7493)")
    }
    return JSON.stringify(text)
  }

  /** A number as ECMAScript prints it. Throws `Refusal` where JSON readers would lose digits. */
  number(value: number): string {
    if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      throw Number.isFinite(value)
        ? new Refusal(
            `the integer ${value} is beyond 2^53`,
            "an integer that every JSON reader keeps, or a string",
          )
        : new Refusal(`${value} is not a JSON number`, "a finite number, or a string")
    }
    return `${value}`
  }

  /**
   * Any JSON value.
   *
   * - Bounds: the limits given at construction; `depth` is the level of `value` itself.
   * - Errors: throws `Refusal`.
   */
  value(value: unknown, depth: number): string {
    switch (typeof value) {
      case "string":
        return this.string(value)
      case "number":
        return this.number(value)
      case "boolean":
        return value ? "true" : "false"
      case "object":
        if (value === null) return "null"
        if (depth > this.limits.depthMax) {
          throw new Refusal(
            `nested deeper than ${this.limits.depthMax} levels`,
            `at most ${this.limits.depthMax} levels`,
          )
        }
        return Array.isArray(value) ? this.array(value, depth) : this.object(value, depth)
      case "bigint":
        throw new Refusal("a bigint has no JSON form", "a string, or an integer up to 2^53")
      case "function":
      case "symbol":
      case "undefined":
        throw new Refusal(`${typeof value} has no JSON form`, "a JSON value")
    }
  }

  private array(values: ReadonlyArray<unknown>, depth: number): string {
    let text = "["
    for (let index = 0; index < values.length; index++) {
      try {
        const item = this.value(values[index], depth + 1)
        text += index === 0 ? item : `,${item}`
      } catch (refusal) {
        throw refusal instanceof Refusal ? refusal.within(`[${index}]`) : refusal
      }
    }
    return `${text}]`
  }

  private object(value: object, depth: number): string {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) {
      throw new Refusal(
        `a ${value.constructor?.name ?? "class"} instance has no JSON form`,
        "a plain object, an array, a string, a number, a boolean or null",
      )
    }
    const keys = Object.keys(value)
    for (let index = 1; index < keys.length; index++) {
      // UTF-16 code units, as RFC 8785 section 3.2.3 wants; the language compares so too.
      if ((keys[index - 1] ?? "") > (keys[index] ?? "")) {
        keys.sort((left, right) => (left < right ? -1 : 1))
        break
      }
    }
    this.keys += keys.length
    if (this.keys > this.limits.keysMax) {
      throw new Refusal(
        `more than ${this.limits.keysMax} keys in one event`,
        `at most ${this.limits.keysMax} keys`,
      )
    }
    let text = "{"
    for (const key of keys) {
      // Reading by name from a plain object is what a JSON writer does.
      const member = (value as Readonly<Record<string, unknown>>)[key]
      // An absent key and an undefined one say the same, so nothing is lost by leaving it out.
      if (member === undefined) continue
      try {
        const item = this.key(key) + this.value(member, depth + 1)
        text += text === "{" ? item : `,${item}`
      } catch (refusal) {
        throw refusal instanceof Refusal ? refusal.within(key.slice(0, 64)) : refusal
      }
    }
    return `${text}}`
  }

  private key(key: string): string {
    const known = quotedKeys.get(key)
    if (known !== undefined && key.length <= this.limits.keyLengthMax) return known
    if (key.length > this.limits.keyLengthMax) {
      throw new Refusal(
        `a key of ${key.length} characters`,
        `keys of at most ${this.limits.keyLengthMax} characters`,
      )
    }
    const quoted = `${this.string(key)}:`
    if (!unsafe.test(key) && quotedKeys.size < quotedKeysMax) quotedKeys.set(key, quoted)
    return quoted
  }
}

/**
 * What is left of the bounds while a value is walked through.
 *
 * @category models
 * @since 0.1.0
 */
export interface Allowance {
  keysLeft: number
  /** Characters of texts, and members of lists: what is past it is refused before it is copied. */
  charactersLeft: number
  readonly keyLengthMax: number
}

/**
 * Thrown by {@link inOrder} once a value has used up its characters.
 *
 * @category errors
 * @since 0.1.0
 */
export class TooMuch {
  readonly _tag = "TooMuch"
}

/**
 * What {@link inOrder} returns for a value that it leaves to the canonical writer.
 *
 * @category constants
 * @since 0.1.0
 */
export const unusual: unique symbol = Symbol("unusual")

/**
 * A value of which `JSON.stringify` is canonical: the value itself where it is in order already,
 * else a copy with its keys in order.
 *
 * {@link unusual} for what has no such form (a key like `10` or `__proto__` keeps no place in an
 * object, a date prints itself) and for what is no JSON or too much of it. The canonical writer
 * then writes it, or says what is wrong.
 *
 * Strings are not looked into. Half a surrogate pair shows in the text as an escape.
 *
 * @param depthLeft levels that the value may have
 * @category encoding
 * @since 0.1.0
 */
export const inOrder = (value: unknown, depthLeft: number, allowance: Allowance): unknown => {
  switch (typeof value) {
    case "string":
      allowance.charactersLeft -= value.length
      if (allowance.charactersLeft < 0) throw new TooMuch()
      return value
    case "boolean":
      return value
    case "number":
      return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
        ? value
        : unusual
    case "object":
      if (value === null) return null
      if (depthLeft <= 0) return unusual
      return Array.isArray(value)
        ? listInOrder(value, depthLeft, allowance)
        : objectInOrder(value, depthLeft, allowance)
    default:
      return unusual
  }
}

const listInOrder = (
  values: ReadonlyArray<unknown>,
  depthLeft: number,
  allowance: Allowance,
): unknown => {
  if (Object.getPrototypeOf(values) !== Array.prototype || "toJSON" in values) return unusual
  allowance.charactersLeft -= values.length
  if (allowance.charactersLeft < 0) throw new TooMuch()
  let copy: Array<unknown> | undefined
  for (let index = 0; index < values.length; index++) {
    const ordered = inOrder(values[index], depthLeft - 1, allowance)
    if (ordered === unusual) return unusual
    if (copy === undefined && ordered !== values[index]) copy = values.slice(0, index)
    copy?.push(ordered)
  }
  return copy ?? values
}

const objectInOrder = (value: object, depthLeft: number, allowance: Allowance): unknown => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || "toJSON" in value) return unusual
  const keys = Object.keys(value)
  allowance.keysLeft -= keys.length
  if (allowance.keysLeft < 0) return unusual
  // Reading by name from a plain object is what a JSON writer does.
  const members = value as Readonly<Record<string, unknown>>
  let isSorted = true
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? ""
    if (key.length > allowance.keyLengthMax || hasNoPlace(key)) return unusual
    if (index > 0 && key < (keys[index - 1] ?? "")) isSorted = false
  }
  if (!isSorted) sort(keys)
  let copy: Record<string, unknown> | undefined = isSorted ? undefined : {}
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? ""
    const member = members[key]
    const ordered = member === undefined ? undefined : inOrder(member, depthLeft - 1, allowance)
    if (ordered === unusual) return unusual
    if (copy === undefined && ordered !== member) {
      copy = {}
      for (let before = 0; before < index; before++) {
        const name = keys[before] ?? ""
        copy[name] = members[name]
      }
    }
    if (copy !== undefined) copy[key] = ordered
  }
  return copy ?? value
}

const fewKeys = 24

/** By insertion where they are few: the built-in sort costs more than the rest of such an object. */
const sort = (keys: Array<string>): void => {
  if (keys.length > fewKeys) {
    keys.sort()
    return
  }
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] ?? ""
    let at = index
    for (; at > 0; at--) {
      const before = keys[at - 1] ?? ""
      if (before <= key) break
      keys[at] = before
    }
    keys[at] = key
  }
}

const digitZero = 0x30
const digitNine = 0x39

/** Keys like integers come first in every object, and `__proto__` is not an ordinary member. */
const hasNoPlace = (key: string): boolean => {
  const first = key.charCodeAt(0)
  return (first >= digitZero && first <= digitNine) || key === "__proto__"
}

/**
 * The canonical text of a JSON value.
 *
 * - Errors: throws `Refusal` with the path of what has no JSON form.
 * - Source: RFC 8785.
 *
 * @category encoding
 * @since 0.1.0
 */
export const canonicalizeUnsafe = (value: unknown, limits: Limits = looseLimits): string =>
  new CanonicalWriter(limits).value(value, 1)
