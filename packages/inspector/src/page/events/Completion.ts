/** What could come next in a filter, where somebody types. */
import {
  actorTypes,
  classifications,
  outcomes,
  severities,
} from "@countersign/core/event/AuditEvent"
import { classes } from "@countersign/core/event/EventClass"
import { quoted } from "./EventPath.ts"

export interface Suggestion {
  /** What stands in the list. */
  readonly label: string
  readonly detail: string
  /** What is put in the place of the text from `from` to `to`. */
  readonly text: string
  readonly from: number
  readonly to: number
}

/** What is known of events: fields with values that were seen. */
export type Seen = ReadonlyMap<string, ReadonlyArray<string>>

type Expected = "path" | "operator" | "value" | "joiner"

interface State {
  readonly expected: Expected
  /** Where what is being typed begins. */
  readonly from: number
  readonly typed: string
  /** Of the comparison that is being typed. */
  readonly path: string
}

const token =
  /\s+|[()]|!=|!~|<=|>=|[=~<>]|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s()"'=!~<>]+|./uy
const operatorPattern = /^(?:!=|!~|<=|>=|[=~<>])$/

const afterWord = (expected: Expected, word: string): Expected => {
  if (expected === "joiner") return word === "and" || word === "or" ? "path" : "joiner"
  if (expected === "value") return "joiner"
  return word === "not" && expected === "path" ? "path" : "operator"
}

/** Goes over the text as the grammar does, as far as somebody who types needs it. */
export const stateAt = (text: string, caret: number): State => {
  const before = text.slice(0, caret)
  let expected: Expected = "path"
  let path = ""
  token.lastIndex = 0
  for (let from = 0; from < caret; from = token.lastIndex) {
    const one = token.exec(before)?.[0] ?? ""
    if (/^\s/.test(one)) continue
    if (one === "(") expected = "path"
    else if (one === ")") expected = "joiner"
    else if (operatorPattern.test(one)) expected = "value"
    else if (token.lastIndex === caret) return { expected, from, typed: one, path }
    else {
      if (expected === "path") path = one
      expected = afterWord(expected, one.toLowerCase())
    }
  }
  return { expected, from: caret, typed: "", path }
}

const fields: ReadonlyArray<readonly [path: string, meaning: string]> = [
  ["type", "what happened"],
  ["outcome", outcomes.join(", ")],
  ["actor.id", "who"],
  ["actor.type", actorTypes.join(", ")],
  ["actor.roles", "who, as what"],
  ["target.id", "what it was done to"],
  ["target.type", "of which kind"],
  ["time", "when, such as -7d"],
  ["class", "how it must be kept"],
  ["classification", "how sensitive"],
  ["severity", severities.join(", ")],
  ["action", "a verb"],
  ["reason", "why the outcome"],
  ["tenant", ""],
  ["session", ""],
  ["source.ip", "from where"],
  ["correlation", ""],
  ["trace.traceId", ""],
  ["purpose", ""],
  ["id", "the event's own"],
  ["sampling.policy", "why it was kept"],
  ["sampling.rate", ""],
]

const knownValues: Readonly<Record<string, ReadonlyArray<string>>> = {
  outcome: outcomes,
  severity: severities,
  classification: classifications,
  class: classes,
  "actor.type": actorTypes,
  time: ["-15m", "-1h", "-1d", "-7d", "-4w"],
}

const operators: ReadonlyArray<readonly [string, string]> = [
  ["=", "equals"],
  ["!=", "does not equal"],
  ["~", "matches a pattern with * and ?"],
  ["!~", "does not match"],
  [">=", "at least"],
  ["<=", "at most"],
  [">", "more"],
  ["<", "less"],
]

const joiners: ReadonlyArray<readonly [string, string]> = [
  ["and", "both"],
  ["or", "one of them"],
]

const suggestionsMax = 12
const plainWord = /^[^\s()"'=!~<>]+$/u

const contains = (text: string, typed: string): boolean =>
  text.toLowerCase().includes(typed.toLowerCase())

const beginsFirst =
  (typed: string) =>
  (a: { readonly label: string }, b: { readonly label: string }): number =>
    Number(b.label.startsWith(typed)) - Number(a.label.startsWith(typed))

/** A word alone is no filter: what it may have meant. */
const searches = (word: string): ReadonlyArray<readonly [string, string]> =>
  word.length < 2 || !plainWord.test(word)
    ? []
    : ["type", "actor.id", "target.id"].map((path) => [`${path}~*${word}*`, "contains it"] as const)

const offered = (state: State, seen: Seen): ReadonlyArray<readonly [string, string]> => {
  const { expected, path, typed } = state
  switch (expected) {
    case "path": {
      const others = [...seen.keys()].filter((one) => !fields.some(([known]) => known === one))
      const all = [...fields, ...others.map((one) => [one, "seen"] as const)]
      const matching = all.filter(([one]) => contains(one, typed) && one !== typed)
      return matching.length > 0 ? matching : searches(typed)
    }
    case "operator":
      return operators.filter(([one]) => one.startsWith(typed))
    case "value": {
      const known = Object.hasOwn(knownValues, path) ? knownValues[path] : undefined
      const values = new Set([...(known ?? []), ...(seen.get(path) ?? [])])
      const bare = typed.replace(/^["']/, "")
      return [...values]
        .filter((one) => contains(one, bare) && one !== typed)
        .map((one) => [one, seen.get(path)?.includes(one) === true ? "seen" : ""] as const)
    }
    case "joiner":
      return joiners.filter(([one]) => one.startsWith(typed.toLowerCase()))
  }
}

const textOf = (expected: Expected, label: string): string => {
  if (expected === "value") return `${plainWord.test(label) ? label : quoted(label)} `
  return expected === "joiner" ? `${label} ` : label
}

export const suggestionsAt = (
  text: string,
  caret: number,
  seen: Seen,
): ReadonlyArray<Suggestion> => {
  const state = stateAt(text, caret)
  // Whoever has typed a whole path means an operator next.
  const isWhole = state.expected === "path" && state.typed !== "" && knowsPath(state.typed, seen)
  const begun = isWhole
    ? { ...state, expected: "operator" as const, from: caret, typed: "" }
    : state
  return offered(begun, seen)
    .map(([label, detail]) => ({
      label,
      detail,
      text: textOf(begun.expected, label),
      from: begun.from,
      to: caret,
    }))
    .toSorted(beginsFirst(begun.typed))
    .slice(0, suggestionsMax)
}

const knowsPath = (path: string, seen: Seen): boolean =>
  seen.has(path) || fields.some(([known]) => known === path)
