/** Short messages: what is wrong stays until it is dismissed, all else goes by itself. */
import { useEffect, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { visible } from "../text/HostileText.ts"
import type { Scene } from "./Contribution.ts"
import { Icon } from "./Icon.tsx"
import { IconButton } from "./IconButton.tsx"
import type { Notice } from "./Workbench.ts"

/** Units: milliseconds. It stays longer while it is pointed at; the panel keeps it anyway. */
const infoMillis = 8000
const lengthMax = 600

const NoticeRow = ({ notice, scene }: { readonly notice: Notice; readonly scene: Scene }) => {
  const { id, kind, text } = notice
  const [isHeld, setIsHeld] = useState(false)
  const { dismiss } = scene.workbench
  useEffect(() => {
    if (kind !== "info" || isHeld) return undefined
    const timer = setTimeout(() => dismiss(id), infoMillis)
    return () => clearTimeout(timer)
  }, [dismiss, id, isHeld, kind])
  return (
    <div
      className={`notice notice-${kind}`}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <Icon name={kind} />
      <span className="notice-text">{visible(text, lengthMax)}</span>
      <IconButton
        icon="close"
        label={`Dismiss: ${visible(text, 80)}`}
        onClick={() => dismiss(id)}
      />
    </div>
  )
}

export const Notices = ({ scene }: { readonly scene: Scene }) => (
  <div className="notices" role="log" aria-label="Messages">
    {useStore(scene.workbench.notices).map((notice) => (
      <NoticeRow key={notice.id} notice={notice} scene={scene} />
    ))}
  </div>
)
