/** A text that would configure an engine as it is, but for what nobody is shown. */
import { redacted } from "@countersign/core/config/ConfigChange"
import { stringify } from "yaml"
import type { SettingRow } from "./Preview.ts"

export const draftOf = (settings: ReadonlyArray<SettingRow>): string => {
  const root: Record<string, unknown> = {}
  const sections = new Map<string, Record<string, unknown>>()
  for (const { path, value } of settings) {
    const [section = "", field] = path.split(".")
    if (value === redacted) continue
    if (field === undefined) root[section] = value
    else {
      const fields = sections.get(section) ?? {}
      fields[field] = value
      sections.set(section, fields)
      root[section] = fields
    }
  }
  return stringify(root)
}
