/**
 * What is wrong with a copybook's text, and where: every finding has a code, a place and a hint.
 *
 * @since 0.1.0
 */

/**
 * Where in the text as it was given: counted before anything is replaced or cut.
 *
 * @category models
 * @since 0.1.0
 */
export interface Span {
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units of the line as it was given, with its sequence area. */
  readonly column: number
  /** 0-based, in UTF-16 units from the start of the text. */
  readonly offset: number
  /** In UTF-16 units. */
  readonly length: number
  /** The copied member that the place lies in; absent in the text itself. */
  readonly member?: string
}

/**
 * One finding. An error leaves no copybook; a warning says what was assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Diagnostic {
  /** Stable, such as `CPY-1001`; the table is in `DiagnosticCode`. */
  readonly code: string
  readonly severity: "error" | "warning"
  /** What is wrong, with the words of the text. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
  readonly span: Span
}
