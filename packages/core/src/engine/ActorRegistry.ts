/**
 * What lives in the engine, and how it is: one row for each actor.
 *
 * Actors write plain fields; a row is put together only when somebody looks. So it costs an
 * engine that nobody watches a few assignments a batch.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Stream from "effect/Stream"
import { causeText } from "./CauseText.ts"
import type { MailboxGauge } from "./Mailbox.ts"

/**
 * What an actor is doing.
 *
 * `blocked` is waiting for room or for another actor, named by `waitsOn`; `backing-off` is the
 * wait before a restart or a retry; `failed` is given up; `stopped` ended in order.
 *
 * @category models
 * @since 0.1.0
 */
export type ActorState =
  | "starting"
  | "idle"
  | "running"
  | "blocked"
  | "backing-off"
  | "failed"
  | "stopped"

/**
 * @category models
 * @since 0.1.0
 */
export type ActorKind = "supervisor" | "stage" | "sink" | "service"

/**
 * One row of the registry.
 *
 * @category models
 * @since 0.1.0
 */
export interface ActorSnapshot {
  readonly id: string
  /** Id of the actor that owns this one; `undefined` for the root. */
  readonly parent: string | undefined
  readonly kind: ActorKind
  readonly state: ActorState
  /** When the state was entered. Units: milliseconds since 1970. */
  readonly sinceMillis: number
  /** Lives after the first. */
  readonly restarts: number
  /** Retries of the same work after a fault of the world. */
  readonly faults: number
  /** The newest cause of a restart or a retry, at most 4 KiB. */
  readonly lastCause: string | undefined
  /** What a blocked actor waits on. */
  readonly waitsOn: string | undefined
  /** Batches finished. */
  readonly batches: number
  /** Items in those batches. */
  readonly items: number
  readonly mailbox:
    | {
        readonly depthItems: number
        readonly capacityItems: number
        /** Units: bytes. */
        readonly depthBytes: number
        /** Units: bytes. */
        readonly capacityBytes: number
      }
    | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RegisterOptions {
  /** Unique among the living; a number is appended where it is taken. */
  readonly name: string
  readonly kind: ActorKind
  readonly parent?: string | undefined
  readonly mailbox?: MailboxGauge | undefined
}

/**
 * The row an actor writes to.
 *
 * @category models
 * @since 0.1.0
 */
export class ActorEntry {
  readonly id: string
  readonly parent: string | undefined
  readonly kind: ActorKind
  private readonly mailbox: MailboxGauge | undefined
  private readonly clock: Clock.Clock
  private readonly changed: () => void
  private state: ActorState = "starting"
  private sinceMillis: number
  private waitsOn: string | undefined
  private cause: Cause.Cause<unknown> | undefined
  private causeAsText: string | undefined
  private restarts = 0
  private faults = 0
  private batches = 0
  private items = 0

  constructor(options: RegisterOptions, id: string, clock: Clock.Clock, changed: () => void) {
    this.id = id
    this.parent = options.parent
    this.kind = options.kind
    this.mailbox = options.mailbox
    this.clock = clock
    this.changed = changed
    this.sinceMillis = clock.currentTimeMillisUnsafe()
  }

  /** Enters a state; says what is waited on. */
  enter(state: ActorState, waitsOn?: string): void {
    this.state = state
    this.waitsOn = waitsOn
    this.sinceMillis = this.clock.currentTimeMillisUnsafe()
    this.changed()
  }

  /** A batch is finished. */
  finished(items: number): void {
    this.batches += 1
    this.items += items
  }

  /** Keeps the cause; it becomes text when somebody reads it. */
  note(cause: Cause.Cause<unknown>): void {
    this.cause = cause
    this.causeAsText = undefined
    this.changed()
  }

  restarted(): void {
    this.restarts += 1
  }

  faulted(): void {
    this.faults += 1
  }

  private get lastCause(): string | undefined {
    if (this.causeAsText === undefined && this.cause !== undefined) {
      this.causeAsText = causeText(this.cause)
      // The text is enough; the cause may hold on to much memory.
      this.cause = undefined
    }
    return this.causeAsText
  }

  snapshot(): ActorSnapshot {
    const mailbox = this.mailbox
    return {
      id: this.id,
      parent: this.parent,
      kind: this.kind,
      state: this.state,
      sinceMillis: this.sinceMillis,
      restarts: this.restarts,
      faults: this.faults,
      lastCause: this.lastCause,
      waitsOn: this.waitsOn,
      batches: this.batches,
      items: this.items,
      mailbox:
        mailbox === undefined
          ? undefined
          : {
              depthItems: mailbox.depthItems(),
              capacityItems: mailbox.capacityItems,
              depthBytes: mailbox.depthBytes(),
              capacityBytes: mailbox.capacityBytes,
            },
    }
  }

  /** Changes whenever the depth of the mailbox does, near enough to redraw on. */
  depth(): number {
    return this.mailbox === undefined ? 0 : this.mailbox.depthBytes() + this.mailbox.depthItems()
  }
}

/**
 * The rows of all actors, in the order they came.
 *
 * @category models
 * @since 0.1.0
 */
export class ActorRegistry {
  private readonly entries = new Map<string, ActorEntry>()
  private readonly clock: Clock.Clock
  private version = 0

  constructor(clock: Clock.Clock) {
    this.clock = clock
  }

  /** A new row in the state `starting`; also for what no supervisor runs, such as a worker thread. */
  register(options: RegisterOptions): ActorEntry {
    let id = options.name
    for (let number = 2; this.entries.has(id); number++) id = `${options.name}-${number}`
    const changed = (): void => {
      this.version += 1
    }
    const entry = new ActorEntry(options, id, this.clock, changed)
    this.entries.set(id, entry)
    changed()
    return entry
  }

  /** Forgets an actor that will not come back. */
  unregister(id: string): void {
    if (this.entries.delete(id)) this.version += 1
  }

  snapshot(): ReadonlyArray<ActorSnapshot> {
    return [...this.entries.values()].map((entry) => entry.snapshot())
  }

  /** The rows now, then again whenever something changed, looked at each `interval`. */
  changes(interval: Duration.Input): Stream.Stream<ReadonlyArray<ActorSnapshot>> {
    return Stream.suspend(() => {
      let seen = ""
      return Stream.tick(interval).pipe(
        Stream.filter(() => {
          const now = this.fingerprint()
          const isNew = now !== seen
          seen = now
          return isNew
        }),
        Stream.map(() => this.snapshot()),
      )
    })
  }

  private fingerprint(): string {
    let text = `${this.version}`
    for (const entry of this.entries.values()) text += `,${entry.depth()}`
    return text
  }
}
