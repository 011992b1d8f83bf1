/** One icon for each activity; the arrows go from one to the next. */
import { useStore } from "../connection/Store.ts"
import type { Activity, Scene } from "./Contribution.ts"
import { activities } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"

const never = (): undefined => undefined

const Button = ({
  activity,
  isActive,
  isShown,
  scene,
}: {
  readonly activity: Activity
  readonly isActive: boolean
  /** Its side bar is there. */
  readonly isShown: boolean
  readonly scene: Scene
}) => {
  const { useBadge = never } = activity
  const badge = useBadge(scene)
  const keys = activity.keys === undefined ? "" : ` (${activity.keys})`
  return (
    <button
      type="button"
      role="tab"
      id={`activity-${activity.id}`}
      aria-selected={isActive}
      aria-controls={isShown ? "side-bar" : undefined}
      aria-label={badge === undefined ? activity.title : `${activity.title}, ${badge}`}
      title={`${activity.title}${keys}`}
      tabIndex={isActive ? 0 : -1}
      onClick={() => {
        const { activity: shown } = scene.workbench
        shown.set(shown.get() === activity.id ? undefined : activity.id)
      }}
    >
      <Icon name={activity.icon} />
      {badge === undefined ? null : <span className="activity-badge">{badge}</span>}
    </button>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

export const ActivityBar = ({ scene }: { readonly scene: Scene }) => {
  const shown = useStore(scene.workbench.activity)
  useStore(scene.connection.about)
  const there = activities.filter(({ isThere = () => true }) => isThere(scene))
  const focused = there.some(({ id }) => id === shown) ? shown : there[0]?.id
  return (
    <nav className="activity-bar" aria-label="Activities">
      <div
        role="tablist"
        aria-orientation="vertical"
        aria-label="Activities"
        onKeyDown={(event) => {
          const step = steps[event.key]
          if (step === undefined) return
          event.preventDefault()
          const buttons = [...event.currentTarget.querySelectorAll("button")]
          const at = buttons.findIndex((button) => button === document.activeElement)
          buttons.at((at + step) % buttons.length)?.focus()
        }}
      >
        {there.map((activity) => (
          <Button
            key={activity.id}
            activity={activity}
            isActive={activity.id === focused}
            isShown={activity.id === shown}
            scene={scene}
          />
        ))}
      </div>
    </nav>
  )
}
