/**
 * The configuration that a program gives, as settings.
 *
 * @since 0.1.0
 */
import type { AuditConfigInput } from "./AuditConfig.ts"
import {
  isField,
  isSection,
  notASection,
  type Origin,
  type Setting,
  type Settings,
  unknownField,
} from "./ConfigSetting.ts"
import type { ConfigProblem } from "./InvalidConfig.ts"

const origin: Origin = { source: "program" }

/**
 * Reads a program's partial configuration. Plain JavaScript may pass anything: what is no field
 * is a problem, and `undefined` says nothing.
 *
 * @category encoding
 * @since 0.1.0
 */
export const fromInput = (input: AuditConfigInput): Settings => {
  const byPath = new Map<string, Setting>()
  const problems: Array<ConfigProblem> = []
  const read = (values: object, prefix: string): void => {
    for (const [name, value] of Object.entries(values)) {
      const path = `${prefix}${name}`
      if (value === undefined) continue
      if (isField(path)) byPath.set(path, { value, origin })
      else if (!isSection(path)) problems.push(unknownField(path, origin))
      else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        read(value, `${path}.`)
      } else problems.push(notASection(path, value, origin))
    }
  }
  if (typeof input === "object" && input !== null && !Array.isArray(input)) read(input, "")
  else problems.push(notASection("", input, origin))
  return { byPath, problems }
}
