/** What opens over the workbench, one at a time; Escape closes it, and the focus goes back. */
import { useEffect } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { KeysHelp } from "./KeysHelp.tsx"
import { Palette } from "./Palette.tsx"

export const Overlays = ({ scene }: { readonly scene: Scene }) => {
  const overlay = useStore(scene.workbench.overlay)
  const isOpen = overlay !== undefined
  useEffect(() => {
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
      className="overlay"
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) close()
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return
        event.stopPropagation()
        close()
      }}
    >
      {overlay._tag === "Palette" ? (
        <Palette scene={scene} initial={overlay.text} close={close} />
      ) : (
        <KeysHelp close={close} />
      )}
    </div>
  )
}
