/** What opens over the workbench, one at a time; Escape closes it, and the focus goes back. */
import { useLayoutEffect } from "react"
import { useStore } from "../connection/Store.ts"
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

export const Overlays = ({ scene }: { readonly scene: Scene }) => {
  const overlay = useStore(scene.workbench.overlay)
  const isOpen = overlay !== undefined
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    const before = document.activeElement
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [isOpen])
  if (overlay === undefined) return null
  const close = () => scene.workbench.overlay.set(undefined)
  return (
    <div
      className={`overlay overlay-${overlay._tag.toLowerCase()}`}
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
