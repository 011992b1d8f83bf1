/** What the extension looks at, and what it knows of it: the parts share one of these. */
import type * as vscode from "vscode"
import type { Verdict } from "./command/Verdict.ts"
import type { Editor } from "./Editor.ts"
import { type EngineWatch, makeEngineWatch } from "./monitor/EngineWatch.ts"
import { makeMonitors, type Monitors } from "./monitor/Monitors.ts"
import { keyOf, type Target, targetOf } from "./monitor/Target.ts"
import { type InspectorPanels, makeInspectorPanels } from "./panel/InspectorPanels.ts"
import { pageFolder } from "./panel/PackedPage.ts"
import { type Trails, watchTrails } from "./trail/Trails.ts"

export interface Session {
  readonly editor: Editor
  readonly context: vscode.ExtensionContext
  readonly monitors: Monitors
  readonly panels: InspectorPanels
  readonly trails: Trails
  readonly engine: EngineWatch
  /** Of trails that were verified here, by the key of their target. */
  readonly verdicts: Map<string, Verdict>
  readonly target: () => Target | undefined
  readonly lookAt: (target: Target | undefined) => void
  readonly changed: vscode.EventEmitter<void>
  readonly end: () => Promise<void>
}

const rememberedKey = "target"

/** Where the editor keeps the token for an address: in its store of secrets, and nowhere else. */
export const secretKey = (url: string): string => `token ${url}`

export interface SessionOptions {
  readonly editor: Editor
  readonly context: vscode.ExtensionContext
  /** Units: milliseconds. Until an engine that does not answer is asked again. */
  readonly retryMillis?: number
}

export const makeSession = ({ context, editor, retryMillis }: SessionOptions): Session => {
  const changed = new editor.EventEmitter<void>()
  const monitors = makeMonitors({
    isTrusted: () => editor.workspace.isTrusted,
    tokenFor: async (url) => context.secrets.get(secretKey(url)),
  })
  const trails = watchTrails(editor, () => changed.fire())
  const engine = makeEngineWatch(() => changed.fire(), retryMillis)
  const panels = makeInspectorPanels({
    editor,
    monitors,
    findPage: () => pageFolder(editor, context),
    ...(retryMillis === undefined ? {} : { retryMillis }),
  })
  let target: Target | undefined
  const lookAt = (next: Target | undefined): void => {
    if (next !== undefined && target !== undefined && keyOf(next) === keyOf(target)) return
    target = next
    void context.workspaceState.update(rememberedKey, next === undefined ? undefined : keyOf(next))
    engine.follow(next === undefined ? undefined : () => monitors.running(next))
  }
  return {
    editor,
    context,
    monitors,
    panels,
    trails,
    engine,
    verdicts: new Map(),
    target: () => target,
    lookAt,
    changed,
    end: async () => {
      panels.dispose()
      trails.dispose()
      await engine.end()
      await monitors.end()
      changed.dispose()
    },
  }
}

/** What was looked at last, or else a trail with an engine, or else the only trail. */
export const chooseTarget = ({ context, lookAt, target, trails }: Session): void => {
  if (target() !== undefined) return
  const remembered = targetOf(context.workspaceState.get(rememberedKey))
  if (remembered !== undefined) return lookAt(remembered)
  const found = trails.list()
  const first = found.find(({ isAnnounced }) => isAnnounced)
  const only = found.length === 1 ? found[0] : undefined
  const chosen = first ?? only
  if (chosen !== undefined) lookAt({ _tag: "Trail", directory: chosen.directory })
}
