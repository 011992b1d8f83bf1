/**
 * The configuration that the environment gives, as settings.
 *
 * One rule makes every name: `COUNTERSIGN_`, then the words of the path in capitals, joined by
 * underscores. `sampling.rateMin` is `COUNTERSIGN_SAMPLING_RATE_MIN`.
 *
 * @since 0.1.0
 */
import { configFields } from "./AuditConfig.ts"
import { type ConfigField, variablePrefix } from "./ConfigField.ts"
import type { Setting, Settings } from "./ConfigSetting.ts"
import type { ConfigProblem } from "./InvalidConfig.ts"
import { nearest } from "./Spelling.ts"

/**
 * Variables by name, such as `process.env`.
 *
 * @category models
 * @since 0.1.0
 */
export type Environment = Readonly<Record<string, string | undefined>>

/** Names the file, where the program names none. */
export const fileVariable = `${variablePrefix}CONFIG`

const fieldByVariable: ReadonlyMap<string, ConfigField> = new Map(
  configFields.map((field) => [field.variable, field]),
)

const numeral = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i

/** What can't be read stays text, and is refused with the others by the schema. */
const valueOf = (field: ConfigField, text: string): unknown => {
  const trimmed = text.trim()
  if (field.kind === "number" && numeral.test(trimmed)) return Number(trimmed)
  if (field.kind === "flag" && (trimmed === "true" || trimmed === "false")) {
    return trimmed === "true"
  }
  return field.kind === "text" ? text : trimmed
}

/**
 * Reads the variables that begin with `COUNTERSIGN_`. An empty one says nothing.
 *
 * A variable that is no field is a problem only where its name is near to a field's: others may
 * use the prefix too, as Kubernetes does for a service of that name.
 *
 * @category encoding
 * @since 0.1.0
 */
export const fromEnvironment = (environment: Environment): Settings => {
  const byPath = new Map<string, Setting>()
  const problems: Array<ConfigProblem> = []
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(variablePrefix) || text === undefined || text === "") continue
    const origin = { source: "environment", variable } as const
    const field = fieldByVariable.get(variable)
    if (field !== undefined) byPath.set(field.path, { value: valueOf(field, text), origin })
    else if (variable !== fileVariable) {
      // Compared without the prefix: eleven right letters would make anything near.
      const near = nearest(
        variable.slice(variablePrefix.length),
        [...fieldByVariable.keys()].map((name) => name.slice(variablePrefix.length)),
      )
      if (near === undefined) continue
      problems.push({
        ...origin,
        path: "",
        actual: "is not a variable of the configuration",
        expected: "a name from docs/configuration.md",
        hint: `did you mean ${variablePrefix}${near}?`,
      })
    }
  }
  // The variables that hold the key and the PIN are named by fields, and are none themselves.
  const keys = new Set(
    [
      byPath.get("signer.variable")?.value,
      "COUNTERSIGN_SIGNING_KEY",
      byPath.get("pkcs11.pinVariable")?.value,
      "COUNTERSIGN_PKCS11_PIN",
    ].map(String),
  )
  return { byPath, problems: problems.filter(({ variable }) => !keys.has(variable ?? "")) }
}
