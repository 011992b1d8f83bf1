/** What the workbench itself brings: its commands, its pages and the tabs of the panel. */
import { lazy } from "react"
import { type ThemeChoice, chooseTheme } from "../theme/Theme.ts"
import type { Command, Contribution, Scene } from "./Contribution.ts"
import { focusPart } from "./Parts.ts"
import { useProblemsBadge } from "./Problematic.ts"
import { copyLink, openTabMenu } from "./TabMenu.ts"
import { chooseTimeZone, timeZone } from "./TimeFormat.ts"

const theme = (choice: ThemeChoice, title: string): Command => ({
  id: `theme.${choice}`,
  title: `Theme: ${title}`,
  run: ({ host }) => chooseTheme(host, choice),
})

const focusPanel = (): void => {
  // Once it is there.
  requestAnimationFrame(() => document.getElementById("panel-content")?.focus())
}

const openMenu = (scene: Scene): void => {
  const panel = scene.workbench.dock()?.activePanel
  if (panel === undefined) return
  const { left, top } = panel.group.element.getBoundingClientRect()
  openTabMenu(scene, panel.id, { x: left, y: top + 35 })
}

const palettes: ReadonlyArray<Command> = [
  {
    id: "palette.commands",
    title: "Palette: Run a command",
    keys: "Ctrl+Shift+P F1 Alt+Shift+P",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Palette", text: ">" }),
  },
  {
    id: "palette.open",
    title: "Palette: Open a view or an event",
    keys: "Ctrl+P Alt+P",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Palette", text: "" }),
  },
  {
    id: "palette.event",
    title: "Palette: Go to an event by its number",
    keys: "Ctrl+G Alt+G",
    run: ({ workbench }) => workbench.overlay.set({ _tag: "Palette", text: "#" }),
  },
  {
    id: "keyboard",
    title: "Help: Show all keys",
    keys: "Shift+? Ctrl+K>Ctrl+S",
    run: ({ workbench }) => {
      workbench.open("keyboard")
      workbench.focusActive()
    },
  },
]

const parts: ReadonlyArray<Command> = [
  {
    id: "sideBar.toggle",
    title: "View: Show or hide the side bar",
    keys: "Ctrl+B Alt+B",
    run: ({ workbench }) => workbench.toggleSideBar(),
  },
  {
    id: "panel.toggle",
    title: "View: Show or hide the panel",
    keys: "Ctrl+J Alt+J",
    run: ({ workbench: { isPanelOpen } }) => isPanelOpen.set(!isPanelOpen.get()),
  },
  {
    id: "panel.problems",
    title: "View: Show the problems",
    keys: "Ctrl+Shift+M",
    run: ({ workbench }) => {
      workbench.showPanel("problems")
      focusPanel()
    },
  },
  {
    id: "panel.messages",
    title: "View: Show the messages",
    run: ({ workbench }) => {
      workbench.showPanel("messages")
      focusPanel()
    },
  },
  { id: "part.next", title: "View: Go to the next part", keys: "F6", run: () => focusPart(1) },
  {
    id: "part.previous",
    title: "View: Go to the part before",
    keys: "Shift+F6",
    run: () => focusPart(-1),
  },
  {
    id: "times.toggle",
    title: "View: Write times in UTC or by the clock of this machine",
    run: ({ host }) => chooseTimeZone(host, timeZone.get() === "utc" ? "local" : "utc"),
  },
]

const tabs: ReadonlyArray<Command> = [
  {
    id: "tab.split",
    title: "Tabs: Split to the right",
    keys: "Ctrl+\\",
    run: ({ workbench }) => workbench.split("right"),
  },
  {
    id: "tab.splitDown",
    title: "Tabs: Split down",
    keys: "Ctrl+K>Ctrl+\\",
    run: ({ workbench }) => workbench.split("below"),
  },
  {
    id: "tab.close",
    title: "Tabs: Close the tab",
    keys: "Alt+W",
    run: ({ workbench }) => workbench.closeActive(),
  },
  {
    id: "tab.closeOthers",
    title: "Tabs: Close the others of the group",
    run: ({ workbench }) => workbench.closeOthers(workbench.dock()?.activePanel?.id ?? ""),
  },
  {
    id: "tab.closeAll",
    title: "Tabs: Close all",
    keys: "Ctrl+K>Ctrl+W",
    run: ({ workbench }) => workbench.closeAll(),
  },
  {
    id: "tab.reopen",
    title: "Tabs: Open what was closed last",
    keys: "Alt+Shift+T",
    run: ({ workbench }) => {
      if (workbench.reopen()) workbench.focusActive()
    },
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
  { id: "tab.menu", title: "Tabs: What can be done with the tab", run: openMenu },
  { id: "link.copy", title: "Tabs: Copy the permalink", run: (scene) => copyLink(scene) },
]

const groups: ReadonlyArray<Command> = [
  ...[1, 2, 3].map((number) => ({
    id: `group.${number}`,
    title: `Tabs: Go to group ${number}`,
    keys: `Ctrl+${number}`,
    run: ({ workbench }: Scene) => workbench.focusGroup(number - 1),
  })),
  ...(
    [
      ["left", "Ctrl+K>Ctrl+ArrowLeft Ctrl+K>ArrowLeft", "to the left"],
      ["right", "Ctrl+K>Ctrl+ArrowRight Ctrl+K>ArrowRight", "to the right"],
      ["above", "Ctrl+K>Ctrl+ArrowUp Ctrl+K>ArrowUp", "above"],
      ["below", "Ctrl+K>Ctrl+ArrowDown Ctrl+K>ArrowDown", "below"],
    ] as const
  ).map(([direction, keys, words]) => ({
    id: `group.${direction}`,
    title: `Tabs: Go to the group ${words}`,
    keys,
    run: ({ workbench }: Scene) => workbench.focusBeside(direction),
  })),
  {
    id: "group.maximise",
    title: "Tabs: Maximise the group, or show all",
    keys: "Ctrl+K>Ctrl+M",
    run: ({ workbench }) => workbench.toggleMaximized(),
  },
]

export const shell: Contribution = {
  commands: [
    ...palettes,
    ...parts,
    ...tabs,
    ...groups,
    theme("dark", "Dark"),
    theme("light", "Light"),
    theme("contrast", "High contrast"),
    theme("system", "As the system prefers"),
    {
      id: "token",
      title: "Connection: Give another token",
      run: ({ host, workbench }) => {
        if (host.kind === "browser") workbench.overlay.set({ _tag: "Token" })
        else workbench.notify("The editor holds the connection, and its token")
      },
    },
  ],
  views: [
    {
      kind: "welcome",
      icon: "home",
      title: () => "Welcome",
      identity: [],
      component: lazy(() => import("./Welcome.tsx")),
    },
    {
      kind: "keyboard",
      icon: "keyboard",
      title: () => "Keyboard",
      identity: [],
      component: lazy(() => import("./KeyboardPage.tsx")),
    },
  ],
  panels: [
    {
      id: "problems",
      title: "Problems",
      component: lazy(() => import("./ProblemsPanel.tsx")),
      useBadge: useProblemsBadge,
    },
    { id: "messages", title: "Messages", component: lazy(() => import("./MessagesPanel.tsx")) },
  ],
}
