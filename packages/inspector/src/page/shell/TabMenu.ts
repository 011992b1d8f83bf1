/** What can be done with a tab: by the right button, Shift+F10 or the menu key. */
import type { Scene } from "./Contribution.ts"
import type { MenuItem } from "./Workbench.ts"

/** Copies the address of a tab; it carries no token. */
export const copyLink = ({ host, workbench }: Scene, id?: string): void => {
  const link = workbench.link(id)
  const text = host.kind === "browser" ? new URL(`#${link}`, location.href).href : link
  void host.copy(text).then(() => workbench.notify("The permalink is copied; it carries no token"))
}

const itemsOf = (scene: Scene, id: string): ReadonlyArray<MenuItem> => {
  const { workbench } = scene
  const activated = (run: () => void) => () => {
    workbench.dock()?.getPanel(id)?.api.setActive()
    run()
  }
  return [
    { label: "Close", keys: "Alt+W", run: () => workbench.close(id) },
    { label: "Close others", run: () => workbench.closeOthers(id) },
    { label: "Close all", run: workbench.closeAll },
    {
      label: "Split right",
      keys: "Ctrl+\\",
      isApart: true,
      run: () => workbench.split("right", id),
    },
    { label: "Split down", keys: "Ctrl+K>Ctrl+\\", run: () => workbench.split("below", id) },
    {
      label: workbench.dock()?.hasMaximizedGroup() === true ? "Show all groups" : "Maximise group",
      keys: "Ctrl+K>Ctrl+M",
      run: activated(workbench.toggleMaximized),
    },
    { label: "Copy permalink", isApart: true, run: () => copyLink(scene, id) },
  ]
}

export const openTabMenu = (
  scene: Scene,
  id: string,
  at: { readonly x: number; readonly y: number },
): void => {
  const keys = scene.host.kind === "browser"
  const items = itemsOf(scene, id).map(({ keys: given, ...item }) =>
    given !== undefined && (keys || given.startsWith("Alt")) ? { ...item, keys: given } : item,
  )
  scene.workbench.overlay.set({ _tag: "Menu", label: "Tab", items, ...at })
}
