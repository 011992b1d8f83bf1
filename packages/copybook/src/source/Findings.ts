/**
 * The findings about one text, gathered in the order of their making.
 *
 * @since 0.1.0
 */
import type { Diagnostic, Span } from "./Diagnostic.ts"
import { type DiagnosticCode, diagnosticCodes } from "./DiagnosticCode.ts"

/** A text of noise has a finding a word; nobody reads more than these. */
const findingsMax = 1_000

/**
 * @category models
 * @since 0.1.0
 */
export class Findings {
  readonly all: Array<Diagnostic> = []
  #errors = 0

  get errors(): number {
    return this.#errors
  }

  get hasErrors(): boolean {
    return this.#errors > 0
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.all.length > findingsMax
  }

  add(code: DiagnosticCode, span: Span, message: string, hint?: string): void {
    if (this.isFull) return
    if (this.all.length === findingsMax) {
      const { hint, severity, summary } = diagnosticCodes["CPY-1099"]
      this.all.push({ code: "CPY-1099", severity, message: summary, hint, span })
      this.#errors++
      return
    }
    const meaning = diagnosticCodes[code]
    if (meaning.severity === "error") this.#errors++
    this.all.push({ code, severity: meaning.severity, message, hint: hint ?? meaning.hint, span })
  }
}
