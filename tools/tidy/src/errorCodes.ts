/** Error codes: one per error class, never used twice, all listed in docs/errors.md. */
import type { Class, ObjectExpression } from "oxc-parser"
import { declaredClasses } from "./classes.ts"
import type { Finding, Source, Workspace } from "./Workspace.ts"

/** One row of docs/errors.md. */
export interface ErrorCode {
  readonly code: string
  readonly name: string
  readonly module: string
  readonly path: string
  readonly line: number
  readonly isRetryable: boolean | undefined
  readonly meaning: string
  readonly message: string
}

const codeForm = /^(?:AUD|CPY|MON)-\d{4}$/

/** The value of a field as `Schema.tag(value)` or `Schema.Literal(value)` states it. */
const stated = (fields: ObjectExpression, field: string): ReadonlyArray<unknown> => {
  const values: Array<unknown> = []
  for (const property of fields.properties) {
    if (property.type !== "Property" || property.key.type !== "Identifier") continue
    if (property.key.name !== field || property.value.type !== "CallExpression") continue
    for (const argument of property.value.arguments) {
      if (argument.type === "Literal") values.push(argument.value)
    }
  }
  return values
}

const fieldsOf = (node: Class): ObjectExpression | undefined =>
  node.superClass?.type === "CallExpression"
    ? node.superClass.arguments.find((argument) => argument.type === "ObjectExpression")
    : undefined

/** The first paragraph of the docstring that ends where the class begins. */
const meaningOf = (source: Source, node: Class): string => {
  const doc = source.comments.findLast(
    (comment) =>
      comment.value.startsWith("*") &&
      comment.end <= node.start &&
      /^(?:\s|export|default|abstract)*$/.test(source.text.slice(comment.end, node.start)),
  )
  const [first] = (doc?.value ?? "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*+ ?/, "").trim())
    .join("\n")
    .trim()
    .split(/\n\s*\n|\n@/)
  return (first ?? "").replaceAll("\n", " ").replaceAll(/\{@link ([\w.]+)\}/g, "`$1`")
}

/** The text of `get message()`, with `<field>` where a field's value stands. */
const messageOf = (source: Source, node: Class): string => {
  const getter = node.body.body.find(
    (member) =>
      member.type === "MethodDefinition" &&
      member.kind === "get" &&
      member.key.type === "Identifier" &&
      member.key.name === "message",
  )
  const body = getter?.type === "MethodDefinition" ? getter.value.body?.body : undefined
  const [statement] = body ?? []
  if (statement?.type !== "ReturnStatement" || statement.argument === null) return ""
  const returned = statement.argument
  if (returned.type !== "TemplateLiteral") return ""
  return returned.quasis
    .map((quasi, index) => {
      const expression = returned.expressions[index]
      const text = quasi.value.cooked ?? ""
      if (expression === undefined) return text
      const [, field] =
        /^this\.(\w+)$/.exec(source.text.slice(expression.start, expression.end)) ?? []
      return field === "code" ? text : `${text}<${field ?? "…"}>`
    })
    .join("")
    .replace(/^: /, "")
}

const moduleOf = (source: Source): string =>
  `${source.owner.name}${source.path.slice(`${source.owner.directory}/src`.length, -".ts".length)}`

/** Every code of every error class, in order. */
export const errorCodes = (workspace: Workspace): ReadonlyArray<ErrorCode> =>
  declaredClasses(workspace)
    .filter(({ kind }) => kind === "error")
    .flatMap(({ line, name, node, source }) => {
      const fields = fieldsOf(node)
      if (fields === undefined) return []
      const [isRetryable] = stated(fields, "isRetryable")
      return stated(fields, "code").map((code) => ({
        code: String(code),
        name,
        module: moduleOf(source),
        path: source.path,
        line,
        isRetryable: typeof isRetryable === "boolean" ? isRetryable : undefined,
        meaning: meaningOf(source, node),
        message: messageOf(source, node),
      }))
    })
    .sort((one, other) => one.code.localeCompare(other.code, "en"))

/** An error of a package has a code in the agreed form, and a docstring that says what it means. */
export const badCodes = (workspace: Workspace): ReadonlyArray<Finding> => {
  const coded = new Set(errorCodes(workspace).map(({ name, path }) => `${path}#${name}`))
  const without = declaredClasses(workspace)
    .filter(({ kind, name, source }) => kind === "error" && !coded.has(`${source.path}#${name}`))
    .map(({ line, name, source }) => ({
      path: source.path,
      line,
      message: `${name} has no code: add code: Schema.tag("AUD-nnnn")`,
    }))
  const wrong = errorCodes(workspace).flatMap(({ code, line, meaning, name, path }) => [
    ...(codeForm.test(code)
      ? []
      : [{ path, line, message: `${name} has the code "${code}", which is not AUD-nnnn` }]),
    ...(meaning === "" ? [{ path, line, message: `${name} has no docstring` }] : []),
  ])
  return [...without, ...wrong]
}

/** A code means one thing. */
export const repeatedCodes = (workspace: Workspace): ReadonlyArray<Finding> => {
  const first = new Map<string, ErrorCode>()
  return errorCodes(workspace).flatMap((each) => {
    const other = first.get(each.code)
    first.set(each.code, other ?? each)
    return other === undefined
      ? []
      : [
          {
            path: each.path,
            line: each.line,
            message: `${each.name} has the code ${each.code} of ${other.name} (${other.path})`,
          },
        ]
  })
}

/** Where the codes are listed. */
export const errorsDocument = "docs/errors.md"

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;")

/** The text of docs/errors.md. */
export const renderErrors = (workspace: Workspace): string =>
  [
    "# Errors",
    "",
    "Every error has a code that never changes its meaning. A refusal tells the caller to act, a",
    "fault tells of the world; the message says what happened, where, and what to do. *Again* says",
    "whether the same call may succeed later without a change.",
    "",
    "Written by `npm run docs` from the error classes.",
    "",
    "| code | error | meaning | again | message |",
    "| --- | --- | --- | --- | --- |",
    ...errorCodes(workspace).map(
      ({ code, isRetryable, meaning, message, module, name }) =>
        `| ${code} | \`${name}\`<br>\`${module}\` | ${cell(meaning)} | ${
          isRetryable === undefined ? "–" : isRetryable ? "yes" : "no"
        } | ${cell(message)} |`,
    ),
    "",
  ].join("\n")

/** docs/errors.md is what the sources say now. */
export const staleErrors = (workspace: Workspace): ReadonlyArray<Finding> =>
  workspace.documents.get(errorsDocument) === renderErrors(workspace)
    ? []
    : [{ path: errorsDocument, message: "is not what the sources say: npm run docs" }]
