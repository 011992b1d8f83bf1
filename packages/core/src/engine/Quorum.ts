/**
 * Who waits until the required sinks have a record.
 *
 * A sink's position says that it has all before it, but for what it refused. So a wait is told
 * of refusals as well, and ends at once where its quorum can't be reached any more.
 *
 * @since 0.1.0
 */

/**
 * A required sink, as far as a quorum is concerned.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequiredSink {
  readonly name: string
  /** The sequence that it wants next. */
  readonly position: () => number
}

/**
 * How a wait ends.
 *
 * @category models
 * @since 0.1.0
 */
export type QuorumOutcome =
  | { readonly _tag: "Reached" }
  | { readonly _tag: "Refused"; readonly by: ReadonlyArray<string> }
  | { readonly _tag: "Closed" }

/**
 * @category models
 * @since 0.1.0
 */
export interface Following {
  /** The required sinks that do not have the record, or have refused it. */
  readonly lacking: () => ReadonlyArray<string>
  readonly giveUp: () => void
}

interface Follower {
  readonly sequence: number
  readonly done: (outcome: QuorumOutcome) => void
  readonly refusedBy: Set<string>
}

/**
 * @category models
 * @since 0.1.0
 */
export class Quorum {
  /** How many of the required sinks have to have a record. */
  readonly size: number
  private readonly sinks: ReadonlyArray<RequiredSink>
  private readonly followers = new Set<Follower>()
  /** Whether they came in the order of the trail, as they nearly always do. */
  private isOrdered = true
  private newest = -1
  private isClosed = false

  /** @param size how many of them are enough; 0: all */
  constructor(sinks: ReadonlyArray<RequiredSink>, size: number) {
    this.sinks = sinks
    this.size = size === 0 ? sinks.length : Math.min(size, sinks.length)
  }

  /** Waits that have not ended. */
  get waiting(): number {
    return this.followers.size
  }

  /** Whether any sink is required at all. */
  get isEmpty(): boolean {
    return this.sinks.length === 0
  }

  /**
   * Follows a record from before it can reach a sink: called later, a refusal could be missed.
   */
  follow(sequence: number, done: (outcome: QuorumOutcome) => void): Following {
    const follower: Follower = { sequence, done, refusedBy: new Set() }
    if (this.isClosed) done({ _tag: "Closed" })
    else this.add(follower)
    return {
      lacking: () => {
        const having = this.having(follower)
        return this.sinks.flatMap((sink) => (having.includes(sink) ? [] : [sink.name]))
      },
      giveUp: () => void this.followers.delete(follower),
    }
  }

  /** The position of a required sink has moved. */
  moved(): void {
    if (this.followers.size === 0) return
    const positions = this.sinks.map(({ position }) => position()).toSorted((a, b) => b - a)
    const reached = positions[this.size - 1] ?? 0
    for (const follower of this.followers) {
      if (follower.sequence < reached) {
        if (this.having(follower).length >= this.size) this.end(follower, { _tag: "Reached" })
      } else if (this.isOrdered) return
    }
  }

  /** A required sink has refused a record for good. Called before its position passes it. */
  refused(sink: string, sequence: number): void {
    for (const follower of this.followers) {
      if (follower.sequence !== sequence) continue
      follower.refusedBy.add(sink)
      if (this.sinks.length - follower.refusedBy.size < this.size) {
        this.end(follower, { _tag: "Refused", by: [...follower.refusedBy] })
      }
    }
  }

  /** Nothing more will be delivered. */
  close(): void {
    this.isClosed = true
    for (const follower of this.followers) this.end(follower, { _tag: "Closed" })
  }

  private add(follower: Follower): void {
    if (this.followers.size === 0) this.isOrdered = true
    else if (follower.sequence < this.newest) this.isOrdered = false
    this.newest = follower.sequence
    this.followers.add(follower)
  }

  private having({ refusedBy, sequence }: Follower): ReadonlyArray<RequiredSink> {
    return this.sinks.filter(({ name, position }) => position() > sequence && !refusedBy.has(name))
  }

  private end(follower: Follower, outcome: QuorumOutcome): void {
    this.followers.delete(follower)
    follower.done(outcome)
  }
}
