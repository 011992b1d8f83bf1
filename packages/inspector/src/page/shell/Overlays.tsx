/** What opens over the workbench, one at a time; Escape closes it, and the focus goes back. */
import { useLayoutEffect, useRef } from "react"
import { type Store, useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { CopyText } from "./CopyText.tsx"
import { Menu } from "./Menu.tsx"
import { Palette } from "./Palette.tsx"
import { TokenDialog } from "./TokenRequest.tsx"
import type { Overlay } from "./Workbench.ts"

const contentOf = (scene: Scene, overlay: NonNullable<Overlay>, close: () => void) => {
  switch (overlay._tag) {
    case "Palette":
      return <Palette key={overlay.text} scene={scene} initial={overlay.text} close={close} />
    case "Menu":
      return <Menu menu={overlay} close={close} />
    case "Copy":
      return <CopyText text={overlay.text} close={close} />
    case "Token":
      return <TokenDialog host={scene.host} close={close} />
  }
}

/** What had the focus when something opened has it again: taken note of before that takes it. */
const useFocusBack = (overlay: Store<Overlay>): void => {
  const before = useRef<Element | null>(null)
  const isOpen = useStore(overlay) !== undefined
  useLayoutEffect(() => {
    let wasOpen = overlay.get() !== undefined
    return overlay.subscribe(() => {
      const opens = overlay.get() !== undefined
      if (opens && !wasOpen) before.current = document.activeElement
      wasOpen = opens
    })
  }, [overlay])
  useLayoutEffect(() => {
    const { current } = before
    if (isOpen || !(current instanceof HTMLElement)) return
    before.current = null
    if (current.isConnected) current.focus()
  }, [isOpen])
}

const focusable = "button, input, textarea, select, a[href], [tabindex='0']"

/** Tab goes round what lies over the page: what is under it can't be used. */
const keepInside = (over: HTMLElement, isBack: boolean): boolean => {
  const all = [...over.querySelectorAll<HTMLElement>(focusable)]
  const [first, last] = isBack ? [all.at(-1), all[0]] : [all[0], all.at(-1)]
  if (document.activeElement !== last || first === undefined) return false
  first.focus()
  return true
}

export const Overlays = ({ scene }: { readonly scene: Scene }) => {
  const overlay = useStore(scene.workbench.overlay)
  useFocusBack(scene.workbench.overlay)
  if (overlay === undefined) return null
  const close = () => scene.workbench.overlay.set(undefined)
  return (
    <div
      className={`overlay overlay-${overlay._tag.toLowerCase()}`}
      // A dialog is a part of the page by itself, a menu is none.
      {...(overlay._tag === "Menu" ? { role: "region", "aria-label": "Menu" } : {})}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) close()
      }}
      onContextMenu={(event) => {
        if (overlay._tag !== "Menu") return
        event.preventDefault()
        close()
      }}
      onKeyDown={(event) => {
        if (event.key === "Tab" && !event.defaultPrevented) {
          if (keepInside(event.currentTarget, event.shiftKey)) event.preventDefault()
          return
        }
        if (event.key !== "Escape") return
        event.stopPropagation()
        event.preventDefault()
        close()
      }}
    >
      {contentOf(scene, overlay, close)}
    </div>
  )
}
