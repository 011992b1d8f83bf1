/**
 * How records are decoded and encoded.
 *
 * @since 0.1.0
 */
import type { BytesForm, FieldOptions } from "../field/FieldOptions.ts"
import type { Policies } from "../field/Policy.ts"
import type { ViewRule } from "./ViewRule.ts"

/**
 * What differs for one field.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldOverride extends Partial<FieldOptions> {
  readonly policies?: Policies
}

/**
 * Where tables that depend on a counter end, and so where what follows them begins.
 *
 * - `maximum`: every table takes the place of its maximum.
 * - `actual`: a table takes the place of its entries, and what follows moves up.
 * - `actual-padded`: as `actual`, in records that are as long as the maximum.
 *
 * @category models
 * @since 0.1.0
 */
export type PhysicalSize = "maximum" | "actual" | "actual-padded"

/**
 * Which views of redefined bytes are decoded.
 *
 * - `fitting`: all; a view whose bytes don't fit is no error while another one fits, and its
 *   faulty fields are `null`.
 * - `first`: the first one that fits, and no other.
 * - `all`: all, and each must fit.
 *
 * @category models
 * @since 0.1.0
 */
export type Redefines = "fitting" | "first" | "all"

/**
 * @category models
 * @since 0.1.0
 */
export interface CodecOptions extends FieldOptions {
  /** By path. */
  readonly fields?: Readonly<Record<string, FieldOverride>>
  /** What becomes of fields with faults. Default: `error` for every class. */
  readonly policies?: Policies
  /** Default: `actual` in the dialect `ibm`, else `maximum`. */
  readonly physicalSize?: PhysicalSize
  /** What texts of a counter stand for, by the path of the table. */
  readonly counterValues?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Whether a counter may be below the table's minimum, down to zero. Default `false`. */
  readonly allowsFewer?: boolean
  /** Default `fitting`. */
  readonly redefines?: Redefines
  /** When a view holds. Views without a rule always do. */
  readonly viewRules?: ReadonlyArray<ViewRule>
  /** Paths of the views that hold: other views of the same bytes are left out. */
  readonly views?: ReadonlyArray<string>
  /** Paths of what is decoded: fields, or groups with all in them. Default: everything. */
  readonly select?: ReadonlyArray<string>
  /** Whether groups are objects, or their fields belong to what is around them. Default `nested`. */
  readonly groups?: "nested" | "flat"
  /** Whether elementary fields called FILLER are decoded. Default `false`. */
  readonly hasFillers?: boolean
  /** What becomes of groups called FILLER: an object, as one with a name; their fields alone; nothing. Default `keep`. */
  readonly fillerGroups?: "keep" | "dissolve" | "drop"
  /** Names as they are written, or with `_` for `-`. Default `written`. */
  readonly names?: "written" | "underscore"
  /** Whether records shorter than their fields are read as if blanks followed. Default `false`. */
  readonly padsShort?: boolean
  /**
   * Whether records that never vary are decoded by code made for them, which takes about a third
   * of the time. It needs `new Function`, which a content security policy may forbid. Default `false`.
   */
  readonly generatesCode?: boolean
  /** Whether each field has its bytes beside it, under its name and `_raw`. Default: it has not. */
  readonly rawFields?: BytesForm
  /** Whether what encoding needs to give the same bytes again is kept. Default `false`. */
  readonly metadata?: boolean
  /** What stands for a value that is missing or `null`: an error, or the VALUE clause, else blanks or zeros. Default `error`. */
  readonly missing?: "error" | "initial"
  /** Whether a field with level 88 names takes only values that one of them names, on encoding. Default `false`. */
  readonly checksConditions?: boolean
  /** Whether an encoded record ends where the view at its end does, shorter than the longest. Default `false`. */
  readonly cutsLastView?: boolean
  /** What becomes of names that the record does not have, on encoding. Default `error`. */
  readonly unknown?: "error" | "ignore"
}
