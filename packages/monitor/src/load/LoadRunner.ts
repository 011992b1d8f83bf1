/**
 * One run: generator, meter and target together, without Effect.
 *
 * @since 0.1.0
 */
import { LoadMeter, type LoadProgress } from "./LoadMeter.ts"
import type { LoadProfile } from "./LoadProfile.ts"
import type { LoadReport } from "./LoadReport.ts"
import { LoadSchedule } from "./LoadSchedule.ts"
import { type LoadTarget, type LoopClock, type LoopEnd, OpenLoop, realClock } from "./OpenLoop.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LoadRunnerOptions {
  readonly profile: LoadProfile
  /** How far off the rate may be, as a share of it. Default: 0.01. */
  readonly rateTolerance?: number | undefined
  /** As in `OpenLoopOptions`. Units: milliseconds. */
  readonly spinMillis?: number | undefined
  /** Told each second how it stands. */
  readonly progress?: ((progress: LoadProgress) => void) | undefined
  readonly clock?: LoopClock
}

/**
 * What a target says of its starts: the first and the end of a row of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoadOutcomes {
  readonly done: (from: number, to: number) => void
  readonly lost: (from: number, to: number) => void
}

const progressMillis = 1000
const rateToleranceDefault = 0.01

/**
 * @category models
 * @since 0.1.0
 */
export class LoadRunner {
  readonly meter: LoadMeter
  readonly ended: Promise<LoopEnd>
  private readonly profile: LoadProfile
  private readonly schedule: LoadSchedule
  private readonly loop: OpenLoop
  private readonly clock: LoopClock
  private readonly rateTolerance: number
  private stoppedMillis: number | undefined

  /** Begins at once. */
  constructor(options: LoadRunnerOptions, target: (outcomes: LoadOutcomes) => LoadTarget) {
    const { clock = realClock, profile, progress } = options
    this.profile = profile
    this.clock = clock
    this.rateTolerance = options.rateTolerance ?? rateToleranceDefault
    this.schedule = new LoadSchedule(profile)
    const { schedule } = this
    const meter = new LoadMeter(schedule)
    this.meter = meter
    const elapsed = (): number => this.elapsedMillis()
    this.loop = new OpenLoop({
      schedule,
      clock,
      ...(options.spinMillis === undefined ? {} : { spinMillis: options.spinMillis }),
      target: target({
        done: (from, to) => meter.done(from, to, elapsed()),
        lost: (from, to) => meter.lost(from, to, elapsed()),
      }),
      started: (from, to, beganMillis) =>
        meter.started(from, to, beganMillis - this.loop.beganMillis),
    })
    let cancel = (): void => undefined
    const tell = (): void => {
      progress?.(meter.progress(elapsed()))
      cancel = clock.after(progressMillis, tell)
    }
    if (progress !== undefined) cancel = clock.after(progressMillis, tell)
    this.ended = this.loop.ended.finally(() => cancel())
  }

  /** Starts nothing more; `ended` resolves. Where every start was made, there is nothing to stop. */
  stop(): void {
    const { loop, meter, schedule } = this
    if (this.stoppedMillis !== undefined || loop.started >= schedule.total) return
    const nowMillis = this.elapsedMillis()
    this.stoppedMillis = nowMillis
    loop.stop()
    meter.unmade(loop.started, meter.intendedBy(nowMillis), nowMillis)
  }

  /** Since the load began. */
  elapsedMillis(): number {
    return this.clock.now() - this.loop.beganMillis
  }

  /** What was measured; for when all that was started is done or lost. */
  measured(): Pick<
    LoadReport,
    | "distribution"
    | "intervals"
    | "isStopped"
    | "lag"
    | "latency"
    | "profile"
    | "rate"
    | "reachedLatency"
    | "stalls"
  > {
    const { meter, profile, schedule, stoppedMillis } = this
    const untilMillis = stoppedMillis ?? schedule.seconds * 1000
    return {
      profile,
      isStopped: stoppedMillis !== undefined,
      rate: this.rate(untilMillis),
      ...meter.quantiles(),
      distribution: meter.distribution(),
      intervals: meter.intervals(untilMillis),
      stalls: meter.stalls(),
    }
  }

  private rate(untilMillis: number): LoadReport["rate"] {
    const { meter, rateTolerance, schedule } = this
    const { measuredFrom, warmupSeconds } = schedule
    const intended = Math.max(0, meter.intendedBy(untilMillis) - measuredFrom)
    const seconds = Math.max(0, untilMillis / 1000 - warmupSeconds)
    const sent = meter.measuredSent
    // A generator that came late has taken longer than it was to.
    const tookSeconds = Math.max(seconds, meter.lastSentMillis / 1000 - warmupSeconds)
    const intendedPerSecond = seconds === 0 ? 0 : intended / seconds
    const achievedPerSecond = tookSeconds === 0 ? 0 : sent / tookSeconds
    const deviation = intendedPerSecond === 0 ? 0 : achievedPerSecond / intendedPerSecond - 1
    return {
      intended,
      sent,
      reached: meter.measuredReached,
      failed: meter.measuredFailed,
      seconds,
      intendedPerSecond,
      achievedPerSecond,
      deviation,
      tolerance: rateTolerance,
      isReached: Math.abs(deviation) <= rateTolerance,
    }
  }
}
