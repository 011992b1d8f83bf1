/**
 * A load on an engine in the same process.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { LoadTarget } from "./OpenLoop.ts"

/**
 * How far an event has to get before its wait is over.
 *
 * @category models
 * @since 0.1.0
 */
export type LoadLevel = "accepted" | "durable" | "published"

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineTargetOptions {
  readonly audit: Audit["Service"]
  readonly until: LoadLevel
  readonly eventAt: (index: number) => AuditEventInput
  /** The starts `from` to `to`, the latter excluded, have reached the level. */
  readonly done: (from: number, to: number) => void
  /** They never will. */
  readonly lost: (from: number, to: number) => void
}

interface Slice {
  readonly from: number
  readonly to: number
}

/**
 * Records one event for each start, of the class `standard`.
 *
 * Of the events of one slice only the last one is waited for. They go through one lane, in one
 * turn and in order, so when it has reached its level the others have; a fiber for each would cost
 * the thread more than the engine does. An event that finds its lane full is the last of its slice.
 *
 * @category models
 * @since 0.1.0
 */
export class EngineTarget implements LoadTarget {
  private readonly options: EngineTargetOptions
  /** Slices whose end is waited for. */
  private readonly slices = new Set<Slice>()
  private full = false

  constructor(options: EngineTargetOptions) {
    this.options = options
  }

  readonly isFull = (): boolean => this.full

  readonly room = (): Promise<void> => {
    const { audit } = this.options
    return Effect.runPromise(Effect.raceFirst(audit.room("standard"), audit.failed)).then(() => {
      this.full = false
    })
  }

  readonly start = (from: number, to: number): number =>
    this.options.until === "accepted" ? this.offer(from, to) : this.commit(from, to)

  /** How many slices are waited for. */
  waiting(): number {
    return this.slices.size
  }

  /** Waits no more; what is on its way is lost. */
  abandon(): void {
    const { slices } = this
    for (const slice of slices) {
      slices.delete(slice)
      this.options.lost(slice.from, slice.to)
    }
  }

  private offer(from: number, to: number): number {
    const { done, eventAt } = this.options
    for (let index = from; index < to; index++) {
      if (!this.isTaken(eventAt(index))) return index - from
      done(index, index + 1)
    }
    return to - from
  }

  private commit(from: number, to: number): number {
    const { audit, done, eventAt, lost, until } = this.options
    let last = from
    while (last < to - 1 && this.isTaken(eventAt(last))) last += 1
    const slice = { from, to: last + 1 }
    this.slices.add(slice)
    Effect.runCallback(
      audit.record(eventAt(last), { until: until === "published" ? until : "durable" }),
      {
        onExit: (exit) => {
          if (!this.slices.delete(slice)) return
          if (Exit.isSuccess(exit)) done(slice.from, slice.to)
          else lost(slice.from, slice.to)
        },
      },
    )
    return slice.to - from
  }

  /** Whether the engine took it; `false` when its lane is full. Throws for anything else. */
  private isTaken(event: AuditEventInput): boolean {
    const verdict = this.options.audit.recordUnsafe(event)
    switch (verdict._tag) {
      case "Accepted":
        return true
      case "Refused": {
        const { error } = verdict
        if (error._tag !== "AuditRefused" || error.reason !== "lane-full") throw error
        this.full = true
        return false
      }
      case "Dropped":
        throw new Error("an event of the class standard was dropped")
    }
  }
}
