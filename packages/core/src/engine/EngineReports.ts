/**
 * What an engine says of itself at intervals: signs of life, sampling windows, losses.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { certain, type MeasuredOverhead } from "./AdaptiveRate.ts"
import { classes, contracts } from "../event/EventClass.ts"
import type { Door } from "./Door.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { laneCount } from "./Intake.ts"
import type { Ledger } from "./Ledger.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Sampler } from "./Sampler.ts"
import { periodicService } from "./PeriodicService.ts"
import type { Actor } from "./Supervisor.ts"
import * as SystemRecord from "./SystemRecord.ts"
import type { AuditEventInput } from "../event/AuditEvent.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineReportsOptions {
  readonly options: Pick<EngineOptions, "heartbeatMillis" | "sampling">
  readonly door: Door
  readonly ledger: Ledger
  readonly sampler: Sampler
  readonly restart: RestartPolicy
  readonly nowMillis: () => number
  readonly published: () => number
}

const heartbeatCheckMillis = 1000

/** After so long without a new measurement, whoever measured is gone. */
const measuredHoldMillis = 600_000

interface Overhead {
  readonly ratio: number
  readonly isMeasured: boolean
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`

const reasonOf = (
  { isMeasured, ratio }: Overhead,
  { targetOverhead }: EngineReportsOptions["options"]["sampling"],
): string => {
  const how = isMeasured ? "as measured" : "as the engine estimates"
  const bound = percent(targetOverhead)
  return ratio > targetOverhead
    ? `auditing takes ${percent(ratio)} of the time, ${how}, and ${bound} is allowed: less is kept`
    : `auditing takes ${percent(ratio)} of the time, ${how}, well below the ${bound} that is allowed: more is kept`
}

const sum = (column: Float64Array): number =>
  column.subarray(0, classes.length).reduce((total, count) => total + count, 0)

/**
 * Writes the engine's own records.
 *
 * @category models
 * @since 0.1.0
 */
export class EngineReports {
  /** What holds now. */
  options: EngineReportsOptions["options"]
  private readonly parts: EngineReportsOptions
  private readonly told = new Float64Array(laneCount)
  private windowFrom: number
  private beatAt: number
  /** Overhead that somebody measured since the last window. */
  private measured: MeasuredOverhead | undefined
  private measuredAtMillis = -Infinity
  /** Losses that found no room in the lane of the engine's own records. */
  private unsaid: Array<AuditEventInput> = []

  constructor(parts: EngineReportsOptions) {
    this.parts = parts
    this.options = parts.options
    this.windowFrom = parts.nowMillis()
    this.beatAt = this.windowFrom
  }

  /** The actors that write them. */
  get actors(): ReadonlyArray<Actor> {
    const every = (name: string, millis: () => number, act: () => void): Actor =>
      periodicService(name, this.parts.restart, millis, Effect.sync(act))
    return [
      every(
        "windows",
        () => this.options.sampling.windowMillis,
        () => this.flushWindow(),
      ),
      // Looked at each second, so that a change of the interval holds soon.
      every(
        "heartbeat",
        () => heartbeatCheckMillis,
        () => this.beat(),
      ),
    ]
  }

  /** Takes a measured overhead in place of the engine's own estimate. */
  observeOverhead(measured: MeasuredOverhead): void {
    if (measured.overhead >= 0) this.measured = measured
    // Who is measuring makes calls that the estimate would take for the application's.
    this.measuredAtMillis = this.parts.nowMillis()
  }

  /** Goes by the engine's own estimate again. */
  withdrawOverhead(): void {
    this.measured = undefined
    this.measuredAtMillis = -Infinity
  }

  /** Keeps telemetry's rate at or below a ceiling. Record the reason first. */
  limitSampling(ceiling: number): void {
    this.flushWindow()
    this.parts.sampler.limit(ceiling)
  }

  /** Ends the sampling window and says what is to be said. */
  flushWindow(): void {
    this.say(this.window())
  }

  private beat(): void {
    const { heartbeatMillis } = this.options
    const now = this.parts.nowMillis()
    if (heartbeatMillis === 0 || now - this.beatAt < heartbeatMillis) return
    this.beatAt = now
    this.say([this.heartbeat()])
  }

  /** Says that accepted events were lost. */
  lose(perLane: ReadonlyArray<number>, cause: string): void {
    const losses = classes.flatMap((name, lane) => {
      const count = perLane[lane] ?? 0
      return count === 0
        ? []
        : [SystemRecord.lost({ class: name, cause, count, wasAccepted: true })]
    })
    this.say(losses)
  }

  /** The last records of a run, in order. */
  closing(): ReadonlyArray<AuditEventInput> {
    const { ledger } = this.parts
    return [
      ...this.unsaid.splice(0),
      ...this.window(true),
      SystemRecord.closed({
        accepted: sum(ledger.accepted),
        sampledOut: sum(ledger.sampledOut),
        lost: sum(ledger.lost),
        dropped: sum(ledger.dropped),
        refused: sum(ledger.refused),
      }),
    ]
  }

  private say(records: ReadonlyArray<AuditEventInput>): void {
    const waiting = [...this.unsaid.splice(0), ...records]
    for (const [index, record] of waiting.entries()) {
      if (!this.parts.door.recordSystem(record)) {
        this.unsaid = waiting.slice(index)
        return
      }
    }
  }

  /** What this window's step goes by: each measurement once, and the estimate where none was made of late. */
  private overhead(now: number, estimate: number): Overhead | undefined {
    const { measured } = this
    this.measured = undefined
    if (measured !== undefined) {
      return { ratio: certain(measured, this.options.sampling), isMeasured: true }
    }
    return now - this.measuredAtMillis < measuredHoldMillis
      ? undefined
      : { ratio: estimate, isMeasured: false }
  }

  private heartbeat(): AuditEventInput {
    const { ledger, published } = this.parts
    return SystemRecord.heartbeat({ recorded: sum(ledger.recorded), published: published() })
  }

  /** @param isLast no rate holds after it, so none is looked for */
  private window(isLast = false): ReadonlyArray<AuditEventInput> {
    const { door, ledger, nowMillis, sampler } = this.parts
    const now = nowMillis()
    const lasted = now - this.windowFrom
    this.windowFrom = now
    const overhead =
      lasted > 0 && !isLast ? this.overhead(now, door.takeBusyMillis() / lasted) : undefined
    if (overhead !== undefined) sampler.observeOverhead(overhead.ratio)
    const records: Array<AuditEventInput> = []
    const window = sampler.closeWindow(now)
    if (window.kept + window.skipped > 0) records.push(SystemRecord.sampled(window))
    const { rate: after } = sampler
    if (overhead !== undefined && after !== window.rate) {
      const reason = reasonOf(overhead, this.options.sampling)
      records.push(SystemRecord.samplingChanged({ before: window.rate, after, reason }))
    }
    for (const [lane, contract] of contracts.entries()) {
      const count = (ledger.dropped[lane] ?? 0) - (this.told[lane] ?? 0)
      if (count === 0) continue
      this.told[lane] = ledger.dropped[lane] ?? 0
      records.push(
        SystemRecord.lost({ class: contract.name, cause: "no room", count, wasAccepted: false }),
      )
    }
    return records
  }
}
