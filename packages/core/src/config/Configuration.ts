/**
 * From what several sources say to one configuration, or every problem in it.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { AuditConfig, profileNames, type ProfileName } from "./AuditConfig.ts"
import { fieldByPath, type Origin, type Setting, type Settings, shown } from "./ConfigSetting.ts"
import { type ConfigProblem, InvalidConfig } from "./InvalidConfig.ts"
import { profiles } from "./Profile.ts"

const isProfileName = (value: unknown): value is ProfileName =>
  profileNames.some((name) => name === value)

/** The values of a profile, by path. */
const ofProfile = (name: ProfileName): ReadonlyMap<string, Setting> => {
  const origin: Origin = { source: "profile" }
  const byPath = new Map<string, Setting>([["profile", { value: name, origin }]])
  for (const [section, values] of Object.entries(profiles[name].values)) {
    if (typeof values !== "object") byPath.set(section, { value: values, origin })
    else {
      for (const [field, value] of Object.entries(values)) {
        byPath.set(`${section}.${field}`, { value, origin })
      }
    }
  }
  return byPath
}

/** What follows from the directory's name alone. */
const ofDirectory = (directory: unknown): ReadonlyMap<string, Setting> => {
  const origin: Origin = { source: "profile" }
  // Without a directory that is the one problem; what would follow from it is none.
  const trimmed = typeof directory === "string" ? directory.replace(/(.)[/\\]+$/, "$1") : "trail"
  const base = /[^/\\]*$/.exec(trimmed)?.[0] ?? ""
  // A note's key name has no spaces and no plus signs; "." and ".." name no trail.
  const name = base.replaceAll(/[\s+]+/g, "-").slice(0, 200)
  return new Map([
    [
      "origin",
      {
        value: `countersign.local/${/^\.{0,2}$/.test(name) ? "trail" : name}`,
        origin,
      },
    ],
    ["signer.path", { value: `${trimmed}.key`, origin }],
  ])
}

const nested = (byPath: ReadonlyMap<string, Setting>): Readonly<Record<string, unknown>> => {
  const sections = new Map<string, Record<string, unknown>>()
  const root: Record<string, unknown> = {}
  for (const [path, { value }] of byPath) {
    const [section, field] = path.split(".")
    if (section === undefined) continue
    if (field === undefined) root[section] = value
    else {
      const values = sections.get(section) ?? {}
      values[field] = value
      sections.set(section, values)
      root[section] = values
    }
  }
  return root
}

const decode = Schema.decodeUnknownResult(AuditConfig, { errors: "all" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Puts into words what the schema refused; a contradiction brings its own. */
const problemOf = (
  path: string,
  message: string,
  byPath: ReadonlyMap<string, Setting>,
): ConfigProblem => {
  const field = fieldByPath.get(path)
  const setting = byPath.get(path)
  if (setting === undefined) {
    return {
      source: "program",
      path,
      actual: "is missing",
      expected: field?.expected ?? message,
      ...(field === undefined
        ? {}
        : { hint: `set it in the program, in the file or with ${field.variable}` }),
    }
  }
  const isOutside = /^Expected |^Unexpected |^Missing /.test(message)
  return {
    ...setting.origin,
    path,
    actual: shown(setting.value),
    expected: isOutside ? (field?.expected ?? message) : message,
  }
}

/**
 * Settles what holds: of each field the first source that says something, then its profile.
 *
 * @param sources what was said, strongest first
 * @category constructors
 * @since 0.1.0
 */
export const settle = (
  sources: ReadonlyArray<Settings>,
): Result.Result<AuditConfig, InvalidConfig> => {
  const said = new Map(sources.toReversed().flatMap(({ byPath }) => [...byPath]))
  const profile = said.get("profile")?.value
  const byPath = new Map([
    ...ofProfile(isProfileName(profile) ? profile : "balanced"),
    ...ofDirectory(said.get("directory")?.value),
    ...said,
  ])
  const problems = sources.flatMap((source) => source.problems)
  const decoded = decode(nested(byPath))
  if (Result.isFailure(decoded)) {
    const seen = new Set<string>()
    for (const { message, path } of issuesOf(decoded.failure.issue).issues) {
      const at = (path ?? [])
        .map((part) => String(typeof part === "object" ? part.key : part))
        .join(".")
      // A fraction outside its bounds breaks two rules, and is one problem.
      if (seen.has(at)) continue
      seen.add(at)
      problems.push(problemOf(at, message, byPath))
    }
  }
  const [first, ...others] = problems
  if (first !== undefined) {
    return Result.fail(new InvalidConfig({ problems: [first, ...others] }))
  }
  return Result.mapError(
    decoded,
    ({ message }) =>
      new InvalidConfig({
        problems: [{ source: "program", path: "", actual: message, expected: "a configuration" }],
      }),
  )
}
