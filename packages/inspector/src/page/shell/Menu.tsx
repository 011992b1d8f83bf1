/** A menu as the ARIA APG describes it: arrows, Home, End, letters, Enter, Escape. */
import { useLayoutEffect, useRef } from "react"
import { inWords } from "./Keys.ts"
import type { MenuItem, Overlay } from "./Workbench.ts"

type MenuOverlay = Extract<Overlay, { readonly _tag: "Menu" }>

const rowOf = (list: HTMLElement | null, index: number): HTMLElement | undefined =>
  [...(list?.querySelectorAll<HTMLElement>("[role='menuitem']") ?? [])].at(index)

export const Menu = ({
  close,
  menu: { items, label, x, y },
}: {
  readonly menu: MenuOverlay
  readonly close: () => void
}) => {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = list
    if (current === null) return
    const { height, width } = current.getBoundingClientRect()
    current.style.left = `${Math.max(0, Math.min(x, innerWidth - width - 4))}px`
    current.style.top = `${Math.max(0, Math.min(y, innerHeight - height - 4))}px`
  }, [x, y])
  useLayoutEffect(() => rowOf(list.current, 0)?.focus(), [])
  const run = (item: MenuItem | undefined) => {
    if (item === undefined) return
    close()
    // The focus is where it was before: what it does may move it on.
    queueMicrotask(item.run)
  }
  const onKey = (key: string): boolean => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[role='menuitem']") ?? [])]
    const at = rows.findIndex((row) => row === document.activeElement)
    if (key === "ArrowDown") rows.at((at + 1) % rows.length)?.focus()
    else if (key === "ArrowUp") rows.at(at - 1)?.focus()
    else if (key === "Home") rows[0]?.focus()
    else if (key === "End") rows.at(-1)?.focus()
    else if (key === "Tab") close()
    else if (key === "Enter" || key === " ") run(items[at])
    else if (key.length === 1) {
      const from = [...items.keys()].map((index) => (at + 1 + index) % items.length)
      const found = from.find((index) =>
        items[index]?.label.toLowerCase().startsWith(key.toLowerCase()),
      )
      if (found !== undefined) rows[found]?.focus()
    } else return false
    return true
  }
  return (
    <div
      ref={list}
      className="menu"
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return
        if (onKey(event.key)) event.preventDefault()
      }}
    >
      {items.map((item) => (
        <div
          key={item.label}
          role="menuitem"
          tabIndex={-1}
          className={item.isApart === true ? "menu-item menu-apart" : "menu-item"}
          onClick={() => run(item)}
          onPointerEnter={(event) => event.currentTarget.focus()}
        >
          <span>{item.label}</span>
          {item.keys === undefined ? null : (
            <kbd className="menu-keys">{inWords(item.keys.split(" ")[0] ?? "")}</kbd>
          )}
        </div>
      ))}
    </div>
  )
}
