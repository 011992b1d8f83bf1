/** What charts draw: columns of figures out of the frames of the last minutes. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Frame } from "@countersign/monitor/protocol/Update"

export type Unit = "perSecond" | "seconds" | "bytes" | "ratio" | "count"

/** A frame's readings by the names of their series. */
interface Moment {
  readonly snapshot: Snapshot
  readonly reading: (series: string) => number | null
}

export interface Line {
  readonly label: string
  readonly valueOf: (moment: Moment) => number | null
}

export interface Plan {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly lines: ReadonlyArray<Line>
}

/** More lines are told apart by nobody. */
export const linesMax = 8

const stage = (id: string, valueOf: (actor: Snapshot["actors"][number]) => number): Line => ({
  label: id,
  valueOf: ({ snapshot }) => {
    const actor = snapshot.actors.find((row) => row.id === id)
    return actor === undefined ? null : valueOf(actor)
  },
})

const throughput = ({ flow }: Snapshot): Plan => ({
  id: "throughput",
  title: "Throughput of each step",
  unit: "perSecond",
  lines: flow.slice(0, linesMax).map(({ step }) => ({
    label: step,
    valueOf: ({ snapshot }) => snapshot.flow.find((row) => row.step === step)?.perSecond ?? null,
  })),
})

const queues = ({ actors }: Snapshot): Plan => ({
  id: "queues",
  title: "Bytes that wait before each stage",
  unit: "bytes",
  lines: actors
    .filter(({ mailbox }) => mailbox !== null)
    .slice(0, linesMax)
    .map(({ id }) => stage(id, ({ mailbox }) => mailbox?.depthBytes ?? 0)),
})

const lags = ({ sinks }: Snapshot): Plan => ({
  id: "lags",
  title: "Records that sinks are behind",
  unit: "count",
  lines: sinks.slice(0, linesMax).map(({ sink }) => ({
    label: sink,
    valueOf: ({ snapshot }) => snapshot.sinks.find((row) => row.sink === sink)?.lag ?? null,
  })),
})

const sampling: Plan = {
  id: "sampling",
  title: "Share of telemetry that is recorded",
  unit: "ratio",
  lines: [{ label: "sampling rate", valueOf: ({ snapshot }) => snapshot.engine.samplingRate }],
}

const series = (label: string, name: string): Line => ({
  label,
  valueOf: ({ reading }) => reading(name),
})

/** Metrics with one line for each value of a label. */
const labelled = (snapshot: Snapshot, metric: string): ReadonlyArray<Line> =>
  snapshot.readings
    .filter(({ series: name }) => name.startsWith(`${metric}{`))
    .slice(0, linesMax)
    .map(({ series: name }) => series(/"(.*)"/.exec(name)?.[1] ?? name, name))

const quantilePattern = /^(.*?)_seconds\{(.*?),?quantile="0\.(5|95|99)"\}$/

/** In the order in which charts show them; those that are not here follow. */
const titles: Readonly<Record<string, string>> = {
  countersign_log_sync: "Writing to the log until it is on the disk",
  countersign_publish: "Publishing a checkpoint",
  countersign_process_event_loop_delay: "Delay of the event loop",
  countersign_http_request: "HTTP requests",
  countersign_sql_query: "SQL statements",
  countersign_metrics_read: "Reading all metrics",
}

/** Pauses of the collector are known by their kind, and are no latency of the engine's. */
const isLatency = (metric: string): boolean => metric !== "countersign_process_gc"

/** One chart for each summary: p50, p95 and p99. */
const latencies = (snapshot: Snapshot): ReadonlyArray<Plan> => {
  const byMetric = new Map<string, Array<Line>>()
  for (const { series: name } of snapshot.readings) {
    const [, metric = "", labels = "", quantile = ""] = quantilePattern.exec(name) ?? []
    if (metric === "" || !isLatency(metric)) continue
    const lines = byMetric.get(metric) ?? []
    const values = [...labels.matchAll(/="(.*?)"/g)].map(([, value]) => value).join(" ")
    const percentile = `p${quantile === "5" ? "50" : quantile}`
    if (lines.length < linesMax)
      lines.push(series(values === "" ? percentile : `${values} ${percentile}`, name))
    byMetric.set(metric, lines)
  }
  const known = Object.keys(titles)
  const place = (metric: string) => (known.includes(metric) ? known.indexOf(metric) : known.length)
  const ordered = [...byMetric].toSorted(([one], [other]) => place(one) - place(other))
  return ordered.map(([metric, lines]) => ({
    id: metric,
    title: titles[metric] ?? metric.replace(/^countersign_/, "").replaceAll("_", " "),
    unit: "seconds",
    lines,
  }))
}

/** By what charts there are: another sink in the place of one has a chart of its own. */
export const chartNames = ({ actors, flow, readings, sinks }: Snapshot): string =>
  JSON.stringify([
    actors.map(({ id, mailbox }) => [id, mailbox !== null]),
    flow.map(({ step }) => step),
    readings.map(({ series: name }) => name),
    sinks.map(({ sink }) => sink),
  ])

/** The charts that there are figures for. */
export const plansOf = (snapshot: Snapshot): ReadonlyArray<Plan> =>
  [
    throughput(snapshot),
    queues(snapshot),
    ...latencies(snapshot),
    {
      id: "oldest",
      title: "How long the oldest event has waited",
      unit: "seconds" as const,
      lines: labelled(snapshot, "countersign_events_oldest_seconds"),
    },
    lags(snapshot),
    sampling,
    {
      id: "overhead",
      title: "What auditing takes of the probed operation",
      unit: "ratio" as const,
      lines: labelled(snapshot, "countersign_overhead_ratio"),
    },
  ].filter(({ lines }) => lines.length > 0)

