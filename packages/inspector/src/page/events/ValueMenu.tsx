/** What can be done with a value of an event: a menu (ARIA APG) that gives the focus back. */
import { useEffect, useRef } from "react"
import { Icon } from "../shell/Icon.tsx"

export interface MenuItem {
  readonly label: string
  readonly icon: string
  readonly keys?: string
  readonly run: () => void
}

export interface MenuPlace {
  readonly x: number
  readonly y: number
}

/** Units: pixels. */
const widthMax = 380
const itemHeight = 26

export const ValueMenu = ({
  at,
  close,
  items,
  label,
}: {
  readonly at: MenuPlace
  readonly items: ReadonlyArray<MenuItem>
  readonly label: string
  readonly close: () => void
}) => {
  const menu = useRef<HTMLDivElement>(null)
  const before = useRef<Element | null>(null)
  useEffect(() => {
    before.current = document.activeElement
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus()
    const elsewhere = (event: Event) => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true) close()
    }
    addEventListener("pointerdown", elsewhere)
    addEventListener("blur", close)
    return () => {
      removeEventListener("pointerdown", elsewhere)
      removeEventListener("blur", close)
    }
  }, [close])
  const leave = () => {
    close()
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true })
  }
  const go = (step: number) => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])]
    const now = all.findIndex((one) => one === document.activeElement)
    all[(now + step + all.length) % all.length]?.focus()
  }
  const onKey = (key: string): boolean => {
    if (key === "ArrowDown") go(1)
    else if (key === "ArrowUp") go(-1)
    else if (key === "Escape" || key === "Tab") leave()
    else return false
    return true
  }
  return (
    <div
      ref={menu}
      className="value-menu"
      role="menu"
      aria-label={label}
      style={{
        left: Math.max(0, Math.min(at.x, innerWidth - widthMax)),
        top: Math.max(0, Math.min(at.y, innerHeight - items.length * itemHeight - 12)),
        maxWidth: widthMax,
      }}
      onKeyDown={(event) => {
        if (!onKey(event.key)) return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      {items.map(({ icon, keys, label: text, run }, index) => (
        <button
          key={index}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => {
            leave()
            run()
          }}
        >
          <Icon name={icon} />
          <span className="value-menu-label">{text}</span>
          {keys === undefined ? null : <kbd className="value-menu-keys">{keys}</kbd>}
        </button>
      ))}
    </div>
  )
}
