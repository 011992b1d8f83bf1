/**
 * What every codec of a field offers.
 *
 * @since 0.1.0
 */
import type { Decimal } from "./Decimal.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"
import type * as Packed from "./Packed.ts"
import type * as Zoned from "./Zoned.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FieldValue = number | string | Decimal | Uint8Array

/**
 * @category models
 * @since 0.1.0
 */
export interface FieldCodec {
  /** The value at an offset; undefined where something is wrong, which `fault` then names. */
  readonly decode: (bytes: Uint8Array, offset: number) => FieldValue | undefined
  /** What was wrong at the last decode that gave undefined. */
  readonly fault: () => DecodeFaultCode
  /** Writes a value over the field's bytes; they are undefined where a fault comes back. */
  readonly encode: (
    value: unknown,
    bytes: Uint8Array,
    offset: number,
  ) => EncodeFaultCode | undefined
  /** Zero, or an empty text. */
  readonly zero: FieldValue
  /** Whether values are numbers: then a VALUE or a default is one. */
  readonly isNumeric: boolean
  /** Packed and zoned numbers that a double holds: how the record decoder reads them without a call. */
  readonly zoned?: Zoned.ZonedFormat
  readonly packed?: Packed.PackedFormat
  /** Text of one byte a character, all of which exist. */
  readonly isPlainText: boolean
  /** What is read at most, where the bytes hold fewer: a cut text. */
  readonly decodeCut?: (bytes: Uint8Array, offset: number, length: number) => FieldValue | undefined
}
