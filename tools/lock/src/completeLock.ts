/**
 * Puts into a lock file the optional platform packages that npm left out.
 *
 * npm writes only what the registry in use could serve. A mirror that lacks the binaries
 * of other systems therefore makes a lock file that `npm ci` calls out of sync. The
 * versions are pinned by the package that asks for them, and the platform is in the name,
 * so the missing entries can be written without asking anyone.
 */
import { platformOf } from "./platformOf.ts"

/** One entry under `packages`; fields that are not named here pass through untouched. */
interface LockEntry {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: ReadonlyArray<string>
  readonly cpu?: ReadonlyArray<string>
  readonly libc?: ReadonlyArray<string>
}

/** The part of `package-lock.json` that is read and written. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

const modules = "node_modules/"

/** Folders in which Node looks for a dependency of the package at `at`, nearest first. */
const searched = (at: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let base = at
  while (base !== "") {
    found.push(`${base}/${modules}`)
    const cut = base.lastIndexOf(modules)
    base = cut <= 0 ? "" : base.slice(0, cut - 1)
  }
  found.push(modules)
  return found
}

const isThere = (
  packages: Readonly<Record<string, LockEntry>>,
  at: string,
  name: string,
  version: string,
): boolean => {
  for (const folder of searched(at)) {
    const entry = packages[`${folder}${name}`]
    if (entry !== undefined) return entry.version === version
  }
  return false
}

/** A dependency lands beside the package that asks for it, unless another version lies there. */
const placeFor = (
  packages: Readonly<Record<string, LockEntry>>,
  at: string,
  name: string,
): string => {
  const beside = `${at.slice(0, at.lastIndexOf(modules))}${modules}${name}`
  return packages[beside] === undefined ? beside : `${at}/${modules}${name}`
}

const isExact = (version: string): boolean => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)

/**
 * The lock file with every missing platform package, its keys in npm's order, and the
 * paths that were added. A lock file that is complete comes back with nothing added.
 */
export const completeLock = (
  lock: Lock,
): { readonly lock: Lock; readonly added: ReadonlyArray<string> } => {
  const packages: Record<string, LockEntry> = { ...lock.packages }
  const added: Array<string> = []
  for (const [at, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name)
      if (platform === undefined || !isExact(version)) continue
      if (isThere(packages, at, name, version)) continue
      const path = placeFor(packages, at, name)
      packages[path] = {
        version,
        ...platform,
        ...(entry.dev === true ? { dev: true } : {}),
        optional: true,
      }
      added.push(path)
    }
  }
  const sorted = Object.fromEntries(
    Object.entries(packages).sort(([one], [other]) => one.localeCompare(other, "en")),
  )
  return { lock: { ...lock, packages: sorted }, added }
}

/** Paths whose entry names the host it was fetched from, which ties the lock to one registry. */
export const hostsIn = (lock: Lock): ReadonlyArray<string> =>
  Object.entries(lock.packages)
    .filter(([, entry]) => entry.resolved?.includes("://") === true)
    .map(([path]) => path)
