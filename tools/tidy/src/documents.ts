/** Documents: decisions numbered once, links that lead somewhere. */
import * as path from "node:path"
import type { Finding, Workspace } from "./Workspace.ts"

const decisions = "docs/decisions/"
const decisionForm = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/

/** A decision is `NNNN-title.md`, its number is its own, and its first line repeats it. */
export const wrongDecisions = (workspace: Workspace): ReadonlyArray<Finding> => {
  const first = new Map<string, string>()
  return [...workspace.documents].flatMap(([file, text]) => {
    if (!file.startsWith(decisions)) return []
    const [, number] = decisionForm.exec(file.slice(decisions.length)) ?? []
    if (number === undefined) return [{ path: file, message: "must be named NNNN-title.md" }]
    const other = first.get(number)
    first.set(number, other ?? file)
    if (other !== undefined) return [{ path: file, message: `has the number of ${other}` }]
    return text.startsWith(`# ${number} `)
      ? []
      : [{ path: file, line: 1, message: `must begin with "# ${number} " and its title` }]
  })
}

const isElsewhere = (target: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|#)/i.test(target)

/** Every relative link of every document leads to a file or folder of the repository. */
export const brokenLinks = (workspace: Workspace): ReadonlyArray<Finding> =>
  [...workspace.documents].flatMap(([file, text]) => {
    let isFenced = false
    return text.split("\n").flatMap((content, index) => {
      if (content.trimStart().startsWith("```")) isFenced = !isFenced
      if (isFenced) return []
      const visible = content.replaceAll(/`[^`]*`/g, "")
      return [...visible.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].flatMap(([, link]) => {
        const target = (link ?? "").replace(/#.*$/, "")
        if (target === "" || isElsewhere(target)) return []
        const destination = path.posix.join(path.posix.dirname(file), target).replace(/\/$/, "")
        return workspace.has(destination)
          ? []
          : [{ path: file, line: index + 1, message: `links to ${target}, which is not there` }]
      })
    })
  })

/** A package that is published is linted as one. */
export const unlintedPackages = (workspace: Workspace): ReadonlyArray<Finding> =>
  workspace.packages
    .filter(
      (owner) => owner.kind === "package" && !owner.isPrivate && !owner.targets.has("package"),
    )
    .map((owner) => ({
      path: `${owner.directory}/package.json`,
      message: `must have "nx": { "includedScripts": [], "targets": { "package": {} } }`,
    }))
