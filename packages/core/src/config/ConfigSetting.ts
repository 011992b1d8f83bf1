/**
 * One value for one field, and who said it.
 *
 * Every source of a configuration is read into the same flat form: the path of a field, its
 * value, its origin. So all are checked by the same code, and a message can name the place.
 *
 * @since 0.1.0
 */
import { configFields } from "./AuditConfig.ts"
import type { ConfigField } from "./ConfigField.ts"
import type { ConfigProblem } from "./InvalidConfig.ts"
import { nearest } from "./Spelling.ts"

/**
 * Who said something, and where.
 *
 * @category models
 * @since 0.1.0
 */
export type Origin = Pick<ConfigProblem, "source" | "file" | "line" | "column" | "variable">

/**
 * @category models
 * @since 0.1.0
 */
export interface Setting {
  readonly value: unknown
  readonly origin: Origin
}

/**
 * What one source says: values by path, and what is wrong with the rest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settings {
  readonly byPath: ReadonlyMap<string, Setting>
  readonly problems: ReadonlyArray<ConfigProblem>
}

/**
 * The fields by their paths.
 *
 * @category constants
 * @since 0.1.0
 */
export const fieldByPath: ReadonlyMap<string, ConfigField> = new Map(
  configFields.map((field) => [field.path, field]),
)

const sections: ReadonlySet<string> = new Set(
  configFields.flatMap(({ path }) =>
    path.includes(".") ? [path.slice(0, path.indexOf("."))] : [],
  ),
)

/**
 * Tells whether fields lie under this path.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSection = (path: string): boolean => sections.has(path)

/**
 * Tells whether the value of a field lies at this path.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isField = (path: string): boolean => fieldByPath.has(path)

const shownMax = 60

/** A URL without user name and password, which messages must not repeat. */
const withoutUser = (text: string): string => text.replace(/^(https?:).*@/is, "$1//…@")

const cut = (text: string): string =>
  text.length > shownMax ? `${text.slice(0, shownMax)}…` : text

/**
 * A value for a message, short whatever it is.
 *
 * @category encoding
 * @since 0.1.0
 */
export const shown = (value: unknown): string => {
  if (value === undefined || value === null) return "is empty"
  if (Array.isArray(value)) return "is a list"
  switch (typeof value) {
    case "string":
      return `is ${JSON.stringify(cut(withoutUser(value)))}`
    case "number":
    case "boolean":
    case "bigint":
      return `is ${String(value).slice(0, shownMax)}`
    default:
      return typeof value === "object" ? "is a map" : `is a ${typeof value}`
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1)

/** A slip in the name, or the right name in the wrong section. */
const meant = (path: string): string | undefined => {
  const near = nearest(path, [...fieldByPath.keys(), ...sections])
  if (near !== undefined) return near
  const name = nearest(nameOf(path), new Set([...fieldByPath.keys()].map(nameOf)))
  return name === undefined
    ? undefined
    : [...fieldByPath.keys()].find((each) => nameOf(each) === name)
}

/**
 * The problem of a name that no field has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unknownField = (path: string, origin: Origin): ConfigProblem => {
  const suggestion = meant(path)
  const parent = path.slice(0, Math.max(0, path.lastIndexOf(".")))
  const siblings = configFields
    .filter((field) => parent !== "" && field.path.startsWith(`${parent}.`))
    .map((field) => nameOf(field.path))
  return {
    ...origin,
    path: path.length > shownMax ? `${path.slice(0, shownMax)}…` : path,
    actual: "is not a field",
    expected:
      siblings.length > 0 ? `one of ${siblings.join(", ")}` : "a field of docs/configuration.md",
    ...(suggestion === undefined ? {} : { hint: `did you mean ${suggestion}?` }),
  }
}

/**
 * The problem of a section that holds no fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const notASection = (path: string, value: unknown, origin: Origin): ConfigProblem => ({
  ...origin,
  path,
  actual: shown(value),
  expected: "a section: names with their values",
})
