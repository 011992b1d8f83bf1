/**
 * One data description entry, before it has a place among the others.
 *
 * @since 0.1.0
 */
import type { Span } from "../source/Diagnostic.ts"
import type { DiagnosticCode } from "../source/DiagnosticCode.ts"
import type { Condition, Literal, Occurs, QualifiedName, Sign, Usage } from "./Item.ts"
import type { Picture } from "./Picture.ts"
import type { PictureOptions } from "./PictureSymbols.ts"
import type { TokenCursor } from "./TokenCursor.ts"

/**
 * What its clauses say; filled in as they are read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entry {
  readonly level: number
  readonly name: string
  readonly isFiller: boolean
  readonly span: Span
  picture?: { readonly picture: Picture; readonly span: Span }
  usage?: { readonly usage: Usage; readonly span: Span }
  sign?: Sign
  isSynchronized: boolean
  isJustified: boolean
  isBlankWhenZero: boolean
  isExternal: boolean
  isGlobal: boolean
  occurs?: Occurs
  redefines?: string
  /** Of VALUE; one, but for level 88. */
  values: Condition["values"]
  renames?: { readonly from: QualifiedName; readonly through?: QualifiedName }
  /** Something in it was not understood: what is missing may be that. */
  isBroken: boolean
}

/**
 * What clauses are read with.
 *
 * @category models
 * @since 0.1.0
 */
export interface EntryContext {
  readonly cursor: TokenCursor
  readonly pictures: PictureOptions
  /** Values of level 78, by names in upper case. */
  readonly constants: Map<string, Literal>
  /** Whether there are as many findings as are told, so that reading on is in vain. */
  readonly isFull: () => boolean
  /** Adds a finding: at the cursor, if no place is given. */
  readonly report: (code: DiagnosticCode, message: string, span?: Span, hint?: string) => void
}
