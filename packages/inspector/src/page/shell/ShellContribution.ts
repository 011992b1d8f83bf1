/** What the workbench itself brings: its commands, and the page that is first. */
import { lazy } from "react"
import { chooseTheme } from "../theme/Theme.ts"
import type { Command, Contribution } from "./Contribution.ts"
import { focusPart } from "./Parts.ts"

const theme = (choice: "dark" | "light" | "contrast" | "system", title: string): Command => ({
  id: `theme.${choice}`,
  title: `Theme: ${title}`,
  run: ({ host }) => chooseTheme(host, choice),
})

const commands: ReadonlyArray<Command> = [
  {
    id: "palette.commands",
    title: "Palette: Run a command",
    keys: "Ctrl+Shift+P F1",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Palette", text: ">" }),
  },
  {
    id: "palette.open",
    title: "Palette: Open a view or an event",
    keys: "Ctrl+P",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Palette", text: "" }),
  },
  {
    id: "keys",
    title: "Help: Show all keys",
    keys: "Shift+?",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Keys" }),
  },
  {
    id: "sideBar.toggle",
    title: "View: Show or hide the side bar",
    keys: "Ctrl+B",
    run: ({ workbench: { activity } }) =>
      activity.set(activity.get() === undefined ? "engine" : undefined),
  },
  {
    id: "panel.toggle",
    title: "View: Show or hide the panel",
    keys: "Ctrl+J",
    run: ({ workbench: { isPanelOpen } }) => isPanelOpen.set(!isPanelOpen.get()),
  },
  { id: "part.next", title: "View: Go to the next part", keys: "F6", run: () => focusPart(1) },
  {
    id: "part.previous",
    title: "View: Go to the part before",
    keys: "Shift+F6",
    run: () => focusPart(-1),
  },
  {
    id: "tab.split",
    title: "Tabs: Split to the right",
    keys: "Ctrl+\\",
    run: ({ workbench }) => workbench.splitRight(),
  },
  {
    id: "tab.close",
    title: "Tabs: Close the tab",
    keys: "Alt+W",
    run: ({ workbench }) => workbench.closeActive(),
  },
  {
    id: "tab.next",
    title: "Tabs: Go to the next tab",
    keys: "Alt+PageDown",
    run: ({ workbench }) => workbench.dock()?.activateNext({ includePanel: true }),
  },
  {
    id: "tab.previous",
    title: "Tabs: Go to the tab before",
    keys: "Alt+PageUp",
    run: ({ workbench }) => workbench.dock()?.activatePrevious({ includePanel: true }),
  },
  {
    id: "link.copy",
    title: "Tabs: Copy the permalink",
    run: ({ host, workbench }) => {
      const link =
        host.kind === "browser"
          ? new URL(`#${workbench.link()}`, location.href).href
          : workbench.link()
      void host
        .copy(link)
        .then(() => workbench.notify("The permalink is copied; it carries no token"))
    },
  },
  theme("dark", "Dark"),
  theme("light", "Light"),
  theme("contrast", "High contrast"),
  theme("system", "As the system prefers"),
]

export const shell: Contribution = {
  commands,
  views: [
    {
      kind: "welcome",
      icon: "home",
      title: () => "Welcome",
      identity: [],
      component: lazy(() => import("./Welcome.tsx")),
    },
  ],
}
