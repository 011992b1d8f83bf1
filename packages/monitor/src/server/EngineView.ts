/**
 * A snapshot of a running engine, from what the engine and the monitor beside it say of themselves.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import type { EngineStatus } from "@countersign/core/engine/EngineStatus"
import type { Alert } from "../alert/Alert.ts"
import type { Finding } from "../detect/Finding.ts"
import { type Reading, seriesOf } from "../metric/Reading.ts"
import { worstFirst } from "../protocol/AlertOrder.ts"
import type { Snapshot } from "../protocol/Snapshot.ts"

/**
 * Most series in a frame; more are counted and left out.
 *
 * @category constants
 * @since 0.1.0
 */
export const readingsMax = 2000

/** More alerts are counted and left out; of findings there are the newest. */
const alertsMax = 500
const findingsMax = 200
const baselineName = "countersign_baseline_ratio"

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineView {
  readonly status: EngineStatus
  readonly actors: ReadonlyArray<ActorSnapshot>
  readonly readings: ReadonlyArray<Reading>
  readonly alerts: ReadonlyArray<Alert>
  readonly findings: ReadonlyArray<Finding>
}

/** The rate of a counter; 0 where it has begun anew. */
const rate = (total: number, before: number | undefined, seconds: number): number =>
  before === undefined || seconds <= 0 ? 0 : Math.max(0, (total - before) / seconds)

const engineOf = (status: EngineStatus): Snapshot["engine"] => ({
  state: status.state,
  detail: status.detail,
  durableSize: status.durableSize,
  publishedSize: status.publishedSize,
  publishedMillis: status.publishedMillis ?? null,
  verification: status.verification ?? null,
  samplingRate: status.samplingRate,
  waiting: status.waiting,
  walSegments: status.walSegments,
  walAbandoned: status.walAbandoned,
  slabs: status.pool.leased,
  slabsMax: status.pool.slabsMax,
  systemRecords: status.systemRecords,
})

const flowOf = (
  status: EngineStatus,
  before: Snapshot | undefined,
  seconds: number,
): Snapshot["flow"] => {
  const known = new Map(before?.flow.map((row) => [row.step, row.total]))
  const row = (step: string, total: number, behind: number) => ({
    step,
    total,
    perSecond: rate(total, known.get(step), seconds),
    behind,
  })
  const sum = (of: (account: EngineStatus["accounts"][number]) => number): number =>
    status.accounts.reduce((all, account) => all + of(account), 0)
  return [
    row(
      "accepted",
      sum((account) => account.accepted),
      0,
    ),
    row(
      "durable",
      status.durableSize,
      sum((account) => account.inFlight),
    ),
    row("published", status.publishedSize, Math.max(0, status.durableSize - status.publishedSize)),
    ...status.sinks.map((sink) => row(`delivered ${sink.sink}`, sink.delivered, sink.lag)),
  ]
}

const ledgerOf = (
  status: EngineStatus,
  before: Snapshot | undefined,
  seconds: number,
): Snapshot["ledger"] =>
  status.accounts.map((account) => ({
    ...account,
    perSecond: rate(
      account.accepted,
      before?.ledger.find((row) => row.class === account.class)?.accepted,
      seconds,
    ),
  }))

const actorsOf = (
  actors: ReadonlyArray<ActorSnapshot>,
  before: Snapshot | undefined,
  seconds: number,
): Snapshot["actors"] => {
  const known = new Map(before?.actors.map((row) => [row.id, row.items]))
  return actors.map((actor) => ({
    ...actor,
    parent: actor.parent ?? null,
    lastCause: actor.lastCause ?? null,
    waitsOn: actor.waitsOn ?? null,
    mailbox: actor.mailbox ?? null,
    perSecond: rate(actor.items, known.get(actor.id), seconds),
  }))
}

const sinksOf = (status: EngineStatus): Snapshot["sinks"] =>
  status.sinks.map(({ recordsMax: _, ...sink }) => ({
    ...sink,
    cursor: sink.cursor ?? null,
    catchUpMillis: sink.catchUpMillis ?? null,
  }))

type ShownReadings = Pick<Snapshot, "baselines" | "readings" | "readingsLeftOut">

// Frames come several times a second, and readings once: their series are named once.
const shown = new WeakMap<ReadonlyArray<Reading>, ShownReadings>()

/** Each series once: the last that says something of it. */
const shownOf = (all: ReadonlyArray<Reading>): ShownReadings => {
  const known = shown.get(all)
  if (known !== undefined) return known
  const plain = all.filter(({ name }) => name !== baselineName)
  const series = new Map(plain.map((reading) => [seriesOf(reading), reading.value]))
  const made: ShownReadings = {
    readings: [...series].slice(0, readingsMax).map(([name, value]) => ({ series: name, value })),
    readingsLeftOut: Math.max(0, series.size - readingsMax),
    baselines: all
      .filter(({ name }) => name === baselineName)
      .map(({ labels, value }) => ({ metric: labels["metric"] ?? "", ratio: value })),
  }
  shown.set(all, made)
  return made
}

/**
 * @param before the snapshot from which rates are counted, where there is one
 * @param seconds how long ago that was
 * @category constructors
 * @since 0.1.0
 */
export const snapshotOf = (
  view: EngineView,
  before: Snapshot | undefined,
  seconds: number,
): Snapshot => {
  const { status } = view
  return {
    engine: engineOf(status),
    flow: flowOf(status, before, seconds),
    ledger: ledgerOf(status, before, seconds),
    actors: actorsOf(view.actors, before, seconds),
    sinks: sinksOf(status),
    ...shownOf(view.readings),
    alerts: worstFirst(view.alerts).slice(0, alertsMax),
    alertsLeftOut: Math.max(0, view.alerts.length - alertsMax),
    findings: view.findings.slice(-findingsMax),
  }
}
