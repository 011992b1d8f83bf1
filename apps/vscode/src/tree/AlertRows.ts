/** Alerts that are not over, the worst first. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import { worstFirst } from "@countersign/monitor/protocol/AlertOrder"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { duration, type Row } from "./Row.ts"

const icons = { info: "info", warning: "warning", error: "error", critical: "flame" } as const
const colours = {
  info: "editorInfo.foreground",
  warning: "editorWarning.foreground",
  error: "editorError.foreground",
  critical: "editorError.foreground",
} as const

const textMax = 300

export const alertRows = ({ atMillis, snapshot }: Frame): ReadonlyArray<Row> =>
  worstFirst(snapshot.alerts.filter(({ state }) => state !== "resolved")).map((alert) => {
    const summary = visible(alert.summary, textMax)
    const since = duration(atMillis - alert.sinceMillis)
    const who = alert.acknowledgedBy === undefined ? "" : ` by ${visible(alert.acknowledgedBy, 80)}`
    const facts = `${alert.severity}, ${alert.state}${who}`
    return {
      id: alert.id,
      label: visible(alert.rule, textMax),
      description: summary,
      icon: icons[alert.severity],
      colour: colours[alert.severity],
      tooltip: `${summary}\n${facts}, for ${since}`,
      spoken: `${visible(alert.rule, textMax)}, ${facts}. ${summary}`,
      context: "alert",
      children: [],
    }
  })

/** Those that somebody should look at and nobody does yet. */
export const firingAlerts = ({ snapshot }: Frame): number =>
  snapshot.alerts.filter(({ state }) => state === "firing").length
