/**
 * The repository as the tidy checks see it: text and parsed imports, from the disk or from
 * a handful of strings, so that every rule can be shown a violation.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { parseSync, type Program, Visitor } from "oxc-parser"

/** One import, or a re-export, with its place. */
export interface Import {
  readonly specifier: string
  /** Erased by the compiler: nothing is loaded for it when the program runs. */
  readonly isType: boolean
  readonly line: number
}

/** A TypeScript file, with JSX or without, under `packages`, `apps` or `tools`. */
export interface Source {
  /** From the root, with forward slashes: `packages/core/src/engine/Stage.ts`. */
  readonly path: string
  readonly text: string
  readonly isTest: boolean
  readonly owner: Package
  readonly program: Program
  readonly comments: ReadonlyArray<Comment>
  readonly imports: ReadonlyArray<Import>
  readonly lineAt: (offset: number) => number
}

/** A comment with its text (without the marks) and offsets. */
export interface Comment {
  readonly value: string
  readonly start: number
  readonly end: number
}

/** A folder with sources of its own: a package, an app, or a tool. */
export interface Package {
  readonly directory: string
  readonly kind: "package" | "app" | "tool"
  /** A tool without a `package.json` is a part of the root project and has its name. */
  readonly name: string
  readonly isPrivate: boolean
  /** What its code may import when it runs. */
  readonly runtime: ReadonlySet<string>
  /** What its tests may import besides. */
  readonly development: ReadonlySet<string>
  readonly targets: ReadonlySet<string>
}

/** Everything that the rules read. */
export interface Workspace {
  readonly packages: ReadonlyArray<Package>
  readonly sources: ReadonlyArray<Source>
  /** Markdown files by path. */
  readonly documents: ReadonlyMap<string, string>
  readonly has: (path: string) => boolean
}

/** What a rule found: where, and what to do about it. */
export interface Finding {
  readonly path: string
  readonly line?: number
  readonly message: string
}

/** One line, as an editor can follow it. */
export const formatFinding = (finding: Finding): string =>
  finding.line === undefined
    ? `${finding.path}: ${finding.message}`
    : `${finding.path}:${finding.line}: ${finding.message}`

interface Manifest {
  readonly name?: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly nx?: { readonly targets?: Readonly<Record<string, unknown>> }
}

const kinds = { packages: "package", apps: "app", tools: "tool" } as const

const isKindFolder = (name: string | undefined): name is keyof typeof kinds =>
  name !== undefined && name in kinds

// A manifest that is not what npm expects stops npm long before this.
const manifestOf = (text: string | undefined): Manifest => JSON.parse(text ?? "{}") as Manifest

const packageAt = (directory: string, files: ReadonlyMap<string, string>): Package => {
  const root = manifestOf(files.get("package.json"))
  const own = files.get(`${directory}/package.json`)
  const manifest = own === undefined ? root : manifestOf(own)
  const folder = directory.split("/")[0]
  const isTool = folder === "tools"
  return {
    directory,
    kind: isKindFolder(folder) ? kinds[folder] : "tool",
    name: manifest.name ?? "",
    isPrivate: manifest.private === true,
    runtime: new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
      // Nobody installs a tool, so what it needs to run is a development dependency.
      ...(isTool ? Object.keys({ ...root.devDependencies, ...manifest.devDependencies }) : []),
    ]),
    development: new Set([
      ...Object.keys(manifest.devDependencies ?? {}),
      ...Object.keys(root.devDependencies ?? {}),
    ]),
    targets: new Set(Object.keys(manifest.nx?.targets ?? {})),
  }
}

const lineCounter = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}

const sourceAt = (file: string, text: string, owner: Package): Source => {
  const parsed = parseSync(file, text)
  const lineAt = lineCounter(text)
  const imports: Array<Import> = []
  for (const each of parsed.module.staticImports) {
    imports.push({
      specifier: each.moduleRequest.value,
      isType: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
      line: lineAt(each.start),
    })
  }
  for (const each of parsed.module.staticExports) {
    const [first] = each.entries
    if (first === undefined || first.moduleRequest === null) continue
    imports.push({
      specifier: first.moduleRequest.value,
      isType: each.entries.every((entry) => entry.isType),
      line: lineAt(each.start),
    })
  }
  new Visitor({
    ImportExpression: (node) => {
      if (node.source.type !== "Literal" || typeof node.source.value !== "string") return
      imports.push({ specifier: node.source.value, isType: false, line: lineAt(node.start) })
    },
    TSImportType: (node) => {
      imports.push({ specifier: node.source.value, isType: true, line: lineAt(node.start) })
    },
  }).visit(parsed.program)
  return {
    path: file,
    text,
    isTest: /\.(?:test|e2e)\.ts$/.test(file),
    owner,
    program: parsed.program,
    comments: parsed.comments,
    imports,
    lineAt,
  }
}

/** The workspace that consists of these files: path from the root → text. */
export const workspaceOf = (files: Readonly<Record<string, string>>): Workspace => {
  const all = new Map(Object.entries(files))
  const packages = new Map<string, Package>()
  const sources: Array<Source> = []
  for (const [file, text] of all) {
    const [folder, name, within] = file.split("/")
    // What lies beside `src` is a tool's configuration.
    const isCode = within === "src" && /\.tsx?$/.test(file)
    if (!isKindFolder(folder) || name === undefined || !isCode) continue
    const directory = `${folder}/${name}`
    const owner = packages.get(directory) ?? packageAt(directory, all)
    packages.set(directory, owner)
    sources.push(sourceAt(file, text, owner))
  }
  return {
    packages: [...packages.values()],
    sources,
    documents: new Map([...all].filter(([file]) => file.endsWith(".md"))),
    has: (file) => all.has(file) || [...all.keys()].some((each) => each.startsWith(`${file}/`)),
  }
}

// AssemblyScript is a language of its own: it has no extensions in imports.
const unread = new Set(["assembly", "node_modules", "dist", "coverage", "bench-results"])
const readable = /\.(tsx?|md|json)$/

const collect = (root: string, folder: string, files: Record<string, string>): void => {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (unread.has(entry.name) || entry.name === ".git" || entry.name === ".nx") continue
    if (entry.isDirectory()) collect(root, file, files)
    else if (entry.isFile()) {
      // Links may point at any file, so each is known, but only these are looked into.
      files[file] = readable.test(entry.name) ? fs.readFileSync(path.join(root, file), "utf8") : ""
    }
  }
}

/** The workspace on the disk. */
export const readWorkspace = (root: string): Workspace => {
  const files: Record<string, string> = {}
  collect(root, "", files)
  return workspaceOf(files)
}
