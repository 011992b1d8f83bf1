/** Tabs that split and move, by dockview; all that the page knows of dockview is here and in Workbench. */
import {
  DockviewReact,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
  themeAbyss,
} from "dockview-react"
import { Suspense, createContext, use, useEffect, useState } from "react"
import type { Parameters, Scene } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { Failure } from "./Failure.tsx"
import { Icon } from "./Icon.tsx"

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
    <div className="view" data-view={params.kind}>
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

/** Its own tab: the stock one has a button inside of a tab, which screen readers lose. */
const Tab = ({ api, params }: IDockviewPanelHeaderProps<TabParameters>) => {
  const [title, setTitle] = useState(api.title ?? "")
  useEffect(() => {
    const listening = api.onDidTitleChange((event) => setTitle(event.title))
    return () => listening.dispose()
  }, [api])
  return (
    <div
      className="tab"
      title={`${title} (Delete closes it)`}
      onAuxClick={(event) => {
        if (event.button === 1) api.close()
      }}
    >
      <Icon name={views.get(params.kind)?.icon ?? "file"} />
      <span className="tab-title">{title}</span>
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

const Nothing = () => (
  <p className="editor-empty">Nothing is open. Ctrl+P opens a view, Ctrl+Shift+P runs a command.</p>
)

export const EditorArea = ({ scene }: { readonly scene: Scene }) => (
  <main id="editor-area" className="editor-area" tabIndex={-1} aria-label="Tabs">
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
