/** What is wrong now: told from how the connection stands and from the newest frame. */
import type { About } from "@countersign/monitor/protocol/MonitorProtocol"
import { protocolVersion } from "@countersign/monitor/protocol/MonitorProtocol"
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Frame } from "@countersign/monitor/protocol/Update"
import type { ConnectionState } from "../connection/Standing.ts"
import { formatSpan } from "./TimeFormat.ts"

export interface Problem {
  /** The same for as long as it is the same problem. */
  readonly id: string
  readonly severity: "error" | "warning"
  readonly title: string
  readonly detail: string
  /** Where more is to be seen, as a permalink. */
  readonly link: string
}

export interface Known {
  readonly state: ConnectionState
  readonly about: About | undefined
  readonly frame: Frame | undefined
  /** What rooms have found themselves. */
  readonly found?: ReadonlyArray<Problem>
}

/** Units: milliseconds. Stages wait for each other all the time; so long is no turn-taking any more. */
const blockedMillis = 5000
/** More of them are the same trouble. */
export const problemsMax = 200

const many = (count: number, one: string, more: string): string =>
  count === 1 ? `1 ${one}` : `${count.toLocaleString("en")} ${more}`

type ActorRow = Snapshot["actors"][number]

const ofConnection = ({ about, state }: Known): ReadonlyArray<Problem> => {
  const found: Array<Problem> = []
  if (state._tag === "Stale" || state._tag === "Refused") {
    found.push({
      id: "connection",
      severity: "error",
      title: "There is no connection to the monitor",
      detail: state.detail,
      link: "welcome",
    })
  }
  if (about !== undefined && about.protocol !== protocolVersion) {
    found.push({
      id: "protocol",
      severity: "warning",
      title: `The monitor speaks protocol ${about.protocol}, this page ${protocolVersion}`,
      detail: "Open the page of that monitor's own version",
      link: "welcome",
    })
  }
  return found
}

const ofEngine = ({ engine }: Snapshot): ReadonlyArray<Problem> => {
  const found: Array<Problem> = []
  if (engine.state !== "open") {
    found.push({
      id: "engine",
      severity: engine.state === "failed" ? "error" : "warning",
      title: `The engine is ${engine.state}`,
      detail: engine.detail,
      link: "engine",
    })
  }
  const { verification } = engine
  if (verification !== null && verification.verdict !== "verified") {
    found.push({
      id: "verification",
      severity: verification.verdict === "tampered" ? "error" : "warning",
      title: `Verification says: ${verification.verdict}`,
      detail: "The verify view has what was found, and leads to the records",
      link: "verify",
    })
  }
  return found
}

const ofLedger = ({ ledger }: Snapshot): ReadonlyArray<Problem> =>
  ledger.flatMap((account) => [
    ...(account.missing === 0
      ? []
      : [
          {
            id: `missing ${account.class}`,
            severity: "error" as const,
            title: `${many(Math.abs(account.missing), "event", "events")} of class ${account.class} ${account.missing > 0 ? "missing" : "too many"}`,
            detail: "Accepted events are not all accounted for: this is a defect of the engine",
            link: "ledger",
          },
        ]),
    ...(account.lost === 0
      ? []
      : [
          {
            id: `lost ${account.class}`,
            severity: "error" as const,
            title: `${many(account.lost, "event", "events")} of class ${account.class} lost`,
            detail: "They were accepted and could not be recorded",
            link: "ledger",
          },
        ]),
  ])

const ofActor = (actor: ActorRow, atMillis: number): Problem | undefined => {
  const { id, lastCause, restarts, sinceMillis, state, waitsOn } = actor
  const about = {
    id: `actor ${id}`,
    detail: lastCause ?? "",
    link: `actor?${new URLSearchParams({ id }).toString()}`,
  }
  if (state === "failed") return { ...about, severity: "error", title: `${id} has failed` }
  if (state === "backing-off") {
    const title = `${id} waits to be started again, after ${many(restarts, "restart", "restarts")}`
    return { ...about, severity: "warning", title }
  }
  const millis = atMillis - sinceMillis
  if (state !== "blocked" || millis < blockedMillis) return undefined
  return {
    ...about,
    severity: "warning",
    title: `${id} is blocked for ${formatSpan(millis)}`,
    detail: waitsOn === null ? "" : `It waits on ${waitsOn}`,
  }
}

