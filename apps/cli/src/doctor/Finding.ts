/** One thing that the doctor has looked at. */

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string
  /** `problem`: proof or events are at risk. `warning`: fit for development, not for production. */
  readonly level: "ok" | "warning" | "problem"
  readonly detail: string
  /** What to do. */
  readonly advice?: string
}

export const ok = (check: string, detail: string): Finding => ({ check, level: "ok", detail })

export const warning = (check: string, detail: string, advice: string): Finding => ({
  check,
  level: "warning",
  detail,
  advice,
})

export const problem = (check: string, detail: string, advice: string): Finding => ({
  check,
  level: "problem",
  detail,
  advice,
})