/** Of one actor. */
export const actorPlans = (id: string): ReadonlyArray<Plan> => [
  {
    id: "rate",
    title: "Items",
    unit: "perSecond",
    lines: [{ ...stage(id, ({ perSecond }) => perSecond), label: "items" }],
  },
  {
    id: "items",
    title: "Items that wait",
    unit: "count",
    lines: [{ ...stage(id, ({ mailbox }) => mailbox?.depthItems ?? 0), label: "items" }],
  },
  {
    id: "bytes",
    title: "Bytes that wait",
    unit: "bytes",
    lines: [{ ...stage(id, ({ mailbox }) => mailbox?.depthBytes ?? 0), label: "bytes" }],
  },
]

export const baselinePlan = (metrics: ReadonlyArray<string>): Plan => ({
  id: "baselines",
  title: "Figures against their baselines",
  unit: "ratio",
  lines: metrics.slice(0, linesMax).map((metric) => ({
    label: metric,
    valueOf: ({ snapshot }) =>
      snapshot.baselines.find((row) => row.metric === metric)?.ratio ?? null,
  })),
})

/** Two lists of plans draw the same lines. */
export const planKey = (plans: ReadonlyArray<Plan>): string =>
  JSON.stringify(plans.map(({ id, lines }) => [id, lines.map(({ label }) => label)]))

export interface Columns {
  /** Units: seconds since 1970. */
  readonly times: ReadonlyArray<number>
  /** Of each plan, of each of its lines. */
  readonly values: ReadonlyArray<ReadonlyArray<ReadonlyArray<number | null>>>
}

const momentOf = ({ snapshot }: Frame): Moment => {
  let byName: ReadonlyMap<string, number> | undefined
  return {
    snapshot,
    reading: (name) => {
      byName ??= new Map(snapshot.readings.map((row) => [row.series, row.value]))
      return byName.get(name) ?? null
    },
  }
}

/** Each frame is read once, however often its figures are drawn. */
export const makeColumns = (
  plans: ReadonlyArray<Plan>,
): ((history: ReadonlyArray<Frame>, fromMillis: number) => Columns) => {
  const lines = plans.flatMap((plan) => plan.lines)
  const known = new WeakMap<Frame, ReadonlyArray<number | null>>()
  const rowOf = (frame: Frame): ReadonlyArray<number | null> => {
    const there = known.get(frame)
    if (there !== undefined) return there
    const moment = momentOf(frame)
    const row = lines.map(({ valueOf }) => valueOf(moment))
    known.set(frame, row)
    return row
  }
  return (history, fromMillis) => {
    const shown = history.filter(({ atMillis }) => atMillis >= fromMillis)
    const rows = shown.map(rowOf)
    let from = 0
    const values = plans.map((plan) => {
      const begin = from
      from += plan.lines.length
      return plan.lines.map((_, index) => rows.map((row) => row[begin + index] ?? null))
    })
    return { times: shown.map(({ atMillis }) => atMillis / 1000), values }
  }
}

export interface AlertMark {
  readonly id: string
  readonly atMillis: number
  readonly severity: Snapshot["alerts"][number]["severity"]
  readonly summary: string
}

/** When alerts began, oldest first; most frames have the same alerts as the one before. */
export const alertMarks = (
  history: ReadonlyArray<Frame>,
  fromMillis: number,
): ReadonlyArray<AlertMark> => {
  const marks = new Map<string, AlertMark>()
  let before: Snapshot["alerts"] | undefined
  for (const { snapshot } of history) {
    if (snapshot.alerts === before) continue
    before = snapshot.alerts
    for (const { id, severity, sinceMillis, state, summary } of snapshot.alerts) {
      if (state === "pending" || sinceMillis < fromMillis) continue
      marks.set(`${sinceMillis} ${id}`, { id, severity, summary, atMillis: sinceMillis })
    }
  }
  return [...marks.values()].toSorted((one, other) => one.atMillis - other.atMillis)
}

export interface StateSpan {
  readonly state: Snapshot["actors"][number]["state"]
  readonly waitsOn: string | null
  readonly fromMillis: number
  readonly toMillis: number
}

/** The states that an actor was seen in, newest first; what passed between two frames was not seen. */
export const makeStateSpans = (
  id: string,
): ((history: ReadonlyArray<Frame>) => ReadonlyArray<StateSpan>) => {
  const known = new WeakMap<Snapshot["actors"], Snapshot["actors"][number] | null>()
  const rowOf = ({ snapshot: { actors } }: Frame) => {
    const there = known.get(actors)
    if (there !== undefined) return there
    const row = actors.find((actor) => actor.id === id) ?? null
    known.set(actors, row)
    return row
  }
  return (history) => {
    const spans: Array<StateSpan> = []
    for (const frame of history) {
      const row = rowOf(frame)
      const last = spans.at(-1)
      if (row === null) continue
      const { state, waitsOn } = row
      if (last?.state === state && last.waitsOn === waitsOn)
        spans[spans.length - 1] = { ...last, toMillis: frame.atMillis }
      else spans.push({ state, waitsOn, fromMillis: frame.atMillis, toMillis: frame.atMillis })
    }
    return spans.toReversed()
  }
}