const ofActors = ({ actors }: Snapshot, atMillis: number): ReadonlyArray<Problem> =>
  actors.flatMap((actor) => ofActor(actor, atMillis) ?? [])

const ofSinks = ({ sinks }: Snapshot): ReadonlyArray<Problem> =>
  sinks.flatMap((sink) => [
    ...(sink.circuit === "open"
      ? [
          {
            id: `circuit ${sink.sink}`,
            severity: sink.isRequired ? ("error" as const) : ("warning" as const),
            title: `The sink ${sink.sink} is not reached`,
            detail: `${many(sink.lag, "record waits", "records wait")} for it`,
            link: "engine",
          },
        ]
      : []),
    ...(sink.openLetters > 0
      ? [
          {
            id: `letters ${sink.sink}`,
            severity: "warning" as const,
            title: `The sink ${sink.sink} has refused ${many(sink.openLetters, "record", "records")}`,
            detail: "Nobody has settled them yet",
            link: "letters",
          },
        ]
      : []),
  ])

const ofAlerts = ({ alerts, alertsLeftOut }: Snapshot): ReadonlyArray<Problem> => [
  ...alerts
    .filter(({ severity, state }) => state === "firing" && severity !== "info")
    .map((alert) => ({
      id: `alert ${alert.id}`,
      severity: alert.severity === "warning" ? ("warning" as const) : ("error" as const),
      title: alert.summary,
      detail: `Alert ${alert.rule}`,
      link: "alerts",
    })),
  ...(alertsLeftOut > 0
    ? [
        {
          id: "alerts left out",
          severity: "warning" as const,
          title: `${many(alertsLeftOut, "more alert", "more alerts")} than there was room for`,
          detail: "The worst are shown",
          link: "alerts",
        },
      ]
    : []),
]

/** Errors first; each in the order in which they lead to each other. */
export const problemsOf = (known: Known): ReadonlyArray<Problem> => {
  const { found: told = [], frame } = known
  const found = [
    ...ofConnection(known),
    ...told,
    ...(frame === undefined
      ? []
      : [
          ...ofEngine(frame.snapshot),
          ...ofLedger(frame.snapshot),
          ...ofActors(frame.snapshot, frame.atMillis),
          ...ofSinks(frame.snapshot),
          ...ofAlerts(frame.snapshot),
        ]),
  ]
  return found
    .toSorted((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"))
    .slice(0, problemsMax)
}

/** What there is to say where no problem is known: that all is well is said only by an engine. */
export interface Calm {
  readonly isGood: boolean
  readonly words: string
}

export const calmOf = ({ about, frame }: Pick<Known, "about" | "frame">): Calm => {
  if (about === undefined || (about.over === "engine" && frame === undefined)) {
    return { isGood: false, words: "Nothing is known yet." }
  }
  return about.over === "engine"
    ? { isGood: true, words: "Nothing that the monitor knows of." }
    : {
        isGood: false,
        words: "Nothing is known: no engine runs over these files. Verify them to know more.",
      }
}

export interface ProblemCounts {
  readonly errors: number
  readonly warnings: number
}

export const countsOf = (problems: ReadonlyArray<Problem>): ProblemCounts => {
  const errors = problems.filter(({ severity }) => severity === "error").length
  return { errors, warnings: problems.length - errors }
}

/** `2 errors, 1 warning`, `no problems`: for eyes and for screen readers alike. */
export const countsInWords = ({ errors, warnings }: ProblemCounts): string => {
  const parts = [
    ...(errors === 0 ? [] : [many(errors, "error", "errors")]),
    ...(warnings === 0 ? [] : [many(warnings, "warning", "warnings")]),
  ]
  return parts.length === 0 ? "no problems" : parts.join(", ")
}
