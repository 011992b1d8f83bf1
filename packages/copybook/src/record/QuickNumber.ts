/**
 * Numbers of fields that are read without their codec.
 *
 * @since 0.1.0
 */
import * as Binary from "../field/Binary.ts"
import * as Packed from "../field/Packed.ts"
import * as Zoned from "../field/Zoned.ts"
import type { Step } from "./Step.ts"

/**
 * A number without a call to its codec; not a number where anything is wrong.
 *
 * @category decoding
 * @since 0.1.0
 */
export const quick = (step: Step, bytes: Uint8Array, offset: number): number => {
  const end = offset + step.length
  const value =
    step.kind === "zoned"
      ? Zoned.toInteger(bytes, offset, end, step.zone, step.table256)
      : step.kind === "packed"
        ? Packed.toInteger(bytes, offset, end, step.signs, step.limit)
        : Binary.toInteger(bytes, offset, step.length, step.isBig, step.isSigned)
  return step.divisor === 1 ? value : value / step.divisor
}
