/**
 * An editor without its windows: as much of the module `vscode` as the extension uses, and what a
 * user would see and choose. Modelled on the editor's own declarations.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import * as path from "node:path"
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"
import { FakeEventEmitter, FakeWebviewPanel, makeFakeUri } from "./FakeParts.ts"

/** What a user answers, in order. */
export interface Answers {
  readonly picks: Array<string>
  readonly inputs: Array<string>
  readonly buttons: Array<string>
}

interface Shown {
  readonly kind: "info" | "warning" | "error"
  readonly text: string
  readonly actions: ReadonlyArray<string>
}

interface Tree {
  readonly options: vscode.TreeViewOptions<unknown>
  readonly view: { badge?: vscode.ViewBadge; message?: string }
}

export interface FakeEditor {
  readonly editor: Editor
  readonly context: vscode.ExtensionContext
  readonly answers: Answers
  readonly messages: Array<Shown>
  readonly panels: Array<FakeWebviewPanel>
  readonly secrets: Map<string, string>
  readonly workspaceState: Map<string, unknown>
  readonly clipboard: () => string
  readonly status: () => vscode.StatusBarItem
  readonly problems: () => ReadonlyArray<readonly [string, ReadonlyArray<vscode.Diagnostic>]>
  readonly progress: Array<string>
  readonly executed: Array<ReadonlyArray<unknown>>
  /** Runs a command as the palette or a row does. */
  readonly run: (name: string, ...given: ReadonlyArray<unknown>) => Promise<unknown>
  /** The text of a document of the extension's own scheme. */
  readonly read: (uri: vscode.Uri) => Promise<string>
  readonly shownDocuments: Array<vscode.Uri>
  readonly openUri: (uri: string) => Promise<void>
  readonly restore: (panel: FakeWebviewPanel, state: unknown) => Promise<void>
  /** The rows of a tree as a screen reader has them, those below indented. */
  readonly tree: (id: string) => Promise<ReadonlyArray<string>>
  readonly badge: (id: string) => vscode.ViewBadge | undefined
  readonly treeMessage: (id: string) => string | undefined
  /** Something below the folder was made, changed or removed. */
  readonly fileChanged: () => void
  readonly cancel: () => void
}

export interface FakeEditorOptions {
  /** The folder that is open. */
  readonly folder: string
  readonly isTrusted?: boolean
  /** Where the built page is: `page` in it. */
  readonly extensionPath?: string
}

const filesUnder = async (folder: string): Promise<ReadonlyArray<string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((one) => path.join(one.parentPath, one.name))
}

