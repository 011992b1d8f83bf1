/** What belongs to the activity that is chosen. */
import { useEffect, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { activities } from "./Contributions.ts"
import { Failure } from "./Failure.tsx"
import { IconButton } from "./IconButton.tsx"
import { Sash } from "./Sash.tsx"
import { bounded, narrowPixels } from "./Size.ts"

const size = { min: 160, max: 640, initial: 280 }

/** Where it lies over the tabs, it makes room for the one that was opened from it. */
const useRoom = ({ workbench }: Scene): void =>
  useEffect(
    () =>
      workbench.active.subscribe(() => {
        if (innerWidth < narrowPixels) workbench.activity.set(undefined)
      }),
    [workbench],
  )

export const SideBar = ({ scene }: { readonly scene: Scene }) => {
  const shown = useStore(scene.workbench.activity)
  const [width, setWidth] = useState(() => bounded(scene.host.read("sideBar"), size))
  useRoom(scene)
  const activity = activities.find(({ id }) => id === shown)
  if (activity === undefined) return null
  const { sideBar: Content } = activity
  const resize = (next: number) => {
    setWidth(bounded(next, size))
    scene.host.write("sideBar", String(bounded(next, size)))
  }
  return (
    <aside className="side-bar-area" aria-label="Side bar">
      <div
        id="side-bar"
        className="side-bar"
        role="tabpanel"
        aria-labelledby={`activity-${activity.id}`}
        style={{ width }}
        onKeyDown={(event) => {
          // Where it lies over the tabs, it goes as it came.
          if (event.key !== "Escape" || event.defaultPrevented || innerWidth >= narrowPixels) return
          scene.workbench.activity.set(undefined)
          scene.workbench.focusActive()
        }}
      >
        <div className="side-bar-head">
          <h2 className="side-bar-title">{activity.title}</h2>
          <IconButton
            icon="layout-sidebar-left-off"
            label="Hide the side bar"
            title="Hide the side bar (Ctrl+B)"
            onClick={() => scene.workbench.activity.set(undefined)}
          />
        </div>
        <div className="side-bar-content">
          <Failure key={activity.id}>
            <Content scene={scene} />
          </Failure>
        </div>
      </div>
      <Sash
        label="Width of the side bar"
        orientation="vertical"
        value={width}
        {...size}
        resize={resize}
      />
    </aside>
  )
}
