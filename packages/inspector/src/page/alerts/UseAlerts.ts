/** What the engine says of alerts, and what they are raised by. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import type { AlertRule } from "@countersign/monitor/alert/AlertRule"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { useAsking } from "../shell/UseAsking.ts"

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

/** Of the moment that views show. */
export const useActive = ({ connection }: Scene): ReadonlyArray<Alert> =>
  useStorePart(connection.shown, (frame) => frame?.snapshot.alerts ?? noAlerts)

/** Of now, whichever moment views show: what was so is nothing to call somebody for. */
export const useActiveNow = ({ connection }: Scene): ReadonlyArray<Alert> =>
  useStorePart(connection.frame, (frame) => frame?.snapshot.alerts ?? noAlerts)

export const useAlerts = (scene: Scene, isVisible: boolean): AlertsShown => {
  const { connection } = scene
  const active = useActive(scene)
  const findings = useStorePart(connection.shown, (frame) => frame?.snapshot.findings ?? noFindings)
  const leftOut = useStorePart(connection.shown, (frame) => frame?.snapshot.alertsLeftOut ?? 0)
  const about = useStore(connection.about)
  const isEngine = about?.over === "engine"
  const [past, setPast] = useState(noAlerts)
  const [rules, setRules] = useState(noRules)
  const [failures, setFailures] = useState({ past: "", rules: "" })
  const isAsked = isVisible && isEngine
  useAsking({
    isAsked,
    ask: (signal) => connection.ask((client) => client.Alerts(), signal),
    answered: (found) => {
      setPast(found.past)
      setFailures((last) => ({ ...last, past: "" }))
    },
    failed: (error) => setFailures((last) => ({ ...last, past: refusalOf(error) })),
    question: [connection, about],
    // One of those that are not over has changed.
    news: [active],
  })
  useAsking({
    isAsked,
    ask: (signal) => connection.ask((client) => client.AlertRules(), signal),
    answered: (found) => {
      setRules(new Map(found.rules.map((rule) => [rule.name, rule])))
      setFailures((last) => ({ ...last, rules: "" }))
    },
    failed: (error) => setFailures((last) => ({ ...last, rules: refusalOf(error) })),
    question: [connection, about],
    news: [],
  })
  const failure = failures.past === "" ? failures.rules : failures.past
  return { active, past, findings, rules, leftOut, failure }
}
