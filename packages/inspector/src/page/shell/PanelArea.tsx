/** The panel under the tabs. */
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { panels } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"

export const PanelArea = ({ scene }: { readonly scene: Scene }) => {
  const { isPanelOpen, panel } = scene.workbench
  const isOpen = useStore(isPanelOpen)
  const chosen = useStore(panel)
  const shown = panels.find(({ id }) => id === chosen) ?? panels[0]
  if (!isOpen || shown === undefined) return null
  const { component: Content } = shown
  return (
    <section className="panel" aria-label="Panel">
      <div className="panel-head">
        <div
          role="tablist"
          aria-label="Panel"
          onKeyDown={({ key }) => {
            const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0
            if (step === 0) return
            const next = panels.at((panels.indexOf(shown) + step) % panels.length)
            if (next === undefined) return
            panel.set(next.id)
            document.getElementById(`panel-tab-${next.id}`)?.focus()
          }}
        >
          {panels.map(({ id, title }) => (
            <button
              key={id}
              id={`panel-tab-${id}`}
              type="button"
              role="tab"
              aria-selected={id === shown.id}
              aria-controls="panel-content"
              tabIndex={id === shown.id ? 0 : -1}
              onClick={() => panel.set(id)}
            >
              {title}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the panel"
          title="Close the panel (Ctrl+J)"
          onClick={() => isPanelOpen.set(false)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div
        id="panel-content"
        className="panel-content"
        role="tabpanel"
        tabIndex={0}
        aria-labelledby={`panel-tab-${shown.id}`}
      >
        <Content scene={scene} />
      </div>
    </section>
  )
}
