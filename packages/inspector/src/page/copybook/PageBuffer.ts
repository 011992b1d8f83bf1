/**
 * As much of Node's `Buffer` as the codec uses, where there is none: its fast paths are written
 * with it, and a browser has to give the same texts.
 */
type Form = "hex" | "base64" | "latin1" | "utf16le" | "utf8" | undefined

const wide = new TextDecoder("utf-16le", { ignoreBOM: true })
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()
/** Arguments of one call; more of them may be too many. */
const unitsMax = 4096

const latin = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += unitsMax)
    text += String.fromCharCode(...bytes.subarray(at, at + unitsMax))
  return text
}

const hex = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0")
  return text
}

const fromHex = (text: string): Uint8Array => {
  const digits = /^(?:[\da-f]{2})*/i.exec(text)?.[0] ?? ""
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  )
}

const fromText = (text: string, form: Form): Uint8Array => {
  if (form === "hex") return fromHex(text)
  if (form === "base64") return Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
  return encoder.encode(text)
}

export class PageBuffer extends Uint8Array {
  static alloc(size: number): PageBuffer {
    return new PageBuffer(size)
  }

  static override from(source: unknown, form?: unknown, length?: unknown): PageBuffer {
    if (typeof source === "string") {
      // The form is one of those that the codec names.
      return new PageBuffer(fromText(source, form as Form))
    }
    if (source instanceof ArrayBuffer) {
      const offset = typeof form === "number" ? form : 0
      const size = typeof length === "number" ? length : source.byteLength - offset
      return new PageBuffer(source, offset, size)
    }
    // Whatever else it is called with is an array of bytes.
    return new PageBuffer(source as ArrayLike<number>)
  }

  static compare(one: Uint8Array, other: Uint8Array): number {
    const length = Math.min(one.length, other.length)
    for (let at = 0; at < length; at += 1) {
      const difference = (one[at] ?? 0) - (other[at] ?? 0)
      if (difference !== 0) return Math.sign(difference)
    }
    return Math.sign(one.length - other.length)
  }

  override toString(form?: Form, start = 0, end = this.length): string {
    const part = new Uint8Array(this.buffer, this.byteOffset, this.length).subarray(start, end)
    if (form === "hex") return hex(part)
    if (form === "base64") return btoa(latin(part))
    if (form === "latin1") return latin(part)
    return (form === "utf16le" ? wide : utf8).decode(part)
  }

  write(text: string, at: number): number {
    return encoder.encodeInto(text, new Uint8Array(this.buffer, this.byteOffset + at)).written
  }

  swap16(): this {
    for (let at = 0; at + 1 < this.length; at += 2)
      [this[at], this[at + 1]] = [this[at + 1] ?? 0, this[at] ?? 0]
    return this
  }
}

/** Before the codec's modules are loaded. */
export const installBuffer = (): void => {
  if (!("Buffer" in globalThis)) Object.assign(globalThis, { Buffer: PageBuffer })
}
