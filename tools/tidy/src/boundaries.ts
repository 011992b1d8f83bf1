/** Which package may import which. Neither the compiler nor Nx refuses a wrong import. */
import * as path from "node:path"
import type { Finding, Import, Package, Source, Workspace } from "./Workspace.ts"

/**
 * The one table: the folder of a package → the packages it may import. Every app is `app`.
 * The picture in ARCHITECTURE.md shows the same.
 */
const layers: Readonly<Record<string, ReadonlyArray<string>>> = {
  app: ["core", "sinks", "copybook", "monitor", "inspector"],
  inspector: ["core", "copybook", "monitor"],
  sinks: ["core"],
  copybook: ["core"],
  monitor: ["core"],
  core: [],
}

/** What a browser runs is bundled: who installs the package needs nothing of what is in it. */
const page = "/src/page/"
/** Drives a browser, and is not in the package. */
const pageKit = "packages/inspector/src/testing/"

/** Makes what is handed out, and is not in it. */
const packaging = "/src/packaging/"

/** An editor gives it to its extensions; on the registry there are only its types. */
const givenByEditor = "vscode"

const layerOf = (owner: Package): string =>
  owner.kind === "app" ? "app" : (owner.directory.split("/")[1] ?? "")

/** `@scope/name/deep/path` → `@scope/name`. */
const packageNameOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const isRelative = (specifier: string): boolean => specifier.startsWith(".")

const each = (
  workspace: Workspace,
  rule: (source: Source, imported: Import) => string | undefined,
): ReadonlyArray<Finding> =>
  workspace.sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const message = rule(source, imported)
      return message === undefined ? [] : [{ path: source.path, line: imported.line, message }]
    }),
  )

/** Every package has its row in the table. */
export const unknownLayers = (workspace: Workspace): ReadonlyArray<Finding> =>
  workspace.packages
    .filter((owner) => owner.kind === "package" && layers[layerOf(owner)] === undefined)
    .map((owner) => ({
      path: owner.directory,
      message: "is not in the table of tools/tidy/src/boundaries.ts: say what it may import",
    }))

/** Imports go one way: apps to packages, packages to core, nothing to an app or a tool. */
export const wrongDirections = (workspace: Workspace): ReadonlyArray<Finding> => {
  const byName = new Map(
    workspace.packages.filter((owner) => owner.kind !== "tool").map((owner) => [owner.name, owner]),
  )
  return each(workspace, (source, { specifier }) => {
    const target = byName.get(packageNameOf(specifier))
    if (target === undefined || target === source.owner || source.owner.kind === "tool") {
      return undefined
    }
    if (target.kind === "app") return `imports ${specifier}: nothing imports an app`
    const layer = layerOf(source.owner)
    return layers[layer]?.includes(layerOf(target)) === true
      ? undefined
      : `imports ${specifier}: ${layer} may not import ${layerOf(target)}`
  })
}

/** A relative import stays in its package; another package is imported by its name. */
export const escapes = (workspace: Workspace): ReadonlyArray<Finding> =>
  each(workspace, (source, { specifier }) => {
    if (!isRelative(specifier)) return undefined
    const target = path.posix.join(path.posix.dirname(source.path), specifier)
    if (!target.startsWith(`${source.owner.directory}/`)) {
      return `imports ${specifier}: a relative import may not leave ${source.owner.directory}`
    }
    return /\.(?:tsx?|json|css)(?:\?[a-z&]+)?$/.test(specifier)
      ? undefined
      : `imports ${specifier}: a relative import ends in .ts`
  })

/** What is imported is declared, so that the package also works alone. */
export const undeclared = (workspace: Workspace): ReadonlyArray<Finding> =>
  each(workspace, (source, { specifier }) => {
    if (isRelative(specifier) || specifier.startsWith("node:")) return undefined
    const name = packageNameOf(specifier)
    const { development, directory, runtime } = source.owner
    if (name === givenByEditor && development.has(`@types/${name}`)) return undefined
    const isAlone =
      source.isTest ||
      [page, packaging].some((room) => source.path.includes(room)) ||
      source.path.startsWith(pageKit)
    if (name === source.owner.name || runtime.has(name) || (isAlone && development.has(name)))
      return undefined
    return `imports ${specifier}: ${directory}/package.json does not declare ${name}`
  })

/** The edges that the picture in ARCHITECTURE.md must show: the table, cut to what exists. */
export const edgesOf = (workspace: Workspace): ReadonlyArray<string> => {
  const present = new Set(
    workspace.packages.filter((owner) => owner.kind !== "tool").map((owner) => layerOf(owner)),
  )
  return Object.entries(layers)
    .filter(([from]) => present.has(from))
    .flatMap(([from, targets]) =>
      targets.filter((to) => present.has(to)).map((to) => `${from} --> ${to}`),
    )
    .sort()
}

/** The layer picture, one edge a line in a fence that begins with "mermaid layers". */
export const wrongPicture = (workspace: Workspace): ReadonlyArray<Finding> => {
  const file = "ARCHITECTURE.md"
  const text = workspace.documents.get(file)
  if (text === undefined) return []
  const expected = edgesOf(workspace)
  const block = /^```mermaid layers\n([\s\S]*?)^```/m.exec(text)?.[1]
  const edges = (block ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes("-->"))
    .sort()
  return edges.join("\n") === expected.join("\n")
    ? []
    : [
        {
          path: file,
          message: `the fence "mermaid layers" must hold these edges, one a line: ${expected.join(", ")}`,
        },
      ]
}
