/** The configuration in force, asked again whenever the page is looked at or something changes. */
import type { Setting } from "@countersign/monitor/protocol/MonitorProtocol"
import { useEffect, useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"

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
  useEffect(() => {
    if (!isVisible || about === undefined || about.over === "directory") return undefined
    const abort = new AbortController()
    scene.connection
      .ask((client) => client.Configuration(), abort.signal)
      .then(
        (found) => {
          setSettings(found)
          setFailure("")
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setFailure(refusalOf(error))
        },
      )
    return () => abort.abort()
  }, [scene, isVisible, about, turn, records])
  return { settings, failure, reload: () => setTurn((last) => last + 1) }
}
