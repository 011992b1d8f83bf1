/** The panel under the tabs. */
import { Suspense, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Panel, Scene } from "./Contribution.ts"
import { panels } from "./Contributions.ts"
import { Failure } from "./Failure.tsx"
import { IconButton } from "./IconButton.tsx"
import { Sash } from "./Sash.tsx"
import { bounded } from "./Size.ts"

const size = { min: 80, max: 600, initial: 220 }
const never = (): undefined => undefined

const PanelTab = ({
  isShown,
  panel,
  scene,
}: {
  readonly panel: Panel
  readonly isShown: boolean
  readonly scene: Scene
}) => {
  const { id, title, useBadge = never } = panel
  const badge = useBadge(scene)
  return (
    <button
      id={`panel-tab-${id}`}
      type="button"
      role="tab"
      aria-selected={isShown}
      aria-controls="panel-content"
      aria-label={badge === undefined ? title : `${title}, ${badge}`}
      tabIndex={isShown ? 0 : -1}
      onClick={() => scene.workbench.panel.set(id)}
    >
      {title}
      {badge === undefined ? null : <span className="badge">{badge}</span>}
    </button>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

const PanelTabs = ({ scene, shown }: { readonly scene: Scene; readonly shown: Panel }) => (
  <div
    role="tablist"
    aria-label="Panel"
    onKeyDown={(event) => {
      const step = steps[event.key]
      if (step === undefined) return
      event.preventDefault()
      const next = panels.at((panels.indexOf(shown) + step) % panels.length)
      if (next === undefined) return
      scene.workbench.panel.set(next.id)
      document.getElementById(`panel-tab-${next.id}`)?.focus()
    }}
  >
    {panels.map((panel) => (
      <PanelTab key={panel.id} panel={panel} isShown={panel === shown} scene={scene} />
    ))}
  </div>
)

export const PanelArea = ({ scene }: { readonly scene: Scene }) => {
  const { isPanelOpen, panel } = scene.workbench
  const isOpen = useStore(isPanelOpen)
  const chosen = useStore(panel)
  const [height, setHeight] = useState(() => bounded(scene.host.read("panelHeight"), size))
  const shown = panels.find(({ id }) => id === chosen) ?? panels[0]
  if (!isOpen || shown === undefined) return null
  const { component: Content } = shown
  return (
    <section className="panel" aria-label="Panel" style={{ height }}>
      <Sash
        label="Height of the panel"
        orientation="horizontal"
        isAfter
        value={height}
        {...size}
        resize={(next) => {
          setHeight(bounded(next, size))
          scene.host.write("panelHeight", String(bounded(next, size)))
        }}
      />
      <div className="panel-head">
        <PanelTabs scene={scene} shown={shown} />
        <IconButton
          icon="close"
          label="Close the panel"
          title="Close the panel (Ctrl+J)"
          onClick={() => isPanelOpen.set(false)}
        />
      </div>
      <div
        id="panel-content"
        className="panel-content"
        role="tabpanel"
        tabIndex={0}
        aria-labelledby={`panel-tab-${shown.id}`}
      >
        <Failure key={shown.id}>
          <Suspense fallback={<p className="panel-empty">Loading…</p>}>
            <Content scene={scene} />
          </Suspense>
        </Failure>
      </div>
    </section>
  )
}
