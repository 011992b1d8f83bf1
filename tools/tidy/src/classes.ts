/** Service and error classes as their sources declare them. */
import { type Class, type Expression, Visitor } from "oxc-parser"
import type { Source, Workspace } from "./Workspace.ts"

/** A class that extends `Context.Service…("key")` or `Schema.TaggedError…("id")`. */
export interface DeclaredClass {
  readonly source: Source
  readonly line: number
  readonly name: string
  readonly kind: "service" | "error"
  /** The key or identifier that it is known by when the program runs. */
  readonly key: string
  readonly node: Class
}

const makers: Readonly<Record<string, DeclaredClass["kind"]>> = {
  "Context.Service": "service",
  "Schema.TaggedError": "error",
}

const makerOf = (node: Expression): DeclaredClass["kind"] | undefined =>
  node.type === "MemberExpression" &&
  node.object.type === "Identifier" &&
  node.property.type === "Identifier"
    ? makers[`${node.object.name}.${node.property.name}`]
    : undefined

interface Made {
  readonly kind: DeclaredClass["kind"]
  readonly key: string
}

/**
 * Follows the chain of calls to its maker: a service has its key in the last call
 * (`Context.Service<…>()("key")`), an error in the first (`Schema.TaggedError<…>("id")("Tag", …)`).
 */
const madeBy = (node: Expression | null): Made | undefined => {
  let key = ""
  let at = node
  while (at !== null && at.type === "CallExpression") {
    const [first] = at.arguments
    const text = first?.type === "Literal" && typeof first.value === "string" ? first.value : ""
    const kind = makerOf(at.callee)
    if (kind === "error") return { kind, key: text }
    if (kind === "service") return { kind, key: text === "" ? key : text }
    key = text
    at = at.callee
  }
  return undefined
}

/** Every service and error class outside tests. */
export const declaredClasses = (workspace: Workspace): ReadonlyArray<DeclaredClass> => {
  const found: Array<DeclaredClass> = []
  for (const source of workspace.sources) {
    if (source.isTest) continue
    const visit = (node: Class): void => {
      const made = madeBy(node.superClass)
      if (made === undefined || node.id === null) return
      found.push({ source, line: source.lineAt(node.start), name: node.id.name, node, ...made })
    }
    new Visitor({ ClassDeclaration: visit, ClassExpression: visit }).visit(source.program)
  }
  return found
}
