/** The configuration in force, asked again whenever the page is looked at or something changes. */
import type { Setting } from "@countersign/monitor/protocol/MonitorProtocol"
import { useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { useAsking } from "../shell/UseAsking.ts"

export type SettingShown = typeof Setting.Type

export const useSettings = (scene: Scene, isVisible: boolean) => {
  const [settings, setSettings] = useState<ReadonlyArray<SettingShown>>([])
  const [failure, setFailure] = useState("")
  const [turn, setTurn] = useState(0)
  const about = useStore(scene.connection.about)
  // A change of the configuration is a record of the engine's own.
  const records = useStorePart(
    scene.connection.frame,
    (frame) => frame?.snapshot.engine.systemRecords,
  )
  useAsking({
    isAsked: isVisible && about !== undefined && about.over !== "directory",
    ask: (signal) => scene.connection.ask((client) => client.Configuration(), signal),
    answered: (found) => {
      setSettings(found)
      setFailure("")
    },
    failed: (error) => setFailure(refusalOf(error)),
    question: [scene, about],
    news: [turn, records],
  })
  return { settings, failure, reload: () => setTurn((last) => last + 1) }
}
