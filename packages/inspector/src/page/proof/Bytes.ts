/** Bytes and their texts, strictly: what could be written in two ways is refused. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const valueOf = new Int8Array(128).fill(-1)
for (let value = 0; value < 64; value += 1) valueOf[alphabet.charCodeAt(value)] = value

const sextet = (text: string, at: number): number => valueOf[text.charCodeAt(at)] ?? -1

/** Canonical base64 with padding (RFC 4648, section 4); `undefined`: it is not that. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0
  const letters = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const whole = padding === 0 ? letters : letters - (letters % 4)
  let at = 0
  let wrong = 0
  for (let index = 0; index < whole; index += 4, at += 3) {
    const first = sextet(text, index)
    const second = sextet(text, index + 1)
    const third = sextet(text, index + 2)
    const fourth = sextet(text, index + 3)
    // What is no letter is below zero, and stays so.
    wrong |= first | second | third | fourth
    bytes[at] = (first << 2) | (second >> 4)
    bytes[at + 1] = (second << 4) | (third >> 2)
    bytes[at + 2] = (third << 6) | fourth
  }
  if (wrong < 0) return undefined
  if (padding === 0) return bytes
  const first = sextet(text, whole)
  const second = sextet(text, whole + 1)
  const third = padding === 1 ? sextet(text, whole + 2) : 0
  if ((first | second | third) < 0) return undefined
  bytes[at] = (first << 2) | (second >> 4)
  if (padding === 1) bytes[at + 1] = (second << 4) | (third >> 2)
  // Bits that stand for nothing must be zero.
  return (padding === 1 ? third & 3 : second & 15) === 0 ? bytes : undefined
}

export const toBase64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    const held = (first << 16) | ((second ?? 0) << 8) | (third ?? 0)
    text += alphabet.charAt(held >> 18) + alphabet.charAt((held >> 12) & 63)
    text += second === undefined ? "=" : alphabet.charAt((held >> 6) & 63)
    text += third === undefined ? "=" : alphabet.charAt(held & 63)
  }
  return text
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

export const isSame = (left: Uint8Array, right: Uint8Array): boolean => {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false
  return true
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** `undefined`: the bytes are no UTF-8. */
export const toText = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

export const fromText = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)
