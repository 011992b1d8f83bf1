/** Tabs that split and move, by dockview; all that the page knows of dockview is here and in Workbench. */
import {
  DockviewReact,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
  themeAbyss,
} from "dockview-react"
import { Suspense, createContext, use, useEffect, useState } from "react"
import { visible } from "../text/HostileText.ts"
import type { Parameters, Scene } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { Failure } from "./Failure.tsx"
import { Icon } from "./Icon.tsx"
import { KeyHint } from "./KeyHint.tsx"
import { openTabMenu } from "./TabMenu.ts"

const SceneContext = createContext<Scene | undefined>(undefined)

interface TabParameters {
  readonly kind: string
  readonly parameters: Parameters
}

const ViewFrame = ({ api, params }: IDockviewPanelProps<TabParameters>) => {
  const scene = use(SceneContext)
  const [isVisible, setIsVisible] = useState(api.isVisible)
  useEffect(() => {
    const listening = api.onDidVisibilityChange((event) => setIsVisible(event.isVisible))
    return () => listening.dispose()
  }, [api])
  const view = views.get(params.kind)
  if (scene === undefined || view === undefined) return null
  const { component: Component } = view
  return (
    <div className="view" data-view={params.kind} tabIndex={-1}>
      <Failure>
        <Suspense fallback={<p className="view-loading">Loading…</p>}>
          <Component
            scene={scene}
            parameters={params.parameters}
            isVisible={isVisible}
            setParameters={(parameters) => {
              api.updateParameters({ kind: params.kind, parameters })
              api.setTitle(view.title(parameters))
              scene.workbench.refresh()
            }}
          />
        </Suspense>
      </Failure>
    </div>
  )
}

const titleLengthMax = 120

/** Its own tab: the stock one has a button inside of a tab, which screen readers lose. */
const Tab = ({ api, params }: IDockviewPanelHeaderProps<TabParameters>) => {
  const [title, setTitle] = useState(api.title ?? "")
  useEffect(() => {
    const listening = api.onDidTitleChange((event) => setTitle(event.title))
    return () => listening.dispose()
  }, [api])
  const shown = visible(title, titleLengthMax)
  return (
    <div
      className="tab"
      data-panel={api.id}
      title={`${shown} (Delete closes it)`}
      onAuxClick={(event) => {
        if (event.button === 1) api.close()
      }}
    >
      <Icon name={views.get(params.kind)?.icon ?? "file"} />
      <span className="tab-title">{shown}</span>
      <span
        className="tab-close codicon codicon-close"
        aria-hidden="true"
        onPointerDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation()
          api.close()
        }}
      />
    </div>
  )
}

const components = { view: ViewFrame }
const tabComponents = { tab: Tab }

const Nothing = () => {
  const scene = use(SceneContext)
  if (scene === undefined) return null
  return (
    <p className="editor-empty">
      Nothing is open. <KeyHint command="palette.open" scene={scene} /> opens a view or an event,{" "}
      <KeyHint command="palette.commands" scene={scene} /> runs a command,{" "}
      <KeyHint command="tab.reopen" scene={scene} /> opens what was closed last.
    </p>
  )
}

/** The tab that an event is about; dockview's own element around it has the focus. */
const tabAround = (target: EventTarget): HTMLElement | undefined => {
  if (!(target instanceof Element)) return undefined
  const around = target.closest("[role='tab']") ?? target
  return (
    around.closest<HTMLElement>(".tab") ?? around.querySelector<HTMLElement>(".tab") ?? undefined
  )
}

const openMenu = (scene: Scene, target: EventTarget, x?: number, y?: number): boolean => {
  const tab = tabAround(target)
  const id = tab?.dataset["panel"]
  if (tab === undefined || id === undefined) return false
  const { bottom, left } = tab.getBoundingClientRect()
  openTabMenu(scene, id, { x: x ?? left, y: y ?? bottom })
  return true
}

const isMenuKey = ({ key, shiftKey }: { readonly key: string; readonly shiftKey: boolean }) =>
  key === "ContextMenu" || (key === "F10" && shiftKey)

export const EditorArea = ({ scene }: { readonly scene: Scene }) => (
  <main
    id="editor-area"
    className="editor-area"
    tabIndex={-1}
    aria-label="Tabs"
    onContextMenu={(event) => {
      // Keys bring it as well, and then it is nowhere.
      const isPointed = event.clientX > 0 || event.clientY > 0
      const isTab = event.target instanceof Element && event.target.closest("[role='tab']") !== null
      if (!isTab) return
      const at = isPointed ? ([event.clientX, event.clientY] as const) : ([] as const)
      if (openMenu(scene, event.target, ...at)) event.preventDefault()
    }}
    onKeyDown={(event) => {
      const isTab = event.target instanceof Element && event.target.matches("[role='tab']")
      if (isTab && isMenuKey(event) && openMenu(scene, event.target)) event.preventDefault()
    }}
  >
    <h1 className="unseen">Inspector</h1>
    <SceneContext value={scene}>
      <DockviewReact
        theme={{ ...themeAbyss, name: "countersign", className: "dockview-theme-countersign" }}
        components={components}
        tabComponents={tabComponents}
        watermarkComponent={Nothing}
        onReady={({ api }) => scene.workbench.attach(api)}
      />
    </SceneContext>
  </main>
)
