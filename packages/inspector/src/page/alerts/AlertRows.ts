/** Alerts as they are listed: those that want somebody first. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import { worstFirst } from "@countersign/monitor/protocol/AlertOrder"

export interface AlertGroup {
  readonly group: string
  readonly alerts: ReadonlyArray<Alert>
}

/** By the group that is told together; groups in the order of their worst. */
export const alertGroups = (alerts: ReadonlyArray<Alert>): ReadonlyArray<AlertGroup> =>
  [...Map.groupBy(worstFirst(alerts), ({ group }) => group)].map(([group, members]) => ({
    group,
    alerts: members,
  }))

/** What is known where no alert is there: that nothing is wrong is said only by an engine. */
export const quietWords = (over: "engine" | "directory" | undefined, isHeard: boolean): string => {
  if (over === "directory") return "No engine runs over these files: no rule is asked."
  return isHeard
    ? "Nothing is wrong that a rule knows of."
    : "Nothing is known yet: no frame has come from the engine."
}

/** Why an alert can't be taken at the moment that is shown; `undefined`: it is now. */
export const pastReason = (isPast: boolean, isIncident: boolean): string | undefined => {
  if (isIncident) return "This is a file of another time: close it to take an alert"
  return isPast ? "This is the past: go back to now to take an alert" : undefined
}

/** Those that somebody should look at now: told, and neither taken nor silenced. */
export const wantsSomebody = (alerts: ReadonlyArray<Alert>): ReadonlyArray<Alert> =>
  worstFirst(alerts.filter(({ state }) => state === "firing"))

export const severityIcons: Readonly<Record<Alert["severity"], string>> = {
  info: "info",
  warning: "warning",
  error: "error",
  critical: "flame",
}

export const severityClasses: Readonly<Record<Alert["severity"], string>> = {
  info: "quiet",
  warning: "warn",
  error: "bad",
  critical: "bad",
}

/** What has become of it, in words. */
export const stateWords = (alert: Alert): string => {
  switch (alert.state) {
    case "pending":
      return "seen, not yet for long enough"
    case "firing":
      return alert.escalation > 0 ? `firing, escalated ${alert.escalation}×` : "firing"
    case "acknowledged":
      return `with ${alert.acknowledgedBy ?? "somebody"}`
    case "suppressed":
      return `nobody is told: ${alert.quietBy ?? "suppressed"}`
    case "resolved":
      return alert.ending === "gone" ? "over: nothing is heard of it any more" : "over"
  }
}
