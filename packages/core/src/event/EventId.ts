/**
 * Event ids: UUIDv7, increasing within a process.
 *
 * A random start for each millisecond plus a counter keeps ids of one process in order
 * even when the clock stands still or steps back (RFC 9562, section 6.2, method 1).
 *
 * @since 0.1.0
 */
import { randomFillSync } from "node:crypto"

const counterMax = 2 ** 26 - 1
const idLength = 36
const tailBytes = 6
const counterBytes = 4
const poolBytes = 12_288

const digits = Buffer.from("0123456789abcdef", "latin1")
// Two hexadecimal digits for each byte, as character codes.
const hexCodes = new Uint16Array(256).map(
  (_, byte) => ((digits[byte >>> 4] ?? 0) << 8) | (digits[byte & 15] ?? 0),
)

/**
 * Makes UUIDv7 ids.
 *
 * The characters are put into a buffer and read from it as one string: a string that was joined
 * from pieces makes `JSON.stringify` of the whole event take twice as long.
 *
 * @category models
 * @since 0.1.0
 */
export class EventIdGenerator {
  private readonly text = Buffer.from("00000000-0000-7000-8000-000000000000", "latin1")
  private readonly pool = Buffer.alloc(poolBytes)
  private used = poolBytes
  private millis = -1
  private counter = 0
  private readonly fill: (target: Uint8Array) => void

  /** @param fill where random bytes come from; by default the system */
  constructor(fill: (target: Uint8Array) => void = randomFillSync) {
    this.fill = fill
  }

  /**
   * The next id.
   *
   * @param nowMillis milliseconds since 1970, a whole number below 2^48
   */
  next(nowMillis: number): string {
    if (nowMillis > this.millis) {
      this.start(nowMillis)
    } else if (this.counter === counterMax) {
      // The spec allows running ahead of the clock rather than repeating an id.
      this.start(this.millis + 1)
    } else {
      this.counter += 1
    }
    const { counter, text } = this
    text[15] = digits[(counter >>> 22) & 15] ?? 0
    this.put(16, (counter >>> 14) & 0xff)
    // The variant's two bits, then the counter's lowest fourteen.
    this.put(19, 0x80 | ((counter >>> 8) & 0x3f))
    this.put(21, counter & 0xff)
    const from = this.random(tailBytes)
    for (let index = 0; index < tailBytes; index++) {
      this.put(24 + 2 * index, this.pool[from + index] ?? 0)
    }
    return text.toString("latin1", 0, idLength)
  }

  private put(at: number, byte: number): void {
    const codes = hexCodes[byte] ?? 0
    this.text[at] = codes >>> 8
    this.text[at + 1] = codes & 0xff
  }

  /** Takes random bytes from the pool, and says where. A call for each few would cost 60 µs. */
  private random(bytes: number): number {
    if (this.used + bytes > this.pool.length) {
      this.fill(this.pool)
      this.used = 0
    }
    const from = this.used
    this.used += bytes
    return from
  }

  private start(millis: number): void {
    this.millis = millis
    const high = Math.floor(millis / 2 ** 32)
    this.put(0, (high >>> 8) & 0xff)
    this.put(2, high & 0xff)
    this.put(4, (millis / 2 ** 24) & 0xff)
    this.put(6, (millis >>> 16) & 0xff)
    this.put(9, (millis >>> 8) & 0xff)
    this.put(11, millis & 0xff)
    // The top bit stays free, so that a millisecond has room for 33 million ids.
    const from = this.random(counterBytes)
    this.counter = this.pool.readUInt32LE(from) >>> 7
  }
}

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Tells whether a text is a UUIDv7 in lower case.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isEventId = (text: string): boolean => pattern.test(text)
