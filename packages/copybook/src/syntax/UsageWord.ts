/**
 * The words of USAGE.
 *
 * @since 0.1.0
 */
import type { Usage } from "./Item.ts"

const computational: Readonly<Record<string, Usage>> = {
  "": "binary",
  "-0": "binary",
  "-1": "float",
  "-2": "double",
  "-3": "packed",
  "-3U": "packed-unsigned",
  "-4": "binary",
  "-5": "native",
  "-6": "packed-unsigned",
  "-9": "little",
  "-X": "hex",
}

/**
 * Each word that is a usage by itself.
 *
 * @category constants
 * @since 0.1.0
 */
export const usageWords: ReadonlyMap<string, Usage> = new Map<string, Usage>([
  ...Object.entries(computational).flatMap(([suffix, usage]): ReadonlyArray<[string, Usage]> => [
    [`COMP${suffix}`, usage],
    [`COMPUTATIONAL${suffix}`, usage],
  ]),
  ["BINARY", "binary"],
  ["DISPLAY", "display"],
  ["DISPLAY-1", "display-1"],
  ["FLOAT-LONG", "double"],
  ["FLOAT-SHORT", "float"],
  ["FUNCTION-POINTER", "function-pointer"],
  ["INDEX", "index"],
  ["NATIONAL", "national"],
  ["PACKED-DECIMAL", "packed"],
  ["POINTER", "pointer"],
  ["POINTER-32", "pointer-32"],
  ["PROCEDURE-POINTER", "procedure-pointer"],
])

/**
 * Usages that need no picture, and take none.
 *
 * @category constants
 * @since 0.1.0
 */
export const usagesAlone: ReadonlySet<Usage> = new Set<Usage>([
  "double",
  "float",
  "function-pointer",
  "index",
  "object-reference",
  "pointer",
  "pointer-32",
  "procedure-pointer",
])
