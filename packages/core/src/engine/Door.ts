/**
 * The synchronous way in: checks, encodes and queues one event within the caller's turn.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { classes, type EventClass } from "../event/EventClass.ts"
import { entryBytesMax, EventEncoder, type EventLimits } from "../event/EventEncoder.ts"
import type { InvalidEvent } from "../event/InvalidEvent.ts"
import type { FillRandom } from "../platform/RandomBytes.ts"
import { AuditRefused, AuditUnavailable } from "./AuditError.ts"
import { type Encoded, type Intake, systemLane } from "./Intake.ts"
import type { Waiter } from "./Lane.ts"
import type { Ledger } from "./Ledger.ts"

/**
 * Whether an engine takes events.
 *
 * @category models
 * @since 0.1.0
 */
export type EngineState = "open" | "closing" | "closed" | "failed"

/**
 * What became of an event at the door.
 *
 * `Dropped` is telemetry without room: it is counted, and the count is recorded.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict =
  | { readonly _tag: "Accepted" }
  | { readonly _tag: "Dropped" }
  | {
      readonly _tag: "Refused"
      readonly error: InvalidEvent | AuditRefused | AuditUnavailable
    }

const accepted: Verdict = { _tag: "Accepted" }
const dropped: Verdict = { _tag: "Dropped" }
const telemetry = 3
const systemLimits: EventLimits = {
  depthMax: 16,
  keysMax: 4096,
  keyLengthMax: 256,
  eventBytesMax: entryBytesMax,
}
// One call in 64 is timed: reading the clock twice costs a tenth of what is measured.
const measuredMask = 63

/**
 * An encoded event on its way to its lane.
 *
 * @category models
 * @since 0.1.0
 */
export interface HeldEvent extends Encoded {
  readonly lane: 0 | 1 | 2 | 3
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DoorOptions {
  readonly limits: EventLimits
  readonly intake: Intake
  readonly ledger: Ledger
  readonly nowMillis: () => number
  /** For ids. Default: the system's random bytes. */
  readonly fillRandom?: FillRandom
}

/**
 * The door of one engine.
 *
 * @category models
 * @since 0.1.0
 */
export class Door {
  state: EngineState = "open"
  /** Why the state is what it is. */
  detail = ""
  /** The event that `encode` took last; to be read before the next call. */
  readonly encoder: EventEncoder

  /** What the engine says of itself must not depend on what the application may say. */
  private readonly systemEncoder: EventEncoder
  private readonly options: DoorOptions
  private calls = 0
  private busyMillis = 0

  constructor(options: DoorOptions) {
    this.options = options
    this.encoder = new EventEncoder(options.limits, options.fillRandom)
    this.systemEncoder = new EventEncoder(systemLimits, options.fillRandom)
  }

  /** Checks and encodes; `undefined` when the encoder holds the event. */
  encode(event: AuditEventInput): InvalidEvent | AuditUnavailable | undefined {
    if (this.state !== "open") return this.unavailable("no")
    return this.encoder.encode(event, this.options.nowMillis())
  }

  /** What the encoder holds, as an object that outlives its next event. */
  hold(): HeldEvent {
    const { bytes, id, isAscii, json, lane } = this.encoder
    return { bytes, id, isAscii, json, lane }
  }

  /** Queues an encoded event; `false` when its lane is full. */
  offer(event: HeldEvent, waiter: Waiter | undefined): boolean {
    const { intake, ledger } = this.options
    const { lane } = event
    if (!intake.offer(lane, event, waiter)) return false
    ledger.accepted[lane] = (ledger.accepted[lane] ?? 0) + 1
    return true
  }

  /** Counts telemetry that found no room. */
  drop(): void {
    const { dropped: column } = this.options.ledger
    column[telemetry] = (column[telemetry] ?? 0) + 1
  }

  /** Counts an event that was refused. */
  refuse(lane: number): void {
    const { refused } = this.options.ledger
    refused[lane] = (refused[lane] ?? 0) + 1
  }

  /** Encodes and queues one event, and says at once what became of it. */
  record(event: AuditEventInput): Verdict {
    this.calls += 1
    if ((this.calls & measuredMask) !== 0) return this.admit(event)
    const from = performance.now()
    const verdict = this.admit(event)
    this.busyMillis += (performance.now() - from) * (measuredMask + 1)
    return verdict
  }

  /** Time that callers spent here since the last call, estimated from a part of the calls. */
  takeBusyMillis(): number {
    const busy = this.busyMillis
    this.busyMillis = 0
    return busy
  }

  private admit(event: AuditEventInput): Verdict {
    const invalid = this.encode(event)
    if (invalid !== undefined) return { _tag: "Refused", error: invalid }
    if (this.offer(this.encoder, undefined)) return accepted
    if (this.encoder.lane === telemetry) {
      this.drop()
      return dropped
    }
    this.refuse(this.encoder.lane)
    return { _tag: "Refused", error: this.full(this.className()) }
  }

  /** Queues a record of the engine's own; `false` when even that lane is full. */
  recordSystem(event: AuditEventInput, waiter?: Waiter): boolean {
    const { intake, ledger, nowMillis } = this.options
    const invalid = this.systemEncoder.encodeSystem(event, nowMillis())
    // The engine's own records follow the schema by construction.
    if (invalid !== undefined) throw invalid
    if (!intake.offer(systemLane, this.systemEncoder, waiter)) return false
    ledger.accepted[systemLane] = (ledger.accepted[systemLane] ?? 0) + 1
    return true
  }

  /** Writes a record of the engine's own into a buffer, as an entry of a bundle; returns its end. */
  encodeSystemInto(event: AuditEventInput, target: Buffer, at: number): number {
    const encoder = this.systemEncoder
    const invalid = encoder.encodeSystem(event, this.options.nowMillis())
    if (invalid !== undefined) throw invalid
    const start = target.writeUInt16BE(encoder.bytes, at)
    return start + target.write(encoder.json, start, "utf8")
  }

  className(): EventClass {
    return classes[this.encoder.lane] ?? "standard"
  }

  full(name: EventClass): AuditRefused {
    return new AuditRefused({
      class: name,
      reason: "lane-full",
      recorded: "no",
      detail: "its lane has no room; wait for room, or raise intake.bytesMax",
    })
  }

  unavailable(recorded: "no" | "unknown"): AuditUnavailable {
    return new AuditUnavailable({
      state: this.state === "open" ? "closing" : this.state,
      recorded,
      detail: this.detail,
    })
  }
}
