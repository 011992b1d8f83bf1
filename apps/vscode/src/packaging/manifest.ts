/** The manifest that is packaged: what the editor reads of the workspace's, and nothing else. */
import { AuditConfig } from "@countersign/core/config/AuditConfig"
import * as Schema from "effect/Schema"

const kept = [
  "name",
  "displayName",
  "version",
  "description",
  "categories",
  "keywords",
  "license",
  "publisher",
  "main",
  "engines",
  "extensionKind",
  "activationEvents",
  "capabilities",
  "contributes",
] as const

/** Dependencies are in the bundle, and the module format of the sources is not that of the bundle. */
export const packagedManifest = (text: string): Readonly<Record<string, unknown>> => {
  const manifest: unknown = JSON.parse(text)
  const fields = new Map(
    typeof manifest === "object" && manifest !== null ? Object.entries(manifest) : [],
  )
  return Object.fromEntries(kept.map((name) => [name, fields.get(name)]))
}

/** A file says what it changes, and no more is needed; a name that no field has is refused. */
const relaxed = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(relaxed)
  const entries = Object.entries(value).filter(([name]) => name !== "required")
  return Object.fromEntries(
    entries.map(([name, one]) => [name, name === "additionalProperties" ? false : relaxed(one)]),
  )
}

/** The engine's configuration as JSON Schema, for whatever editor completes and checks by it. */
export const configurationSchema = (): unknown => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(AuditConfig)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Countersign configuration",
    ...Object.assign({}, relaxed(schema)),
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: relaxed(definitions) }),
  }
}
