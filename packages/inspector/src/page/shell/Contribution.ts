/** What a room adds to the workbench: views that open as tabs, an activity, commands. */
import type { ComponentType } from "react"
import type { Connection } from "../connection/Connection.ts"
import type { Host } from "../host/Host.ts"
import type { Workbench } from "./Workbench.ts"

/** What every part of the page may use. */
export interface Scene {
  readonly connection: Connection
  readonly host: Host
  readonly workbench: Workbench
}

/** What a tab shows, besides its kind; it stands in the permalink, so it holds no secret. */
export type Parameters = Readonly<Record<string, string>>

export interface ViewProps {
  readonly scene: Scene
  readonly parameters: Parameters
  /** Changes what the tab shows, and with it the permalink and what is remembered. */
  readonly setParameters: (parameters: Parameters) => void
  /** The tab can be seen: what is hidden asks for nothing. */
  readonly isVisible: boolean
}

export interface View {
  /** In the permalink, such as `events`. */
  readonly kind: string
  /** A codicon's name. */
  readonly icon: string
  readonly title: (parameters: Parameters) => string
  /** `React.lazy`, so that a visit loads what it shows. */
  readonly component: ComponentType<ViewProps>
  /** Parameters that make one tab differ from another of the kind; with none there is one tab. */
  readonly identity: ReadonlyArray<string>
}

export interface Activity {
  readonly id: string
  readonly title: string
  readonly icon: string
  /** The key that shows it, such as `Ctrl+Shift+E`. */
  readonly keys?: string
  readonly sideBar: ComponentType<{ readonly scene: Scene }>
  /** A number on its icon; `undefined` where there is nothing to say. */
  readonly useBadge?: (scene: Scene) => string | undefined
  /** Whether the monitor that is connected has what it shows. Default: it has. */
  readonly isThere?: (scene: Scene) => boolean
}

export interface Command {
  readonly id: string
  /** With its category, such as `Events: Pause the tail`. */
  readonly title: string
  /**
   * Such as `Ctrl+Shift+P`; keys one after another as `Ctrl+K>Ctrl+W`; more than one way with a
   * space between. An editor that hosts the page keeps those with Ctrl and the function keys.
   */
  readonly keys?: string
  readonly run: (scene: Scene) => void
}

/** Something that quick open finds by what is typed. */
export interface Place {
  readonly label: string
  readonly detail: string
  readonly icon: string
  readonly open: (scene: Scene) => void
}

export interface Panel {
  readonly id: string
  readonly title: string
  readonly component: ComponentType<{ readonly scene: Scene }>
  /** A number beside its title; `undefined` where there is nothing to say. */
  readonly useBadge?: (scene: Scene) => string | undefined
}

export interface Contribution {
  readonly views?: ReadonlyArray<View>
  readonly activities?: ReadonlyArray<Activity>
  readonly commands?: ReadonlyArray<Command>
  readonly places?: (
    typed: string,
    scene: Scene,
  ) => ReadonlyArray<Place> | Promise<ReadonlyArray<Place>>
  /** On the left and on the right of the status bar, in order. */
  readonly statusLeft?: ReadonlyArray<ComponentType<{ readonly scene: Scene }>>
  readonly statusRight?: ReadonlyArray<ComponentType<{ readonly scene: Scene }>>
  /** Tabs of the panel at the bottom. */
  readonly panels?: ReadonlyArray<Panel>
}
