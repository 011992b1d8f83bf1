/** The text of docs/configuration.md, from the schema and the profiles. */
import {
  type AuditConfig,
  configFields,
  profileNames,
  type ProfileName,
} from "@countersign/core/config/AuditConfig"
import type { ConfigField } from "@countersign/core/config/ConfigField"
import { profiles } from "@countersign/core/config/Profile"

/** Where it is written to. */
export const configurationDocument = "docs/configuration.md"

const cell = (text: string): string => text.replaceAll("|", "\\|")

const binary = [
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
] as const

/** A number as people write it: `64 MiB` where it is a round number of bytes, `3 600 000` where not. */
const numberText = (value: number, isBytes: boolean): string => {
  const unit = isBytes ? binary.find(([, size]) => value % size === 0) : undefined
  if (unit !== undefined) return `${value / unit[1]} ${unit[0]}`
  return Number.isInteger(value)
    ? String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, " ")
    : String(value)
}

const derived: Readonly<Record<string, string>> = {
  directory: "(required)",
  origin: "(from the directory)",
  "signer.path": "(from the directory)",
}

const valueText = (name: ProfileName, field: ConfigField): string => {
  if (field.path === "profile") return `\`${name}\``
  let value: unknown = profiles[name].values
  for (const part of field.path.split(".")) {
    value = Object.entries(typeof value === "object" && value !== null ? value : {}).find(
      ([key]) => key === part,
    )?.[1]
  }
  if (typeof value === "number")
    return numberText(value, field.path.endsWith("ytesMax") || field.path.endsWith("Bytes"))
  if (typeof value === "boolean") return String(value)
  if (value === "") return "(none)"
  return typeof value === "string" ? `\`${value}\`` : (derived[field.path] ?? "")
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const fieldTable = (): ReadonlyArray<string> => [
  row(["field", "meaning", "value", ...profileNames.map((name) => `\`${name}\``), "live"]),
  row(["---", "---", "---", ...profileNames.map(() => "---"), "---"]),
  ...configFields.map((field) =>
    row([
      `\`${field.path}\``,
      cell(field.meaning),
      cell(field.expected.replace(/^an? /, "")),
      ...profileNames.map((name) => cell(valueText(name, field))),
      field.isLive ? "yes" : "",
    ]),
  ),
]

const example: { readonly [K in keyof AuditConfig]?: unknown } = {
  directory: "/var/lib/clinic/trail",
  profile: "low-latency",
  sampling: { rateMin: 0.05 },
}

/** The example's text; a test reads it as the engine does. */
export const exampleYaml = Object.entries(example)
  .flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? [`${name}:`, ...Object.entries(value).map(([field, inner]) => `  ${field}: ${inner}`)]
      : [`${name}: ${String(value)}`],
  )
  .join("\n")

/** The whole document. */
export const renderConfiguration = (): string =>
  [
    "# Configuration",
    "",
    "One field is required: `directory`, where the trail lies. Every other has its value from the",
    "profile, and the profile is `balanced` where nothing else is said.",
    "",
    "A value comes from the first of these that says something:",
    "",
    '1. the program: `resolve({ directory: "./trail", sampling: { rate: 0.5 } })`;',
    "2. the environment: `COUNTERSIGN_` and the words of the field in capitals, so",
    "   `sampling.rateMin` is `COUNTERSIGN_SAMPLING_RATE_MIN`; an empty variable says nothing;",
    "3. a YAML file, named by the program or by `COUNTERSIGN_CONFIG`;",
    "4. the profile.",
    "",
    "```yaml",
    exampleYaml,
    "```",
    "",
    "A configuration is taken as a whole or refused as a whole (`AUD-5201`), with every problem at",
    "once: the file with line and column, or the variable, then the field, what is there and what",
    "would be right. A name that no field has is refused, and the nearest one is suggested. The file",
    "is YAML 1.2 of at most 256 KiB, without anchors, aliases and tags; flags are `true` and `false`.",
    "",
    "While an engine runs, the fields marked *live* can be changed. The change is written into the",
    "trail before it takes effect: each field with its old and its new value, but never where the",
    "signing key lies. The other fields wait for the next start.",
    "",
    "## Profiles",
    "",
    row(["profile", "for"]),
    row(["---", "---"]),
    ...profileNames.map((name) => row([`\`${name}\``, cell(profiles[name].purpose)])),
    "",
    "## Fields",
    "",
    "Written by `node --conditions=@countersign/source tools/config-docs/src/main.ts` from the schema",
    "and the profiles. A field whose name ends in `Bytes` or `BytesMax` counts bytes, in `Millis`",
    "milliseconds; 1 KiB is 1024 bytes.",
    "",
    ...fieldTable(),
    "",
  ].join("\n")
