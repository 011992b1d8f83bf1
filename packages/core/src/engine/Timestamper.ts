/**
 * Has the trail's checkpoints timestamped at intervals, beside the way of an event.
 *
 * Nothing waits for the authority: one that is down delays the proof of time, and nothing else.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Disk } from "../platform/Disk.ts"
import * as TimestampFiles from "../timestamp/TimestampFiles.ts"
import { readAnchors, timestampTrail } from "../timestamp/Timestamping.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { periodicService } from "./PeriodicService.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Actor } from "./Supervisor.ts"

// The first checkpoint of a run is a moment away.
const firstMillis = 2000
const againMillis = 60_000

/**
 * @category models
 * @since 0.1.0
 */
export interface TimestamperOptions {
  readonly disk: Disk["Service"]
  readonly directory: string
  readonly timestamp: EngineOptions["timestamp"]
  readonly nowMillis: () => number
}

/**
 * @category models
 * @since 0.1.0
 */
export class Timestamper {
  private readonly options: TimestamperOptions
  /** How long it waits before the next step. */
  waitMillis = firstMillis
  private failures = 0
  private isFirst = true

  constructor(options: TimestamperOptions) {
    this.options = options
  }

  /** The actor that asks. */
  actor(restart: RestartPolicy): Actor {
    return periodicService("timestamps", restart, () => this.waitMillis, this.step)
  }

  /** Asks about the newest checkpoint, unless the newest timestamp is younger than the interval. */
  readonly step: Effect.Effect<void> = Effect.suspend(() => {
    const { disk } = this.options
    return this.ask.pipe(
      Effect.provideService(Disk, disk),
      Effect.catch((error) => {
        const { intervalMillis } = this.options.timestamp
        this.failures += 1
        this.waitMillis = Math.min(
          intervalMillis,
          againMillis * 2 ** Math.min(this.failures - 1, 20),
        )
        return Effect.logWarning(
          `countersign: no timestamp: ${error.message}; asked again in ${Math.round(this.waitMillis / 1000)} s`,
        )
      }),
    )
  })

  private readonly ask = Effect.gen({ self: this }, function* () {
    const { directory, nowMillis, timestamp } = this.options
    const { ca, intervalMillis, url } = timestamp
    if (this.isFirst) {
      this.isFirst = false
      const newest = yield* TimestampFiles.newestMillis(directory)
      const left = newest === undefined ? 0 : newest + intervalMillis - nowMillis()
      if (left > 0) {
        this.waitMillis = Math.min(left, intervalMillis)
        return
      }
    }
    // Read each time: authorities change their certificates while engines run.
    const anchors = ca === "" ? undefined : yield* readAnchors(ca)
    yield* timestampTrail({ directory, url, anchors, nowMillis })
    this.failures = 0
    this.waitMillis = intervalMillis
  })
}
