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
