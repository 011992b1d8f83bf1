/** What all views of the engine have: the time, a place to drop files, and words where nothing is. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import { type ReactNode, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { chooseIncident, readIncident } from "./IncidentActions.ts"
import { commandFor } from "./ShellWord.ts"
import { useEvery, useWhile } from "./Shown.ts"
import { TimeBar } from "./TimeBar.tsx"
import "./Engine.css"
import "./Flow.css"

interface EnginePageProps {
  readonly scene: Scene
  readonly title: string
  readonly isVisible: boolean
  /** The command that shows the same. */
  readonly command?: string
  /** More of the bar beside the title. */
  readonly tools?: ReactNode
  readonly children: (frame: Frame) => ReactNode
}

/** So many figures at once are read by nobody four times a second: they are drawn twice. */
const crowdMin = 60
const crowdMillis = 500

const Nothing = ({ scene }: { readonly scene: Scene }) => {
  const about = useStore(scene.connection.about)
  const isDirectory = about?.over === "directory"
  return (
    <div className="page engine-nothing">
      <Icon name={isDirectory ? "folder" : "loading"} />
      <p>
        {isDirectory
          ? "Only the files of the trail are open: there is no running engine to look into."
          : "Waiting for the engine’s first frame."}
      </p>
      <button type="button" onClick={() => chooseIncident(scene)}>
        Open an incident file…
      </button>
    </div>
  )
}

const Copy = ({ command, scene }: { readonly command: string; readonly scene: Scene }) => {
  const directory = useStore(scene.connection.about)?.directory ?? ""
  const text = commandFor(command, directory)
  return (
    <button
      type="button"
      title={text}
      onClick={() =>
        void scene.host.copy(text).then(() => scene.workbench.notify(`Copied: ${text}`))
      }
    >
      <Icon name="terminal" /> Copy as command
    </button>
  )
}

export const EnginePage = ({
  children,
  command,
  isVisible,
  scene,
  title,
  tools,
}: EnginePageProps) => {
  const { moment, shown } = scene.connection
  const isPast = useWhile(moment, isVisible) !== undefined
  const isCrowd = (shown.get()?.snapshot.actors.length ?? 0) > crowdMin
  const frame = useEvery(shown, isVisible, isPast ? 0 : isCrowd ? crowdMillis : 0)
  const [isOver, setIsOver] = useState(false)
  return (
    <section
      className="engine-page"
      aria-label={title}
      data-past={isPast}
      data-drop={isOver}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        setIsOver(false)
        const file = event.dataTransfer.files[0]
        if (file === undefined) return
        event.preventDefault()
        void readIncident(scene, file)
      }}
    >
      <div className="tool-bar">
        <h2 className="engine-title">{title}</h2>
        {tools}
        <span className="engine-space" />
        {command === undefined ? null : <Copy command={command} scene={scene} />}
      </div>
      <TimeBar isVisible={isVisible} scene={scene} />
      {frame === undefined ? <Nothing scene={scene} /> : children(frame)}
    </section>
  )
}
