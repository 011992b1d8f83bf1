/** Parts of the module `vscode` that are more than values. */
import * as path from "node:path"
import type * as vscode from "vscode"

export class FakeEventEmitter<A> {
  private readonly listeners = new Set<(value: A) => unknown>()

  readonly event = (listener: (value: A) => unknown): { readonly dispose: () => void } => {
    this.listeners.add(listener)
    return { dispose: () => this.listeners.delete(listener) }
  }

  fire(value: A): void {
    for (const listener of Array.from(this.listeners)) listener(value)
  }

  dispose(): void {
    this.listeners.clear()
  }
}

interface Parts {
  readonly scheme: string
  readonly authority?: string
  readonly path?: string
  readonly query?: string
  readonly fragment?: string
}

/** Encodes as the editor does: all but letters, digits, `-._~/`, unless it is told to skip it. */
const written = (text: string, skip: boolean): string =>
  skip ? text : encodeURIComponent(text).replaceAll("%2F", "/")

class FakeUri {
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly query: string
  readonly fragment: string

  constructor({ authority = "", fragment = "", path: own = "", query = "", scheme }: Parts) {
    this.scheme = scheme
    this.authority = authority
    this.path = own
    this.query = query
    this.fragment = fragment
  }

  get fsPath(): string {
    return path.normalize(this.path)
  }

  toString(skipEncoding = false): string {
    const host = this.authority === "" && this.scheme !== "file" ? "" : `//${this.authority}`
    const query = this.query === "" ? "" : `?${written(this.query, skipEncoding)}`
    return `${this.scheme}:${host}${written(this.path, skipEncoding)}${query}`
  }
}

const parse = (text: string): FakeUri => {
  const [, scheme = "", authority = "", own = "", query = ""] =
    /^([\w.+-]+):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text) ?? []
  return new FakeUri({
    scheme,
    authority,
    path: decodeURIComponent(own),
    query: decodeURIComponent(query),
  })
}

export const makeFakeUri = () => {
  // It has what the extension asks an address for.
  const asUri = (uri: FakeUri): vscode.Uri => uri as unknown as vscode.Uri
  return {
    file: (file: string) => asUri(new FakeUri({ scheme: "file", path: file })),
    parse: (text: string) => asUri(parse(text)),
    from: (parts: Parts) => asUri(new FakeUri(parts)),
    joinPath: (base: vscode.Uri, ...names: ReadonlyArray<string>) =>
      asUri(new FakeUri({ scheme: base.scheme, path: path.posix.join(base.path, ...names) })),
  }
}

/** A tab with a page in it that nobody runs: a test posts what the page would. */
export class FakeWebviewPanel {
  readonly viewType: string
  readonly title: string
  active = true
  isDisposed = false
  revealed = 0
  /** What the extension has posted to the page. */
  readonly posted: Array<unknown> = []
  private readonly received = new FakeEventEmitter<unknown>()
  private readonly disposed = new FakeEventEmitter<void>()
  readonly onDidDispose = this.disposed.event
  readonly webview = {
    html: "",
    options: {},
    cspSource: "https://*.editor.example",
    asWebviewUri: (uri: vscode.Uri) => parse(`https://files.editor.example${uri.path}`),
    postMessage: async (message: unknown) => {
      if (!this.isDisposed) this.posted.push(message)
      return !this.isDisposed
    },
    onDidReceiveMessage: this.received.event,
  }

  constructor(viewType: string, title: string) {
    this.viewType = viewType
    this.title = title
  }

  /** As the page does. */
  post(message: unknown): void {
    this.received.fire(message)
  }

  reveal(): void {
    this.revealed += 1
  }

  dispose(): void {
    if (this.isDisposed) return
    this.isDisposed = true
    this.disposed.fire()
  }
}
