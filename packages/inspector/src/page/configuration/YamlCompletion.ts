/** What can be written at a place of a configuration: sections, fields, and words of a choice. */
import { configFields } from "@countersign/core/config/AuditConfig"

export interface YamlSuggestion {
  readonly label: string
  readonly detail: string
  /** What it means, in a sentence or two. */
  readonly info: string
  readonly text: string
}

export interface YamlSuggestions {
  /** What is replaced up to the caret. */
  readonly from: number
  readonly options: ReadonlyArray<YamlSuggestion>
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1)
const sectionOf = (path: string): string | undefined =>
  path.includes(".") ? path.slice(0, path.indexOf(".")) : undefined

const sections = [...new Set(configFields.map(({ path }) => sectionOf(path)))].filter(
  (name) => name !== undefined,
)

const fieldOptions = (section: string | undefined): ReadonlyArray<YamlSuggestion> =>
  configFields
    .filter(({ path }) => sectionOf(path) === section)
    .map(({ expected, isLive, meaning, path }) => ({
      label: nameOf(path),
      detail: isLive ? "live" : "with the next start",
      info: `${meaning} It is ${expected}.`,
      text: `${nameOf(path)}: `,
    }))

const sectionOptions: ReadonlyArray<YamlSuggestion> = sections.map((section) => ({
  label: section,
  detail: "section",
  info: configFields
    .filter(({ path }) => sectionOf(path) === section)
    .map(({ path }) => nameOf(path))
    .join(", "),
  text: `${section}:\n  `,
}))

const valueOptions = (path: string): ReadonlyArray<YamlSuggestion> => {
  const field = configFields.find((each) => each.path === path)
  if (field === undefined) return []
  const words =
    field.kind === "flag"
      ? ["true", "false"]
      : (/^one of (.*)$/.exec(field.expected)?.[1]?.split(", ") ?? [])
  return words.map((word) => ({
    label: word,
    detail: field.isLive ? "live" : "with the next start",
    info: field.meaning,
    text: word,
  }))
}

/** The section that an indented line belongs to. */
const openSection = (before: string): string | undefined => {
  const head = before.split("\n").findLast((line) => /^[\w-]+\s*:/.test(line))
  return head === undefined ? undefined : /^[\w-]+/.exec(head)?.[0]
}

export const suggestYaml = (text: string, caret: number): YamlSuggestions | undefined => {
  const begin = text.lastIndexOf("\n", caret - 1) + 1
  const line = text.slice(begin, caret)
  const value = /^(\s*)([\w-]+)\s*:\s+([\w-]*)$/.exec(line)
  const above = text.slice(0, begin)
  if (value !== null) {
    const [, indent = "", name = "", typed = ""] = value
    const section = indent === "" ? undefined : openSection(above)
    const options = valueOptions(section === undefined ? name : `${section}.${name}`)
    return options.length === 0 ? undefined : { from: caret - typed.length, options }
  }
  const name = /^(\s*)([\w-]*)$/.exec(line)
  if (name === null) return undefined
  const [, indent = "", typed = ""] = name
  const options =
    indent === ""
      ? [...fieldOptions(undefined), ...sectionOptions]
      : fieldOptions(openSection(above))
  return options.length === 0 ? undefined : { from: caret - typed.length, options }
}
