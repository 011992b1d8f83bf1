/** What the engine says of alerts, and what they are raised by. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import type { AlertRule } from "@countersign/monitor/alert/AlertRule"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { useEffect, useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"

const noAlerts: ReadonlyArray<Alert> = []
const noFindings: ReadonlyArray<Finding> = []
const noRules: ReadonlyMap<string, AlertRule> = new Map()

export interface AlertsShown {
  readonly active: ReadonlyArray<Alert>
  readonly past: ReadonlyArray<Alert>
  readonly findings: ReadonlyArray<Finding>
  readonly rules: ReadonlyMap<string, AlertRule>
  readonly leftOut: number
  readonly failure: string
}

export const useActive = ({ connection }: Scene): ReadonlyArray<Alert> =>
  useStorePart(connection.shown, (frame) => frame?.snapshot.alerts ?? noAlerts)

export const useAlerts = (scene: Scene, isVisible: boolean): AlertsShown => {
  const { connection } = scene
  const active = useActive(scene)
  const findings = useStorePart(connection.shown, (frame) => frame?.snapshot.findings ?? noFindings)
  const leftOut = useStorePart(connection.shown, (frame) => frame?.snapshot.alertsLeftOut ?? 0)
  const about = useStore(connection.about)
  const isEngine = about?.over === "engine"
  const [past, setPast] = useState(noAlerts)
  const [rules, setRules] = useState(noRules)
  const [failure, setFailure] = useState("")
  useEffect(() => {
    if (!isVisible || !isEngine) return undefined
    const abort = new AbortController()
    connection
      .ask((client) => client.Alerts(), abort.signal)
      .then(
        (found) => setPast(found.past),
        (error: unknown) => {
          if (!abort.signal.aborted) setFailure(refusalOf(error))
        },
      )
    return () => abort.abort()
    // Again when one of those that are not over has changed.
  }, [connection, isVisible, isEngine, active])
  useEffect(() => {
    if (!isVisible || !isEngine) return undefined
    const abort = new AbortController()
    connection
      .ask((client) => client.AlertRules(), abort.signal)
      .then(
        (found) => setRules(new Map(found.rules.map((rule) => [rule.name, rule]))),
        (error: unknown) => {
          if (!abort.signal.aborted) setFailure(refusalOf(error))
        },
      )
    return () => abort.abort()
  }, [connection, isVisible, isEngine, about])
  return { active, past, findings, rules, leftOut, failure }
}
