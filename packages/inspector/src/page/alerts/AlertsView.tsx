/** Alerts that are not over, what detection has found, and what is over. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { useMemo, useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { IntentDialog, readOnlyReason } from "../intent/IntentDialog.tsx"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { formatClock } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { Tree, type TreeNode } from "../tree/Tree.tsx"
import { AlertDetails, FindingDetails } from "./AlertDetails.tsx"
import {
  alertGroups,
  pastReason,
  quietWords,
  severityClasses,
  severityIcons,
  stateWords,
} from "./AlertRows.ts"
import { useAlerts } from "./UseAlerts.ts"
import "./Alerts.css"

const textMax = 200

const alertNode = (prefix: string, alert: Alert): TreeNode => ({
  id: `${prefix} ${alert.id}`,
  icon: severityIcons[alert.severity],
  label: `${alert.severity}: ${visible(alert.summary, textMax)}, ${visible(stateWords(alert), 100)}`,
  content: (
    <>
      <span className={severityClasses[alert.severity]}>{alert.severity}</span>
      <span className="alert-summary">{visible(alert.summary, textMax)}</span>
      <span className="quiet">{visible(stateWords(alert), 100)}</span>
    </>
  ),
})

const groupNodes = (active: ReadonlyArray<Alert>): ReadonlyArray<TreeNode> =>
  alertGroups(active).flatMap(({ alerts, group }) =>
    alerts.length === 1
      ? alerts.map((alert) => alertNode("alert", alert))
      : [
          {
            id: `group ${group}`,
            label: `${visible(group, textMax)}, ${alerts.length} told together`,
            children: alerts.map((alert) => alertNode("alert", alert)),
          },
        ],
  )

const findingNode = (finding: Finding): TreeNode => ({
  id: `finding ${finding.id}`,
  icon: severityIcons[finding.severity],
  label: `${finding.severity}: ${visible(finding.explanation, textMax)}`,
  content: (
    <>
      <span className="mono quiet">{formatClock(finding.atMillis)}</span>
      <span className={severityClasses[finding.severity]}>{finding.severity}</span>
      <span className="alert-summary">{visible(finding.explanation, textMax)}</span>
    </>
  ),
})

const AlertsView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const { selected } = parameters
  const { active, failure, findings, leftOut, past, rules } = useAlerts(scene, isVisible)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [taking, setTaking] = useState<Alert | undefined>(undefined)
  const about = useStore(scene.connection.about)
  const isHeard = useStorePart(scene.connection.shown, (frame) => frame !== undefined)
  const isPast = useStorePart(scene.connection.moment, (moment) => moment !== undefined)
  const isIncident = useStorePart(scene.connection.incident, (open) => open !== undefined)
  const readOnly = readOnlyReason(about) ?? pastReason(isPast, isIncident)
  const nodes = useMemo(
    () => [
      { id: "active", label: `Not over: ${active.length}`, children: groupNodes(active) },
      {
        id: "findings",
        label: `Found in the events: ${findings.length}`,
        children: findings.toReversed().map(findingNode),
      },
      {
        id: "past",
        label: `Over: ${past.length}`,
        children: past.map((alert) => alertNode("past", alert)),
      },
    ],
    [active, findings, past],
  )
  const toggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  const select = (id: string) => {
    if (/^(?:alert|past|finding) /.test(id)) setParameters({ ...parameters, selected: id })
  }
  const name = selected?.slice(selected.indexOf(" ") + 1)
  const finding =
    selected?.startsWith("finding ") === true ? findings.find(({ id }) => id === name) : undefined
  // One that has ended meanwhile is shown as it ended.
  const alert =
    finding !== undefined || name === undefined
      ? undefined
      : ((selected?.startsWith("alert ") === true
          ? active.find(({ id }) => id === name)
          : undefined) ?? past.find(({ id }) => id === name))
  // A file of another engine's time is looked at wherever it is opened.
  const over = isIncident ? "engine" : about?.over
  if (over === "directory") {
    return (
      <div className="page">
        <h2>Alerts</h2>
        <p>Alerts are raised by the monitor beside a running engine; this is a trail’s files.</p>
        <p className="quiet">
          What they were is in the trail: look for events of the type{" "}
          <code>countersign.alert.*</code>.
        </p>
        <button
          type="button"
          onClick={() => scene.workbench.open("events", { filter: "type~countersign.alert.*" })}
        >
          Show them
        </button>
      </div>
    )
  }
  return (
    <div className="alerts">
      {failure === "" ? null : (
        <p className="bad page" role="alert">
          <Icon name="error" /> {visible(failure)}
        </p>
      )}
      {leftOut > 0 ? <p className="warn page">{leftOut} more, none of them worse.</p> : null}
      <div className="alerts-body">
        <div className="alerts-list">
          <Tree
            label="Alerts"
            nodes={nodes}
            selected={selected}
            closed={closed}
            onToggle={toggle}
            onSelect={select}
            onOpen={(id) => {
              if (/^(?:active|findings|past$|group )/.test(id)) toggle(id)
              else select(id)
            }}
          />
        </div>
        {finding === undefined ? null : <FindingDetails scene={scene} finding={finding} />}
        {alert === undefined ? null : (
          <AlertDetails
            scene={scene}
            alert={alert}
            rule={rules.get(alert.rule)}
            findings={findings}
            readOnly={readOnly}
            acknowledge={() => setTaking(alert)}
            showFinding={(id) => select(`finding ${id}`)}
          />
        )}
        {finding === undefined && alert === undefined ? (
          <p className="quiet page">
            {active.length === 0
              ? quietWords(over, isHeard)
              : "Choose an alert to see what it compares, and who has it."}
          </p>
        ) : null}
      </div>
      {taking === undefined ? null : (
        <IntentDialog
          scene={scene}
          title="Take an alert"
          act="Take it"
          close={() => setTaking(undefined)}
          perform={async (intent) => {
            await scene.connection.ask((client) => client.Acknowledge({ alert: taking.id, intent }))
            scene.workbench.announce("You have the alert")
          }}
        >
          <p>{visible(taking.summary, 600)}</p>
          <p>Nobody else is told of it until it is over, and the reason stands beside it.</p>
        </IntentDialog>
      )}
    </div>
  )
}

export default AlertsView
