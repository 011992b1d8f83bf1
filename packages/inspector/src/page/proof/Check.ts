/** What was checked in the page, and what it found. */

export interface Check {
  readonly name: string
  readonly result: "passed" | "failed" | "unchecked"
  /** What was found, in a sentence. */
  readonly detail: string
}

export const passed = (name: string, detail: string): Check => ({ name, result: "passed", detail })
export const failed = (name: string, detail: string): Check => ({ name, result: "failed", detail })
export const unchecked = (name: string, detail: string): Check => ({
  name,
  result: "unchecked",
  detail,
})

export const firstFailure = (checks: ReadonlyArray<Check>): Check | undefined =>
  checks.find(({ result }) => result === "failed")
