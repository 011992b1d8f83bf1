/** What belongs to the activity that is chosen; its edge is dragged, or moved by the arrows. */
import { useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { activities } from "./Contributions.ts"

const widthMin = 160
const widthMax = 640
const bounded = (width: number) => Math.min(widthMax, Math.max(widthMin, Math.round(width)))

export const SideBar = ({ scene }: { readonly scene: Scene }) => {
  const shown = useStore(scene.workbench.activity)
  const [width, setWidth] = useState(() => bounded(Number(scene.host.read("sideBar") ?? 280)))
  const activity = activities.find(({ id }) => id === shown)
  if (activity === undefined) return null
  const { sideBar: Content } = activity
  const resize = (next: number) => {
    setWidth(bounded(next))
    scene.host.write("sideBar", String(bounded(next)))
  }
  return (
    <>
      <aside
        id="side-bar"
        className="side-bar"
        role="tabpanel"
        aria-labelledby={`activity-${activity.id}`}
        style={{ width }}
      >
        <h2 className="side-bar-title">{activity.title}</h2>
        <div className="side-bar-content">
          <Content key={activity.id} scene={scene} />
        </div>
      </aside>
      <div
        className="sash"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the side bar"
        aria-valuenow={width}
        aria-valuemin={widthMin}
        aria-valuemax={widthMax}
        tabIndex={0}
        onKeyDown={({ key }) => {
          if (key === "ArrowLeft") resize(width - 20)
          if (key === "ArrowRight") resize(width + 20)
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId))
            resize(width + event.movementX)
        }}
      />
    </>
  )
}
