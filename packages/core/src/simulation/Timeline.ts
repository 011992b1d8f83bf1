/**
 * Time of a simulation: one monotonic line, on which each process has a clock of its own.
 *
 * Effect's `TestClock` is one clock for everybody; here processes die with their sleeps, their
 * wall clocks jump, and nothing but this line ever wakes them.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"

interface Sleep {
  readonly at: number
  readonly wake: () => void
}

// Within a turn everything is synchronous; the intake wakes its reader one turn later, and what
// that starts may hand on once more.
const idleTurns = 3

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/**
 * @category models
 * @since 0.1.0
 */
export class Timeline {
  /** Units: milliseconds since the simulation began. */
  now = 0
  /** For all that runs here: it counts what it is given, so that rest can be told from work. */
  readonly scheduler: Scheduler.Scheduler
  private activity = 0
  /** In the order in which they end; those that end together, in the order in which they began. */
  private readonly sleeps: Array<Sleep> = []
  /** Called whenever everything has come to rest. */
  atRest: () => void = () => undefined

  constructor() {
    this.scheduler = new Scheduler.MixedScheduler("async", (run) => {
      this.activity += 1
      const handle = setImmediate(run)
      return () => clearImmediate(handle)
    })
  }

  /** Calls back in so many milliseconds, unless it is taken back. */
  after(millis: number, wake: () => void): () => void {
    const sleep = { at: this.now + millis, wake }
    let low = 0
    let high = this.sleeps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.sleeps[middle]?.at ?? 0) <= sleep.at) low = middle + 1
      else high = middle
    }
    this.sleeps.splice(low, 0, sleep)
    return () => {
      const index = this.sleeps.indexOf(sleep)
      if (index >= 0) this.sleeps.splice(index, 1)
    }
  }

  /** Lets everything run that needs no time to pass. */
  async settle(): Promise<void> {
    for (let idle = 0, seen = this.activity; idle < idleTurns; idle++) {
      await turn()
      if (this.activity !== seen) idle = 0
      seen = this.activity
    }
    this.atRest()
  }

  /** Lets time pass, one waking after the other, each with all that follows from it. */
  async advance(millis: number): Promise<void> {
    const end = this.now + millis
    for (let next = this.sleeps[0]; next !== undefined && next.at <= end; next = this.sleeps[0]) {
      this.now = next.at
      while (this.sleeps[0] !== undefined && this.sleeps[0].at <= this.now) {
        this.sleeps.shift()?.wake()
      }
      await this.settle()
    }
    this.now = end
  }
}

// Midnight of 2026-01-01.
const epochMillis = 1_767_225_600_000

/**
 * The clock of one process. Its wall clock can be set; how long it sleeps can't.
 *
 * @category models
 * @since 0.1.0
 */
export class ProcessClock implements Clock.Clock {
  private readonly timeline: Timeline
  private readonly isAlive: () => boolean
  private shiftMillis = 0
  private frozenAt: number | undefined

  constructor(timeline: Timeline, isAlive: () => boolean) {
    this.timeline = timeline
    this.isAlive = isAlive
  }

  /** Sets the wall clock forward, or back. */
  jump(millis: number): void {
    this.frozenAt = undefined
    this.shiftMillis += millis
  }

  /** The wall clock stands still until it jumps. */
  freeze(): void {
    this.frozenAt = this.currentTimeMillisUnsafe()
  }

  currentTimeMillisUnsafe(): number {
    return this.frozenAt ?? Math.floor(epochMillis + this.timeline.now + this.shiftMillis)
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.currentTimeMillisUnsafe()) * 1_000_000n
  }

  monotonicTimeNanosUnsafe(): bigint {
    return BigInt(Math.round(this.timeline.now * 1_000_000))
  }

  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    // Whole milliseconds, as Node's timers: where a sleep is shorter than a number of this size can
    // tell, somebody who waits for a moment would never see it come.
    const millis = Math.ceil(Duration.toMillis(duration))
    if (millis <= 0) return Effect.yieldNow
    return Effect.callback<void>((resume) => {
      if (!Number.isFinite(millis)) return undefined
      const cancel = this.timeline.after(millis, () => {
        if (this.isAlive()) resume(Effect.void)
      })
      return Effect.sync(cancel)
    })
  }
}
