/** One alert: what it says, against what, since when, who has it; and one finding. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import type { AlertRule } from "@countersign/monitor/alert/AlertRule"
import type { Finding } from "@countersign/monitor/detect/Finding"
import { useMemo } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { formatSpan, formatTime } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { severityClasses, severityIcons, stateWords } from "./AlertRows.ts"
import { alertSeries } from "./AlertSeries.ts"
import { ruleWords, thresholdOf, thresholdWords } from "./RuleWords.ts"
import { ThresholdChart } from "./ThresholdChart.tsx"

const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 })
const textMax = 600

const EventLinks = ({
  ids,
  scene,
}: {
  readonly scene: Scene
  readonly ids: ReadonlyArray<string>
}) => (
  <ul className="alert-events">
    {ids.map((id) => (
      <li key={id}>
        <button
          type="button"
          className="alert-event mono"
          onClick={(event) =>
            scene.workbench.open("event", { id }, { isBeside: event.ctrlKey || event.metaKey })
          }
        >
          <Icon name="symbol-event" /> {visible(id, 100)}
        </button>
      </li>
    ))}
  </ul>
)

const Severity = ({ severity }: Pick<Alert, "severity">) => (
  <span className={`alert-severity ${severityClasses[severity]}`}>
    <Icon name={severityIcons[severity]} /> {severity}
  </span>
)

/** Ids of events; of findings there are others, which are no events. */
const eventIds = (evidence: ReadonlyArray<string>): ReadonlyArray<string> =>
  evidence.filter((id) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))

export interface AlertDetailsProps {
  readonly scene: Scene
  readonly alert: Alert
  readonly rule: AlertRule | undefined
  readonly findings: ReadonlyArray<Finding>
  readonly readOnly: string | undefined
  readonly acknowledge: () => void
  readonly showFinding: (id: string) => void
}

export const AlertDetails = (props: AlertDetailsProps) => {
  const { acknowledge, alert, findings, readOnly, rule, scene, showFinding } = props
  const history = useStore(scene.connection.history)
  const shown = useStore(scene.connection.shown)
  const series = useMemo(() => alertSeries(alert, rule, history), [alert, rule, history])
  const threshold = thresholdOf(rule)
  const isOver = alert.state === "resolved"
  const nowMillis = shown?.atMillis ?? alert.changedMillis
  const evidence = new Set(alert.evidence)
  const related = findings.filter(
    ({ id, subject }) =>
      evidence.has(id) || (rule?.kind === "finding" && subject === alert.subject),
  )
  return (
    <section className="alert" aria-label={`Alert ${visible(alert.rule, 64)}`} tabIndex={0}>
      <h2>{visible(alert.summary, textMax)}</h2>
      <p className="alert-state">
        <Severity severity={alert.severity} /> <strong>{visible(stateWords(alert), 300)}</strong>
        <button
          type="button"
          className="primary"
          disabled={readOnly !== undefined || isOver || alert.state === "pending"}
          onClick={acknowledge}
        >
          Take it…
        </button>
        {readOnly === undefined ? null : <span className="quiet">{readOnly}</span>}
      </p>
      <dl className="alert-facts">
        <dt>About</dt>
        <dd className="mono">{visible(alert.subject, 300)}</dd>
        <dt>Value</dt>
        <dd>
          {alert.value === null ? "nothing is measured" : figure.format(alert.value)}
          {threshold === undefined ? "" : `; it fires when it ${thresholdWords(threshold)}`}
        </dd>
        <dt>Since</dt>
        <dd>
          {formatTime(alert.sinceMillis)}
          {isOver
            ? `, until ${formatTime(alert.changedMillis)}`
            : `, for ${formatSpan(nowMillis - alert.sinceMillis)}`}
        </dd>
        <dt>Told with</dt>
        <dd className="mono">{visible(alert.group, 300)}</dd>
        {alert.acknowledgedBy === undefined ? null : (
          <>
            <dt>Who has it</dt>
            <dd>
              {visible(alert.acknowledgedBy, 256)}, since {formatTime(alert.changedMillis)}
              {alert.note === undefined || alert.note === ""
                ? ""
                : `: ${visible(alert.note, textMax)}`}
            </dd>
          </>
        )}
        {alert.quietBy === undefined ? null : (
          <>
            <dt>Silenced by</dt>
            <dd>{visible(alert.quietBy, 256)}</dd>
          </>
        )}
      </dl>
      {series === undefined ? null : (
        <>
          <h3>The last ten minutes</h3>
          <ThresholdChart found={series} />
        </>
      )}
      <h3>Rule {visible(alert.rule, 64)}</h3>
      {rule === undefined ? (
        <p className="quiet">It is not among the rules in force.</p>
      ) : (
        ruleWords(rule).map((sentence) => <p key={sentence}>{visible(sentence, textMax)}</p>)
      )}
      <p className="quiet">
        What becomes of an alert: <code>docs/alerts.md#what-becomes-of-an-alert</code>
      </p>
      {related.length === 0 ? null : (
        <>
          <h3>Findings</h3>
          <ul className="alert-events">
            {related.map((finding) => (
              <li key={finding.id}>
                <button
                  type="button"
                  className="alert-event"
                  onClick={() => showFinding(finding.id)}
                >
                  <Icon name="search" /> {visible(finding.explanation, 300)}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {eventIds(alert.evidence).length === 0 ? null : (
        <>
          <h3>Events that show it</h3>
          <EventLinks scene={scene} ids={eventIds(alert.evidence)} />
        </>
      )}
    </section>
  )
}

export const FindingDetails = ({
  finding,
  scene,
}: {
  readonly scene: Scene
  readonly finding: Finding
}) => (
  <section className="alert" aria-label={`Finding of ${visible(finding.rule, 64)}`} tabIndex={0}>
    <h2>{visible(finding.explanation, textMax)}</h2>
    <p className="alert-state">
      <Severity severity={finding.severity} />
      <span>{Math.round(finding.confidence * 100)} % sure</span>
    </p>
    <dl className="alert-facts">
      <dt>About</dt>
      <dd className="mono">{visible(finding.subject, 300)}</dd>
      <dt>Rule</dt>
      <dd>{visible(finding.rule, 64)}</dd>
      {finding.technique === undefined ? null : (
        <>
          <dt>Technique</dt>
          <dd>MITRE ATT&amp;CK {visible(finding.technique, 32)}</dd>
        </>
      )}
      <dt>When</dt>
      <dd>{formatTime(finding.atMillis)}</dd>
    </dl>
    <h3>Events that show it, the newest last</h3>
    <EventLinks scene={scene} ids={finding.events} />
    <p className="quiet">
      How it was found: <code>docs/detection.md#the-rules-that-come-along</code>
    </p>
  </section>
)
