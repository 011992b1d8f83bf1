/**
 * What a PICTURE string says.
 *
 * @since 0.1.0
 */

/**
 * The categories of the COBOL standard that a picture can have.
 *
 * @category models
 * @since 0.1.0
 */
export type PictureCategory =
  | "alphabetic"
  | "alphanumeric"
  | "alphanumeric-edited"
  | "numeric"
  | "numeric-edited"
  | "national"
  | "national-edited"
  | "dbcs"
  /** Such as `+9.9(5)E+99`. */
  | "external-float"

/**
 * One symbol and how often it stands there in a row; `CR` and `DB` are symbols of two characters.
 *
 * @category models
 * @since 0.1.0
 */
export interface PictureSymbol {
  readonly symbol: string
  /** At least 1. */
  readonly count: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Picture {
  /** As written. */
  readonly text: string
  readonly category: PictureCategory
  readonly symbols: ReadonlyArray<PictureSymbol>
  /** Character positions that it takes in DISPLAY, without a separate sign. V, P and S take none. */
  readonly size: number
  /** Digits that are stored: 9, and in edited pictures what can hold a digit. */
  readonly digits: number
  /**
   * Digits behind the decimal point. Negative where P stands for digits before it:
   * `999PP` has digits 3, scale −2; `VPP99` or `PP99` has digits 2, scale 4.
   */
  readonly scale: number
  readonly isSigned: boolean
  /** Present where DECIMAL-POINT IS COMMA: then `,` is the point and `.` is inserted between digits. */
  readonly decimalPoint?: ","
  /** What stands in the data for the currency symbol, where that is not the symbol itself. */
  readonly currencySign?: string
}
