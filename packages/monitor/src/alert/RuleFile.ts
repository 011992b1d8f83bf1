/**
 * Rules in a file, YAML or JSON, and out of one: every problem has its line and column.
 *
 * YAML 1.2 with its core schema. Anchors, aliases and tags are refused, so that what a file says is
 * what stands in it.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Document, isAlias, isNode, LineCounter, parseDocument, stringify, visit } from "yaml"
import { AlertRules, ruleKinds } from "./AlertRule.ts"
import { InvalidAlertRules, type RuleProblem } from "./InvalidAlertRules.ts"
import { type Contradiction, contradictions } from "./RuleCheck.ts"

/**
 * Largest file that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const ruleFileBytesMax = 1_048_576

const problemsMax = 50

const decode = Schema.decodeUnknownResult(AlertRules, {
  errors: "all",
  onExcessProperty: "error",
})
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

type Path = ReadonlyArray<PropertyKey>

/** `rules[2].over`. */
const shownPath = (path: Path): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "")

/** A kind that is none leaves nothing else of a rule to be judged by. */
const kindOf = (value: unknown, [list, index]: Path): unknown => {
  const inside = (from: unknown, key: PropertyKey | undefined): unknown =>
    typeof from === "object" && from !== null && key !== undefined
      ? Object.entries(from).find(([name]) => name === String(key))?.[1]
      : undefined
  return inside(inside(inside(value, list), index), "kind")
}

const worded = (value: unknown, path: Path, message: string): Contradiction => {
  const parts = path.map((part) => (typeof part === "number" ? part : String(part)))
  if (message === "Expected AlertRule") {
    const kind = kindOf(value, path)
    const is = kind === undefined ? "is missing" : `${JSON.stringify(kind)} is none`
    return { path: [...parts, "kind"], detail: `${is}; there are ${ruleKinds.join(", ")}` }
  }
  return message === "Expected no excess property"
    ? { path: parts, detail: "there is no such member" }
    : { path: parts, detail: message.replaceAll(/\s+/g, " ").slice(0, 400) }
}

const found = (value: unknown): Result.Result<AlertRules, ReadonlyArray<Contradiction>> => {
  const decoded = decode(value ?? {})
  if (Result.isFailure(decoded)) {
    return Result.fail(
      issuesOf(decoded.failure.issue).issues.map(({ message, path = [] }) =>
        worded(
          value,
          path.map((part) => (typeof part === "object" ? part.key : part)),
          message,
        ),
      ),
    )
  }
  const wrong = contradictions(decoded.success)
  return wrong.length === 0 ? Result.succeed(decoded.success) : Result.fail(wrong)
}

const refused = (problems: ReadonlyArray<RuleProblem>): InvalidAlertRules => {
  const [first = { source: "", path: "", detail: "are none" }, ...others] = problems
  return new InvalidAlertRules({ problems: [first, ...others.slice(0, problemsMax)] })
}

/**
 * Takes rules out of a value, such as one that a program holds.
 *
 * - Errors: `InvalidAlertRules` with every problem.
 *
 * @param source what messages call it
 * @category decoding
 * @since 0.1.0
 */
export const fromValue = (
  value: unknown,
  source: string,
): Result.Result<AlertRules, InvalidAlertRules> =>
  Result.mapError(found(value), (wrong) =>
    refused(wrong.map(({ detail, path }) => ({ source, path: shownPath(path), detail }))),
  )

/** Where a path stands; a member that is missing stands where its parent does. */
const offsetOf = (document: Document, path: Path): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

const decorated = (
  document: Document,
): ReadonlyArray<readonly [offset: number, detail: string]> => {
  const places: Array<readonly [number, string]> = []
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined) {
        places.push([node.range?.[0] ?? 0, "has an anchor, an alias or a tag; write the value"])
      }
    },
  })
  return places
}

/**
 * Reads the text of a file.
 *
 * - Errors: `InvalidAlertRules` with every problem, each with its place.
 *
 * @param file its name, for messages
 * @category decoding
 * @since 0.1.0
 */
export const fromYaml = (
  text: string,
  file: string,
): Result.Result<AlertRules, InvalidAlertRules> => {
  if (Buffer.byteLength(text) > ruleFileBytesMax) {
    return Result.fail(
      refused([{ source: file, path: "", detail: `has more than ${ruleFileBytesMax} bytes` }]),
    )
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: "core" })
  const problem = (offset: number, path: Path, detail: string): RuleProblem => {
    const { col, line } = lines.linePos(offset)
    // Before the first line's end the counter knows no line.
    const place = { line: Math.max(1, line), column: Math.max(1, col) }
    return { source: file, ...place, path: shownPath(path), detail }
  }
  const syntax = [
    ...[...document.errors, ...document.warnings].map(
      ({ message, pos }) => [pos[0], message] as const,
    ),
    ...decorated(document),
  ]
  if (syntax.length > 0) {
    return Result.fail(refused(syntax.map(([offset, detail]) => problem(offset, [], detail))))
  }
  return Result.mapError(found(document.toJS()), (wrong) =>
    refused(wrong.map(({ detail, path }) => problem(offsetOf(document, path), path, detail))),
  )
}

/**
 * The text of a file that holds these rules.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toYaml = (rules: AlertRules): string =>
  stringify(rules, { schema: "core", lineWidth: 100, indentSeq: true })

/**
 * The JSON Schema (2020-12) of such files, for editors.
 *
 * @category encoding
 * @since 0.1.0
 */
export const ruleSchema = (): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(AlertRules, {
    onExcessProperty: "error",
  })
  const $schema = "https://json-schema.org/draft/2020-12/schema"
  return { $schema, ...schema, $defs: definitions }
}
