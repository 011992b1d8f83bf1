/**
 * A copybook as it was written: the tree of its items, each with its own clauses and nothing
 * inherited or computed yet.
 *
 * @since 0.1.0
 */
import type { Diagnostic, Span } from "../source/Diagnostic.ts"
import type { FormatFinding } from "../source/SourceFormat.ts"
import type { Picture } from "./Picture.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Copybook {
  /** Items that have no parent: levels 01 and 77, or the lowest level of a fragment. */
  readonly items: ReadonlyArray<Item>
  /** What was assumed; errors leave no copybook. */
  readonly warnings: ReadonlyArray<Diagnostic>
  /** Which reference format the text was read in, and why; a parsed copybook has it. */
  readonly format?: FormatFinding
}

/**
 * How an item is stored, by the words of its USAGE clause; synonyms are one.
 *
 * `binary` is COMP, COMP-4 and BINARY; `native` is COMP-5; `packed` is COMP-3 and
 * PACKED-DECIMAL; `packed-unsigned` is COMP-6 (and COMP-3U); `little` is COMP-9; `hex` is COMP-X.
 *
 * @category models
 * @since 0.1.0
 */
export type Usage =
  | "display"
  | "display-1"
  | "national"
  | "binary"
  | "native"
  | "packed"
  | "packed-unsigned"
  | "little"
  | "hex"
  | "float"
  | "double"
  | "pointer"
  | "pointer-32"
  | "procedure-pointer"
  | "function-pointer"
  | "index"
  | "object-reference"

/**
 * @category models
 * @since 0.1.0
 */
export interface Sign {
  readonly position: "leading" | "trailing"
  readonly isSeparate: boolean
}

/**
 * A name with what qualifies it: `A OF B OF C` is `["A", "B", "C"]`, in upper case as written.
 *
 * @category models
 * @since 0.1.0
 */
export type QualifiedName = readonly [name: string, ...qualifiers: ReadonlyArray<string>]

/**
 * @category models
 * @since 0.1.0
 */
export interface Occurs {
  /** Range: 0 to `max`; equal to `max` in a table of fixed size. */
  readonly min: number
  readonly max: number
  readonly dependingOn?: QualifiedName
  readonly span: Span
}

/**
 * The literal of a VALUE clause.
 *
 * @category models
 * @since 0.1.0
 */
export type Literal =
  | { readonly kind: "text"; readonly text: string; readonly isAll: boolean }
  /** As written, such as `-12.50` or `1.5E3`. */
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "hex"; readonly bytes: Uint8Array }
  | {
      readonly kind: "figurative"
      readonly name: "zero" | "space" | "high-value" | "low-value" | "quote" | "null"
    }

/**
 * A level 88: the name of some values of its parent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Condition {
  readonly name: string
  readonly values: ReadonlyArray<{ readonly from: Literal; readonly through?: Literal }>
  readonly span: Span
}

/**
 * A level 66: another name for a run of items.
 *
 * @category models
 * @since 0.1.0
 */
export interface Renames {
  readonly name: string
  readonly from: QualifiedName
  readonly through?: QualifiedName
  readonly span: Span
}

/**
 * One item: a group when it has children, elementary when it has a picture or a usage that needs
 * none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Item {
  /** 1 to 49, or 77. */
  readonly level: number
  /** As written; `FILLER` where it has none. */
  readonly name: string
  readonly isFiller: boolean
  readonly picture?: Picture
  readonly usage?: Usage
  readonly sign?: Sign
  readonly isSynchronized: boolean
  readonly isJustified: boolean
  readonly isBlankWhenZero: boolean
  readonly isExternal: boolean
  readonly isGlobal: boolean
  readonly occurs?: Occurs
  /** The name of the item whose place it takes. */
  readonly redefines?: string
  readonly value?: Literal
  readonly conditions: ReadonlyArray<Condition>
  /** Level 66 entries that follow this record; only on items without a parent. */
  readonly renames: ReadonlyArray<Renames>
  readonly children: ReadonlyArray<Item>
  /** Where its name, or its level where it has none, stands. */
  readonly span: Span
}