/** Of the patterns that the extension uses: `**` and a name, which may begin with a star. */
const matches = (pattern: string, file: string): boolean => {
  const name = pattern.replace(/^\*\*\//, "")
  return name.startsWith("*") ? file.endsWith(name.slice(1)) : path.basename(file) === name
}

class Disposable {
  private readonly end: () => void
  constructor(end: () => void) {
    this.end = end
  }
  dispose(): void {
    this.end()
  }
}

const disposable = (end: () => void = () => undefined) => new Disposable(end)

const values = {
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  StatusBarAlignment: { Left: 1, Right: 2 },
  ProgressLocation: { SourceControl: 1, Window: 10, Notification: 15 },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  ViewColumn: { Active: -1, Beside: -2, One: 1 },
  EventEmitter: FakeEventEmitter,
  TreeItem: class {
    label: string
    collapsibleState: number
    constructor(label: string, collapsibleState: number) {
      this.label = label
      this.collapsibleState = collapsibleState
    }
  },
  ThemeIcon: class {
    id: string
    color: unknown
    constructor(id: string, color?: unknown) {
      this.id = id
      this.color = color
    }
  },
  ThemeColor: class {
    id: string
    constructor(id: string) {
      this.id = id
    }
  },
  Range: class {
    readonly numbers: ReadonlyArray<number>
    constructor(...numbers: ReadonlyArray<number>) {
      this.numbers = numbers
    }
  },
  Diagnostic: class {
    range: unknown
    message: string
    severity: number
    constructor(range: unknown, message: string, severity: number) {
      this.range = range
      this.message = message
      this.severity = severity
    }
  },
}

interface World {
  readonly options: FakeEditorOptions
  readonly fake: Omit<
    FakeEditor,
    "editor" | "context" | "run" | "read" | "openUri" | "restore" | "tree"
  >
  readonly commands: Map<string, (...given: ReadonlyArray<unknown>) => unknown>
  readonly trees: Map<string, Tree>
  readonly providers: Map<string, vscode.TextDocumentContentProvider>
  readonly fileEvents: FakeEventEmitter<unknown>
  readonly diagnostics: Map<string, ReadonlyArray<vscode.Diagnostic>>
  readonly held: {
    status?: vscode.StatusBarItem
    clipboard: string
    cancelled: FakeEventEmitter<void>
    uriHandler?: vscode.UriHandler
    serializer?: vscode.WebviewPanelSerializer
  }
  readonly Uri: ReturnType<typeof makeFakeUri>
}

const windowOf = ({ fake, held, trees, options, Uri }: World) => {
  const say =
    (kind: Shown["kind"]) =>
    async (text: string, ...actions: ReadonlyArray<string>): Promise<string | undefined> => {
      fake.messages.push({ kind, text, actions })
      const [next] = fake.answers.buttons
      return next !== undefined && actions.includes(next) ? fake.answers.buttons.shift() : undefined
    }
  return {
    createTreeView: (id: string, given: vscode.TreeViewOptions<unknown>) => {
      const view = {}
      trees.set(id, { options: given, view })
      return Object.assign(view, { dispose: () => trees.delete(id) })
    },
    createStatusBarItem: (id: string) => {
      // As much of an item as is set; the rest stays away.
      const item = { id, text: "", show: () => undefined, dispose: () => undefined }
      held.status = item as unknown as vscode.StatusBarItem
      return item
    },
    createWebviewPanel: (viewType: string, title: string) => {
      const panel = new FakeWebviewPanel(viewType, title)
      fake.panels.push(panel)
      return panel
    },
    registerWebviewPanelSerializer: (_: string, serializer: vscode.WebviewPanelSerializer) => {
      held.serializer = serializer
      return disposable()
    },
    registerUriHandler: (handler: vscode.UriHandler) => {
      held.uriHandler = handler
      return disposable()
    },
    showInformationMessage: say("info"),
    showWarningMessage: say("warning"),
    showErrorMessage: say("error"),
    setStatusBarMessage: () => disposable(),
    showQuickPick: async (items: ReadonlyArray<string | { readonly label: string }>) => {
      const wanted = fake.answers.picks.shift()
      return items.find((item) => (typeof item === "string" ? item : item.label) === wanted)
    },
    showInputBox: async (box: vscode.InputBoxOptions) => {
      const typed = fake.answers.inputs.shift()
      if (typed === undefined) return undefined
      return (await box.validateInput?.(typed)) === undefined ? typed : undefined
    },
    showSaveDialog: async () => Uri.file(path.join(options.folder, "saved")),
    showTextDocument: async ({ uri }: { readonly uri: vscode.Uri }) => {
      fake.shownDocuments.push(uri)
    },
    withProgress: async (
      { title }: vscode.ProgressOptions,
      task: (progress: unknown, token: unknown) => Promise<unknown>,
    ) => {
      fake.progress.push(title ?? "")
      const token = {
        isCancellationRequested: false,
        onCancellationRequested: held.cancelled.event,
      }
      held.cancelled.event(() => {
        token.isCancellationRequested = true
      })
      return task(
        { report: ({ message = "" }: { message?: string }) => fake.progress.push(message) },
        token,
      )
    },
  }
}

const textOf = async (providers: World["providers"], uri: vscode.Uri): Promise<string> => {
  const token = { isCancellationRequested: false, onCancellationRequested: () => disposable() }
  return (await providers.get(uri.scheme)?.provideTextDocumentContent(uri, token)) ?? ""
}

const workspaceOf = ({ fileEvents, options, providers, Uri }: World) => ({
  isTrusted: options.isTrusted ?? true,
  workspaceFolders: [
    { uri: Uri.file(options.folder), name: path.basename(options.folder), index: 0 },
  ],
  asRelativePath: (file: string) => path.relative(options.folder, file) || file,
  findFiles: async (pattern: string) =>
    (await filesUnder(options.folder)).filter((file) => matches(pattern, file)).map(Uri.file),
  createFileSystemWatcher: () => ({
    onDidCreate: fileEvents.event,
    onDidChange: fileEvents.event,
    onDidDelete: fileEvents.event,
    dispose: () => undefined,
  }),
  onDidChangeWorkspaceFolders: () => disposable(),
  onDidGrantWorkspaceTrust: () => disposable(),
  registerTextDocumentContentProvider: (
    scheme: string,
    provider: vscode.TextDocumentContentProvider,
  ) => {
    providers.set(scheme, provider)
    return disposable()
  },
  openTextDocument: async (uri: vscode.Uri) => {
    try {
      await textOf(providers, uri)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Error(`cannot open ${encodeURI(uri.toString())}. Detail: ${why}`, { cause: error })
    }
    return { uri }
  },
  fs: {
    stat: async (uri: vscode.Uri) => ({ size: (await stat(uri.fsPath)).size }),
    readFile: (uri: vscode.Uri) => readFile(uri.fsPath),
    readDirectory: async (uri: vscode.Uri) =>
      (await readdir(uri.fsPath)).map((name) => [name, 1] as const),
    delete: (uri: vscode.Uri) => rm(uri.fsPath, { recursive: true }),
    writeFile: async (uri: vscode.Uri, bytes: Uint8Array) => {
      await mkdir(path.dirname(uri.fsPath), { recursive: true })
      await writeFile(uri.fsPath, bytes)
    },
  },
})

const collectionOf = ({ diagnostics, Uri }: World) => ({
  createDiagnosticCollection: () => ({
    set: (uri: vscode.Uri, found: ReadonlyArray<vscode.Diagnostic>) =>
      diagnostics.set(uri.fsPath, found),
    delete: (uri: vscode.Uri) => diagnostics.delete(uri.fsPath),
    forEach: (each: (uri: vscode.Uri) => void) => {
      for (const file of diagnostics.keys()) each(Uri.file(file))
    },
    dispose: () => diagnostics.clear(),
  }),
})

const commandsOf = ({ commands, fake }: World) => ({
  registerCommand: (name: string, run: (...given: ReadonlyArray<unknown>) => unknown) => {
    commands.set(name, run)
    return disposable(() => commands.delete(name))
  },
  executeCommand: async (name: string, ...given: ReadonlyArray<unknown>) => {
    fake.executed.push([name, ...given])
    return commands.get(name)?.(...given)
  },
})

const contextOf = ({ fake, options, Uri }: World): vscode.ExtensionContext => {
  const context = {
    extension: { id: "countersign.countersign-inspector" },
    extensionUri: Uri.file(options.extensionPath ?? options.folder),
    globalStorageUri: Uri.file(path.join(options.extensionPath ?? options.folder, "storage")),
    subscriptions: [],
    secrets: {
      get: async (key: string) => fake.secrets.get(key),
      store: async (key: string, value: string) => void fake.secrets.set(key, value),
      delete: async (key: string) => void fake.secrets.delete(key),
    },
    workspaceState: {
      get: (key: string) => fake.workspaceState.get(key),
      update: async (key: string, value: unknown) => void fake.workspaceState.set(key, value),
    },
  }
  // The parts that the extension uses.
  return context as unknown as vscode.ExtensionContext
}

const linesOf = async (tree: Tree | undefined): Promise<ReadonlyArray<string>> => {
  const provider = tree?.options.treeDataProvider
  if (provider === undefined) return []
  const under = async (parent: unknown, depth: string): Promise<ReadonlyArray<string>> => {
    const rows = (await provider.getChildren(parent)) ?? []
    const lines = await Promise.all(
      rows.map(async (row) => {
        const item = await provider.getTreeItem(row)
        return [
          `${depth}${item.accessibilityInformation?.label}`,
          ...(await under(row, `${depth}  `)),
        ]
      }),
    )
    return lines.flat()
  }
  return under(undefined, "")
}

const emptyWorld = (options: FakeEditorOptions): World => {
  const trees = new Map<string, Tree>()
  const diagnostics = new Map<string, ReadonlyArray<vscode.Diagnostic>>()
  const fileEvents = new FakeEventEmitter<unknown>()
  const held: World["held"] = { clipboard: "", cancelled: new FakeEventEmitter<void>() }
  return {
    options,
    trees,
    diagnostics,
    fileEvents,
    held,
    commands: new Map(),
    providers: new Map(),
    Uri: makeFakeUri(),
    fake: {
      answers: { picks: [], inputs: [], buttons: [] },
      messages: [],
      panels: [],
      secrets: new Map(),
      workspaceState: new Map(),
      progress: [],
      executed: [],
      shownDocuments: [],
      clipboard: () => held.clipboard,
      status: () => {
        if (held.status === undefined) throw new Error("there is no status bar item")
        return held.status
      },
      problems: () => Array.from(diagnostics),
      badge: (id) => trees.get(id)?.view.badge,
      treeMessage: (id) => trees.get(id)?.view.message,
      fileChanged: () => fileEvents.fire(undefined),
      cancel: () => held.cancelled.fire(),
    },
  }
}

export const makeFakeEditor = (options: FakeEditorOptions): FakeEditor => {
  const world = emptyWorld(options)
  const { commands, fake, held, providers, trees, Uri } = world
  const editor = {
    ...values,
    Uri,
    window: windowOf(world),
    workspace: workspaceOf(world),
    commands: commandsOf(world),
    languages: collectionOf(world),
    env: {
      uriScheme: "vscode",
      clipboard: {
        writeText: async (text: string) => {
          held.clipboard = text
        },
      },
    },
  }
  return {
    ...fake,
    // The parts that the extension uses.
    editor: editor as unknown as Editor,
    context: contextOf(world),
    run: async (name, ...given) => {
      const command = commands.get(name)
      if (command === undefined) throw new Error(`no command ${name}`)
      return command(...given)
    },
    read: (uri) => textOf(providers, uri),
    openUri: async (uri) => {
      await held.uriHandler?.handleUri(Uri.parse(uri))
    },
    restore: async (panel, state) => {
      // As much of a panel as is used.
      await held.serializer?.deserializeWebviewPanel(panel as unknown as vscode.WebviewPanel, state)
    },
    tree: (id) => linesOf(trees.get(id)),
  }
}
