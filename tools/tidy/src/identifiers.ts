/** Keys of services and identifiers of errors, which must be unique in a running program. */
import { declaredClasses } from "./classes.ts"
import type { Finding, Workspace } from "./Workspace.ts"

/**
 * A service's key is its package, the path of its folder, and its name; an error's identifier
 * its package and its name, since callers meet errors far from where they are made.
 */
export const wrongKeys = (workspace: Workspace): ReadonlyArray<Finding> =>
  declaredClasses(workspace).flatMap(({ key, kind, line, name, source }) => {
    const folder = source.path
      .slice(`${source.owner.directory}/src/`.length)
      .split("/")
      .slice(0, -1)
      .map((each) => `${each}/`)
      .join("")
    const expected = `${source.owner.name}/${kind === "service" ? folder : ""}${name}`
    return key === expected
      ? []
      : [{ path: source.path, line, message: `${kind} "${key}" must be called "${expected}"` }]
  })
