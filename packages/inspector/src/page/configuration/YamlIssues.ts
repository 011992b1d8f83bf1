/**
 * What the engine would say to a text of configuration, on the places of the text. It is judged by
 * the engine's own reader and schema.
 */
import type { AuditConfig } from "@countersign/core/config/AuditConfig"
import { fromYaml } from "@countersign/core/config/ConfigFile"
import { fromInput } from "@countersign/core/config/ConfigInput"
import { settle } from "@countersign/core/config/Configuration"
import type { ConfigProblem } from "@countersign/core/config/InvalidConfig"
import * as Result from "effect/Result"

export interface YamlIssue {
  /** Units: UTF-16 code units from the text's beginning. */
  readonly from: number
  readonly to: number
  readonly line: number
  readonly path: string
  readonly message: string
}

export interface Judged {
  readonly issues: ReadonlyArray<YamlIssue>
  /** What would hold; `undefined` where there are issues. */
  readonly config: AuditConfig | undefined
}

/** Where each line begins. */
const startsOf = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return starts
}

/** From a place to the end of the value that stands there, and a character at least. */
const endOf = (text: string, from: number): number => {
  const end = text.indexOf("\n", from)
  const rest = text.slice(from, end < 0 ? text.length : end)
  const value = rest.replace(/(?:^|\s)#.*$/, "").trimEnd()
  return Math.min(text.length, from + Math.max(1, value.length))
}

const escapedForPattern = (text: string): string => text.replaceAll(/[^\w]/g, String.raw`\$&`)

/** The line of a field or its section; what a profile says is on no line of its own. */
const nearestLine = (text: string, path: string): number => {
  const lines = text.split("\n")
  const [section = "", field] = path.split(".")
  const head = lines.findIndex((line) =>
    new RegExp(`^${escapedForPattern(section)}\\s*:`).test(line),
  )
  if (head < 0 || field === undefined) return Math.max(0, head)
  const inside = lines.findIndex(
    (line, at) => at > head && new RegExp(`^\\s+${escapedForPattern(field)}\\s*:`).test(line),
  )
  return inside < 0 ? head : inside
}

const messageOf = ({ actual, expected, hint, path }: ConfigProblem): string =>
  `${path === "" ? "" : `${path} `}${actual}; expected ${expected}${hint === undefined ? "" : `; ${hint}`}`

const issueOf = (
  text: string,
  starts: ReadonlyArray<number>,
  problem: ConfigProblem,
): YamlIssue => {
  const { column = 1, path } = problem
  const at = problem.line === undefined ? nearestLine(text, path) : problem.line - 1
  const line = Math.min(Math.max(0, at), starts.length - 1)
  const indent = /^\s*/.exec(text.slice(starts[line]))?.[0].length ?? 0
  const offset = problem.line === undefined ? Math.min(indent, text.length) : column - 1
  const from = Math.min(text.length, (starts[line] ?? 0) + offset)
  return { from, to: endOf(text, from), line: line + 1, path, message: messageOf(problem) }
}

/**
 * @param directory of the trail, which the program may say in the file's place
 */
export const judgeYaml = (text: string, directory: string): Judged => {
  const settled = settle([fromYaml(text, ""), fromInput({ directory })])
  if (Result.isSuccess(settled)) return { issues: [], config: settled.success }
  const starts = startsOf(text)
  const issues = settled.failure.problems.map((problem) => issueOf(text, starts, problem))
  return { issues: issues.toSorted((one, other) => one.from - other.from), config: undefined }
}
