/**
 * Finds records whose length follows from their fields.
 *
 * @since 0.1.0
 */
import type { Scan } from "./Found.ts"
import type { LengthReader } from "./Framing.ts"
import { type FramingCode, hex } from "./FramingFault.ts"

/**
 * How a record's length is found, and what to say where it is not.
 *
 * @category models
 * @since 0.1.0
 */
export interface LengthRule {
  readonly read: LengthReader
  readonly explain: (bytes: Uint8Array, start: number, available: number) => LengthTrouble
}

/**
 * @category models
 * @since 0.1.0
 */
export interface LengthTrouble {
  readonly code: FramingCode
  readonly detail: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface LengthScanOptions {
  readonly prefixBytes: number
  readonly suffixBytes: number
  readonly recordBytesMax: number
}

const shownBytes = 16

/**
 * The lengths are those of the records alone; prefix and suffix come on top.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lengthScan = (rule: LengthRule, options: LengthScanOptions): Scan => {
  const { prefixBytes, recordBytesMax, suffixBytes } = options
  const around = prefixBytes + suffixBytes
  const run: Scan["run"] = (bytes, from, end, _isLast, found) => {
    let at = from
    while (found.count < found.capacity && at + prefixBytes < end) {
      const start = at + prefixBytes
      const length = rule.read(bytes, start, end - start)
      if (length === -1) {
        if (end - at <= recordBytesMax) {
          found.partialStart = at
          return at
        }
        found.fatal("CPY-3005", at, 0, `more than ${recordBytesMax} bytes`)
        return at
      }
      if (!(length > 0 && length <= recordBytesMax)) {
        const shown = hex(bytes.subarray(start, Math.min(start + shownBytes, end)))
        const { code, detail } =
          length > recordBytesMax
            ? { code: "CPY-3005" as const, detail: `${length} bytes` }
            : rule.explain(bytes, start, end - start)
        found.fatal(code, at, 0, `${detail}; it begins 0x${shown}`)
        return at
      }
      if (start + length + suffixBytes > end) break
      found.add(at, length + around)
      at = start + length + suffixBytes
    }
    if (at < end) found.partialStart = at
    return at
  }
  return { run }
}
