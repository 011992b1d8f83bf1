/** The page in tabs of the editor, and what goes between it and a monitor. */
import { randomBytes } from "node:crypto"
import { webviewBridge } from "@countersign/inspector/WebviewBridge"
import { visible } from "@countersign/inspector/page/text/HostileText"
import { type FromPage, readFromPage } from "@countersign/inspector/WebviewMessage"
import { webviewPage } from "@countersign/inspector/WebviewPage"
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"
import type { Monitors } from "../monitor/Monitors.ts"
import { keyOf, nameOf, type Target, targetOf } from "../monitor/Target.ts"
import { type PageFiles, readPage } from "./PageFiles.ts"

export const viewType = "countersign.inspector"

export interface InspectorPanels extends vscode.Disposable {
  /** Shows the target's tab, the one that is there or a new one, at a permalink. */
  readonly open: (target: Target, link?: string) => Promise<void>
  /** What the active tab shows; `undefined`: none is active. */
  readonly shown: () => { readonly target: Target; readonly link: string } | undefined
  readonly serializer: vscode.WebviewPanelSerializer
}

export interface InspectorPanelsOptions {
  readonly editor: Editor
  readonly monitors: Monitors
  /** Where the built page is. */
  readonly findPage: () => Promise<vscode.Uri>
  /** Units: milliseconds. Until a page over files looks again for an engine. Default 2000. */
  readonly retryMillis?: number
}

interface Open {
  readonly panel: vscode.WebviewPanel
  readonly target: Target
  link: string
}

const save = async (
  { Uri, window, workspace }: Editor,
  { content, name }: Extract<FromPage, { readonly type: "save" }>,
): Promise<void> => {
  // A name from the page is a name, and no path.
  const file = name.replaceAll(/[^\w.-]+/g, "-").replace(/^\.+/, "")
  const [folder] = workspace.workspaceFolders ?? []
  const chosen = await window.showSaveDialog(
    folder === undefined ? {} : { defaultUri: Uri.joinPath(folder.uri, file) },
  )
  if (chosen === undefined) return
  const bytes = typeof content === "string" ? Buffer.from(content) : content
  await workspace.fs.writeFile(chosen, bytes)
}

const documentOf = (
  files: PageFiles,
  { webview }: vscode.WebviewPanel,
  target: Target,
  link: string,
  { Uri }: Editor,
): string =>
  webviewPage({
    index: files.index,
    addressOf: (file) => webview.asWebviewUri(Uri.joinPath(files.root, file)).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString("hex"),
    link,
    target: keyOf(target),
    workers: files.workers,
  })

/** What the page asks of the editor itself. */
const takeWish = (
  editor: Editor,
  shown: Open,
  message: Exclude<FromPage, { readonly id: number }>,
): void => {
  if (message.type === "link") shown.link = message.link
  else if (message.type === "copy") void editor.env.clipboard.writeText(message.text)
  else {
    save(editor, message).catch((error: unknown) => {
      void editor.window.showErrorMessage(`The file was not saved: ${String(error)}`)
    })
  }
}

const retryMillisDefault = 2000

/**
 * Joins the page in a panel to the monitor of its target: to the extension's own while no engine
 * runs, and to the engine's as soon as one does.
 */
const bridged = (
  { monitors, retryMillis = retryMillisDefault }: InspectorPanelsOptions,
  { panel: { webview }, target }: Open,
) => {
  let isOverFiles = false
  const bridge = webviewBridge({
    find: async () => {
      const engine = await monitors.running(target)
      isOverFiles = engine === undefined
      return engine ?? monitors.own(target)
    },
    post: (message) => void webview.postMessage(message),
  })
  let isLooking = false
  const look = async (): Promise<void> => {
    if (!isOverFiles || isLooking) return
    isLooking = true
    const engine = await monitors.running(target).catch(() => undefined)
    isLooking = false
    if (engine === undefined || !isOverFiles) return
    isOverFiles = false
    // The page connects again by itself, and to the engine this time.
    bridge.end()
  }
  const looking = setInterval(() => void look(), retryMillis)
  return {
    take: bridge.take,
    end: () => {
      clearInterval(looking)
      bridge.end()
    },
  }
}

const joined = (options: InspectorPanelsOptions, shown: Open, disposed: () => void): void => {
  const { editor } = options
  const { webview } = shown.panel
  const bridge = bridged(options, shown)
  webview.onDidReceiveMessage((posted: unknown) => {
    const message = readFromPage(posted)
    if (message === undefined) return
    if ("id" in message) bridge.take(message)
    else takeWish(editor, shown, message)
  })
  shown.panel.onDidDispose(() => {
    bridge.end()
    disposed()
  })
}

const targetIn = (state: unknown): Target | undefined =>
  typeof state === "object" && state !== null && "target" in state
    ? targetOf(state.target)
    : undefined

export const makeInspectorPanels = (options: InspectorPanelsOptions): InspectorPanels => {
  const { editor, findPage } = options
  const open = new Map<string, Open>()
  let files: Promise<PageFiles> | undefined
  const pageFiles = (): Promise<PageFiles> => {
    if (files !== undefined) return files
    const found = findPage().then((root) => readPage(editor, root))
    files = found
    // A disk that was full may have room the next time.
    found.catch(() => {
      files = undefined
    })
    return found
  }

  const attach = async (
    panel: vscode.WebviewPanel,
    target: Target,
    link: string,
  ): Promise<void> => {
    const mine: Open = { panel, target, link }
    const key = keyOf(target)
    open.set(key, mine)
    joined(options, mine, () => {
      if (open.get(key) === mine) open.delete(key)
    })
    const { webview } = panel
    const found = await pageFiles().catch((error: unknown) => {
      // An empty tab would be shown again and again, and never filled.
      panel.dispose()
      throw error
    })
    if (open.get(key) !== mine) return
    webview.options = { enableScripts: true, localResourceRoots: [found.root] }
    webview.html = documentOf(found, panel, target, mine.link, editor)
  }

  return {
    open: async (target, link = "") => {
      const there = open.get(keyOf(target))
      if (there !== undefined) {
        there.panel.reveal()
        if (link === "") return
        // Where its document is not made yet, it begins there.
        there.link = link
        await there.panel.webview.postMessage({ type: "link", link })
        return
      }
      const panel = editor.window.createWebviewPanel(
        viewType,
        `Countersign: ${visible(nameOf(target), 100)}`,
        editor.ViewColumn.Active,
        // What it holds is ten minutes of an engine, and where somebody has scrolled to.
        { retainContextWhenHidden: true },
      )
      await attach(panel, target, link)
    },
    shown: () => {
      const active = Array.from(open.values()).find(({ panel }) => panel.active)
      return active === undefined ? undefined : { target: active.target, link: active.link }
    },
    serializer: {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const target = targetIn(state)
        return target === undefined ? panel.dispose() : attach(panel, target, "")
      },
    },
    dispose: () => {
      for (const { panel } of Array.from(open.values())) panel.dispose()
    },
  }
}
