/** Short messages that stay until they are dismissed. */
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { Icon } from "./Icon.tsx"

export const Notices = ({ scene }: { readonly scene: Scene }) => {
  const notices = useStore(scene.workbench.notices)
  return (
    <div className="notices" role="log" aria-label="Messages">
      {notices.map(({ id, kind, text }) => (
        <div key={id} className={`notice notice-${kind}`}>
          <Icon name={kind} />
          <span>{text}</span>
          <button
            type="button"
            className="icon-button"
            aria-label={`Dismiss: ${text}`}
            onClick={() => scene.workbench.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
