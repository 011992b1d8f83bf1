/** Puts the extension together in an editor. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import type * as vscode from "vscode"
import { registerCommands } from "./command/Commands.ts"
import { permalinkHandler } from "./command/Permalink.ts"
import { scheme } from "./document/DocumentAddress.ts"
import { documentProvider } from "./document/Documents.ts"
import type { EngineState } from "./monitor/EngineWatch.ts"
import { keyOf } from "./monitor/Target.ts"
import { viewType } from "./panel/InspectorPanels.ts"
import { chooseTarget, makeSession, type Session, type SessionOptions } from "./Session.ts"
import { statusText } from "./status/StatusText.ts"
import { actorRows, stuckActors } from "./tree/ActorRows.ts"
import { alertRows, firingAlerts } from "./tree/AlertRows.ts"
import { counted } from "./tree/Row.ts"
import { makeRowTree, type RowTree } from "./tree/RowTree.ts"
import { trailRows } from "./tree/TrailRows.ts"

const frameOf = (state: EngineState) =>
  state._tag === "Live" || state._tag === "Stale" ? state.frame : undefined

/** What stands above the rows of an engine that is not there. */
const messageOf = (state: EngineState): string | undefined =>
  state._tag === "Stale" ? "The engine does not answer: this is how it was." : undefined

const badgeOf = (value: number, one: string, many: string): vscode.ViewBadge | undefined =>
  value === 0 ? undefined : { value, tooltip: counted(value, one, many) }

const treesOf = ({ editor, engine, target, trails, verdicts }: Session): ReadonlyArray<RowTree> => {
  const ofFrame =
    <A>(rows: (frame: Frame) => A, none: A) =>
    (): A => {
      const shown = frameOf(engine.state())
      return shown === undefined ? none : rows(shown)
    }
  return [
    makeRowTree(editor, {
      id: "countersign.actors",
      rows: ofFrame(actorRows, []),
      badge: () => badgeOf(ofFrame(stuckActors, 0)(), "actor is stuck", "actors are stuck"),
      message: () => messageOf(engine.state()),
    }),
    makeRowTree(editor, {
      id: "countersign.trails",
      rows: () => trailRows({ trails: trails.list(), current: target(), verdicts }),
    }),
    makeRowTree(editor, {
      id: "countersign.alerts",
      rows: ofFrame(alertRows, []),
      badge: () => badgeOf(ofFrame(firingAlerts, 0)(), "alert is firing", "alerts are firing"),
      message: () => messageOf(engine.state()),
    }),
  ]
}

const statusOf = (session: Session) => {
  const { editor, engine, target, trails, verdicts } = session
  const item = editor.window.createStatusBarItem(
    "countersign.status",
    editor.StatusBarAlignment.Left,
    10,
  )
  item.name = "Countersign"
  item.command = "countersign.openInspector"
  const backgrounds = {
    ordinary: undefined,
    warning: new editor.ThemeColor("statusBarItem.warningBackground"),
    error: new editor.ThemeColor("statusBarItem.errorBackground"),
  }
  const refresh = (): void => {
    const current = target()
    const verdict = current === undefined ? undefined : verdicts.get(keyOf(current))
    const directory = current?._tag === "Trail" ? current.directory : ""
    const size = trails.list().find((trail) => trail.directory === directory)?.size
    const { spoken, text, tone } = statusText(current, engine.state(), verdict, size)
    item.text = text
    item.tooltip = spoken
    item.accessibilityInformation = { label: spoken, role: "button" }
    item.backgroundColor = backgrounds[tone]
  }
  item.show()
  return { refresh, dispose: () => item.dispose() }
}

/** What the manifest's welcome texts and menus ask for. */
const tellContext = ({ editor, engine, target }: Session): void => {
  const { executeCommand } = editor.commands
  void executeCommand("setContext", "countersign.hasEngine", frameOf(engine.state()) !== undefined)
  void executeCommand("setContext", "countersign.hasTarget", target() !== undefined)
}

export interface Active {
  readonly session: Session
  readonly end: () => Promise<void>
}

export const start = async (options: SessionOptions): Promise<Active> => {
  const session = makeSession(options)
  const { changed, editor, monitors, panels, trails } = session
  const parts = [...treesOf(session), statusOf(session)]
  const problems = editor.languages.createDiagnosticCollection("countersign")
  const refresh = (): void => {
    for (const part of parts) part.refresh()
    tellContext(session)
  }
  const disposables: ReadonlyArray<vscode.Disposable> = [
    ...parts,
    problems,
    changed.event(refresh),
    ...registerCommands(session, problems),
    editor.workspace.registerTextDocumentContentProvider(scheme, documentProvider(monitors)),
    editor.window.registerWebviewPanelSerializer(viewType, panels.serializer),
    editor.window.registerUriHandler(permalinkHandler(session)),
    editor.workspace.onDidGrantWorkspaceTrust(refresh),
  ]
  refresh()
  await trails.refresh().catch(() => undefined)
  chooseTarget(session)
  refresh()
  return {
    session,
    end: async () => {
      for (const disposable of disposables) disposable.dispose()
      await session.end()
    },
  }
}
