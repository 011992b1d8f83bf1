/** Paths of a filter, and what they lead to in an event. */

export type Path = ReadonlyArray<string>

const plainName = /^[^\s()"'=!~<>.]+$/u
const keywords = new Set(["and", "or", "not"])
const escapeQuotes = (text: string): string => text.replaceAll(/["\\]/g, "\\$&")

/** A text in quotes, as a filter reads it. */
export const quoted = (text: string): string => `"${escapeQuotes(text)}"`

const nameText = (name: string): string =>
  plainName.test(name) && !keywords.has(name.toLowerCase()) ? name : quoted(name)

export const pathText = (path: Path): string => path.map(nameText).join(".")

/** Names between dots, some of them in quotes; `undefined`: it is no path. */
export const pathOf = (text: string): Path | undefined => {
  const path: Array<string> = []
  let rest = text.trim()
  for (;;) {
    const [whole, name, inQuotes] =
      /^(?:([^\s()"'=!~<>.]+)|"((?:[^"\\]|\\.)*)")(?:\.|$)/u.exec(rest) ?? []
    if (whole === undefined) return undefined
    path.push(name ?? (inQuotes ?? "").replaceAll(/\\(["'\\])/g, "$1"))
    rest = rest.slice(whole.length)
    if (rest === "") return whole.endsWith(".") ? undefined : path
  }
}

/** What is nested more deeply is somebody's trap, and no stack is as deep as an entry can be. */
const nestingMax = 32

/** Every value that a path leads to: an array means each of its elements, as in a filter. */
export const valuesAt = (value: unknown, path: Path, nesting = 0): ReadonlyArray<unknown> => {
  if (Array.isArray(value) && path.length > 0)
    return nesting >= nestingMax ? [] : value.flatMap((one) => valuesAt(one, path, nesting + 1))
  const [name, ...rest] = path
  if (name === undefined) return [value]
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return []
  // Own members of parsed JSON, of which nothing is assumed.
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest, nesting)
}

/** A value on one line. */
export const valueText = (value: unknown): string => {
  if (typeof value === "string") return value
  try {
    return JSON.stringify(value) ?? ""
  } catch {
    return "(nested more deeply than can be shown)"
  }
}

/** What a cell of a column shows. */
export const textAt = (event: unknown, path: Path): string =>
  valuesAt(event, path)
    .flatMap((one) => (Array.isArray(one) ? one.map(valueText) : [valueText(one)]))
    .join(", ")

export interface Leaf {
  readonly path: Path
  readonly value: string | number | boolean | null
}

const leavesMax = 200
const depthMax = 8

/** The single values of an event with the paths to them; arrays are not part of a path. */
export const leavesOf = (event: unknown): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  const visit = (value: unknown, path: Path, nesting: number): void => {
    if (leaves.length >= leavesMax || path.length > depthMax || nesting > nestingMax) return
    if (Array.isArray(value)) for (const one of value) visit(one, path, nesting + 1)
    else if (typeof value === "object" && value !== null)
      for (const [name, inner] of Object.entries(value)) visit(inner, [...path, name], nesting + 1)
    else if (
      path.length > 0 &&
      (typeof value === "string" ||
        typeof value === "number" ||
        typeof value === "boolean" ||
        value === null)
    )
      leaves.push({ path, value })
  }
  visit(event, [], 0)
  return leaves
}
