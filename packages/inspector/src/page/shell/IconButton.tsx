/** A button that is a picture: what it does stands in its label, which a pointer shows. */
import { Icon } from "./Icon.tsx"

export const IconButton = ({
  icon,
  isOff = false,
  isPressed,
  label,
  onClick,
  title = label,
}: {
  readonly icon: string
  readonly label: string
  readonly onClick: () => void
  readonly isOff?: boolean
  /** Where it turns something on and off. */
  readonly isPressed?: boolean
  /** Where a pointer is told more than the label, such as the keys that do the same. */
  readonly title?: string
}) => (
  <button
    type="button"
    className="icon-button"
    aria-label={label}
    aria-pressed={isPressed}
    title={title}
    disabled={isOff}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
)
