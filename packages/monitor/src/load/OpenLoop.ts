/**
 * The generator: starts what is due, whatever became of what was started before.
 *
 * Plain timers and callbacks, since up to 100,000 starts a second leave 10 µs for each. Starts are
 * made in slices within one turn of the event loop; the target gets its turn between them.
 *
 * @since 0.1.0
 */

/**
 * When things are to start.
 *
 * @category models
 * @since 0.1.0
 */
export interface Schedule {
  readonly total: number
  /** From the beginning; never before the start with the number below. Units: milliseconds. */
  readonly startOf: (index: number) => number
}

/**
 * What a load is put on.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoadTarget {
  /**
   * Makes the starts `from` to `to`, the latter excluded, within this turn.
   *
   * @returns how many were made; fewer only where there is no room for more
   */
  readonly start: (from: number, to: number) => number
  /** Whether `start` found no room; then nothing is started until `room` resolves. */
  readonly isFull: () => boolean
  /** Resolves when there is room again. Rejects where there will be none. */
  readonly room: () => Promise<void>
}

/**
 * Time as the generator needs it: the real one, or a test's.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoopClock {
  /** Monotonic. Units: milliseconds. */
  readonly now: () => number
  /** Calls back after so many milliseconds, or in the next turn for 0; returns what cancels it. */
  readonly after: (millis: number, call: () => void) => () => void
}

/**
 * The process's own clock and timers.
 *
 * @category constants
 * @since 0.1.0
 */
export const realClock: LoopClock = {
  now: () => performance.now(),
  after: (millis, call) => {
    if (millis <= 0) {
      const turn = setImmediate(call)
      return () => clearImmediate(turn)
    }
    const timer = setTimeout(call, millis)
    return () => clearTimeout(timer)
  },
}

/**
 * @category models
 * @since 0.1.0
 */
export interface OpenLoopOptions {
  readonly schedule: Schedule
  readonly target: LoadTarget
  /** After each slice: which starts were made, and when the slice began. */
  readonly started?: (from: number, to: number, beganMillis: number) => void
  /**
   * How long a turn may hold the thread for a start that is near. 0: starts are late by up to a
   * timer's millisecond, and the thread is free meanwhile. Units: milliseconds. Default 0.
   */
  readonly spinMillis?: number
  readonly clock?: LoopClock
}

/**
 * How a run ended.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoopEnd {
  /** Starts that were made: the first so many of the schedule. */
  readonly started: number
  readonly isStopped: boolean
}

// So long, then the clock is read again; at most so many starts, and so many before it is known
// how long one takes.
const sliceMillis = 0.5
const sliceMax = 128
const sliceFirst = 8
// After that the target's own work gets its turn, however much is due.
const turnMillis = 4
const tickMillis = 1

/**
 * A generator at work.
 *
 * @category models
 * @since 0.1.0
 */
export class OpenLoop {
  /** When the schedule began. */
  readonly beganMillis: number
  /** Rejects with what the target throws. */
  readonly ended: Promise<LoopEnd>
  /** Starts that were made so far. */
  started = 0

  private readonly options: OpenLoopOptions
  private readonly clock: LoopClock
  private readonly spinMillis: number
  private cancel: () => void = () => undefined
  private isOver = false
  private sliceLength = sliceFirst
  private resolve: (end: LoopEnd) => void = () => undefined
  private reject: (cause: unknown) => void = () => undefined

  /** Begins at once; the first slice is made in the next turn. */
  constructor(options: OpenLoopOptions) {
    this.options = options
    this.clock = options.clock ?? realClock
    this.spinMillis = options.spinMillis ?? 0
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.beganMillis = this.clock.now()
    this.wait(0)
  }

  /** Starts nothing more. Idempotent. */
  stop(): void {
    this.end(true)
  }

  private end(isStopped: boolean): void {
    if (this.isOver) return
    this.isOver = true
    this.cancel()
    this.resolve({ started: this.started, isStopped })
  }

  private readonly fail = (cause: unknown): void => {
    if (this.isOver) return
    this.isOver = true
    this.cancel()
    this.reject(cause)
  }

  private wait(millis: number): void {
    this.cancel = this.clock.after(millis, this.turn)
  }

  private readonly turn = (): void => {
    if (this.isOver) return
    try {
      this.work()
    } catch (cause) {
      this.fail(cause)
    }
  }

  /** One turn: all that is due, as long as the turn may last. */
  private work(): void {
    const { clock } = this
    const { schedule, target } = this.options
    const enteredMillis = clock.now()
    const turnEndMillis = enteredMillis + turnMillis
    const spinEndMillis = enteredMillis + this.spinMillis
    let nowMillis = enteredMillis
    for (;;) {
      const to = this.dueAt(nowMillis)
      if (to > this.started) {
        const hasRoom = this.slice(to)
        if (this.started >= schedule.total) return this.end(false)
        if (!hasRoom) {
          target.room().then(this.turn, this.fail)
          return
        }
      }
      nowMillis = clock.now()
      const waitMillis = schedule.startOf(this.started) - (nowMillis - this.beganMillis)
      if (nowMillis >= turnEndMillis) return this.wait(waitMillis > tickMillis ? tickMillis : 0)
      const isNear = waitMillis <= 0 || nowMillis + waitMillis <= spinEndMillis
      // A timer may come late but never early, so a longer wait is for one timer.
      if (!isNear) return this.wait(Math.max(tickMillis, Math.floor(waitMillis - this.spinMillis)))
    }
  }

  /** Where the slice ends that is due at a moment. */
  private dueAt(nowMillis: number): number {
    const { schedule } = this.options
    const elapsedMillis = nowMillis - this.beganMillis
    const most = Math.min(schedule.total, this.started + this.sliceLength)
    let to = this.started
    while (to < most && schedule.startOf(to) <= elapsedMillis) to += 1
    return to
  }

  /** Makes the starts up to `to`; `false` when there is no room for more. */
  private slice(to: number): boolean {
    const { started, target } = this.options
    const from = this.started
    const fromMillis = this.clock.now()
    this.started += target.start(from, to)
    const made = this.started - from
    if (made > 0) {
      const millis = Math.max(this.clock.now() - fromMillis, 1e-6)
      this.sliceLength = Math.max(1, Math.min(sliceMax, Math.floor((made * sliceMillis) / millis)))
      started?.(from, this.started, fromMillis)
    }
    return !target.isFull()
  }
}
