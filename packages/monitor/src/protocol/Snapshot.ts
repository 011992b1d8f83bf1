/**
 * Everything that a viewer sees of an engine at one moment.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Alert } from "../alert/Alert.ts"
import { Finding } from "../detect/Finding.ts"

/**
 * The engine itself.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EngineRow = Schema.Struct({
  state: Schema.Literals(["open", "closing", "closed", "failed"]),
  /** Why the state is what it is. */
  detail: Schema.String,
  durableSize: Schema.Number,
  publishedSize: Schema.Number,
  /** When the newest checkpoint of this run was published. Units: milliseconds since 1970. */
  publishedMillis: Schema.NullOr(Schema.Number),
  /** What verifying the trail said last in this run. */
  verification: Schema.NullOr(
    Schema.Struct({
      verdict: Schema.Literals(["verified", "tampered", "incomplete", "unverifiable"]),
      atMillis: Schema.Number,
    }),
  ),
  samplingRate: Schema.Number,
  /** Callers that wait for their event. */
  waiting: Schema.Number,
  walSegments: Schema.Number,
  walAbandoned: Schema.Number,
  /** Slabs in use, and how many there may be. */
  slabs: Schema.Number,
  slabsMax: Schema.Number,
  systemRecords: Schema.Number,
})

/**
 * A step of an event's way, in the order of the way: `accepted`, `durable`, `published`, and then
 * `delivered` once for each sink.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FlowRow = Schema.Struct({
  /** Unique: the step, and for a sink its name, such as `delivered postgres`. */
  step: Schema.String,
  total: Schema.Number,
  /** Since the frame before. */
  perSecond: Schema.Number,
  /** Records that the step before has, and this one not yet. */
  behind: Schema.Number,
})

/**
 * Where every accepted event of a class is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AccountRow = Schema.Struct({
  class: Schema.Literals(["critical", "compliance", "standard", "telemetry"]),
  accepted: Schema.Number,
  recorded: Schema.Number,
  sampledOut: Schema.Number,
  lost: Schema.Number,
  inFlight: Schema.Number,
  refused: Schema.Number,
  dropped: Schema.Number,
  /** Anything but 0 is a defect. */
  missing: Schema.Number,
  /** Accepted, since the frame before. */
  perSecond: Schema.Number,
})

/**
 * What lives in the engine, in the order in which it came to life; `parent` makes a tree of it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ActorRow = Schema.Struct({
  id: Schema.String,
  parent: Schema.NullOr(Schema.String),
  kind: Schema.Literals(["supervisor", "stage", "sink", "service"]),
  state: Schema.Literals([
    "starting",
    "idle",
    "running",
    "blocked",
    "backing-off",
    "failed",
    "stopped",
  ]),
  sinceMillis: Schema.Number,
  restarts: Schema.Number,
  faults: Schema.Number,
  lastCause: Schema.NullOr(Schema.String),
  waitsOn: Schema.NullOr(Schema.String),
  batches: Schema.Number,
  items: Schema.Number,
  /** Items, since the frame before. */
  perSecond: Schema.Number,
  mailbox: Schema.NullOr(
    Schema.Struct({
      depthItems: Schema.Number,
      capacityItems: Schema.Number,
      depthBytes: Schema.Number,
      capacityBytes: Schema.Number,
    }),
  ),
})

/**
 * How a sink stands.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SinkRow = Schema.Struct({
  sink: Schema.String,
  isRequired: Schema.Boolean,
  cursor: Schema.NullOr(Schema.Number),
  lag: Schema.Number,
  lagBytes: Schema.Number,
  oldestMillis: Schema.Number,
  perSecond: Schema.Number,
  catchUpMillis: Schema.NullOr(Schema.Number),
  circuit: Schema.Literals(["closed", "open", "half-open"]),
  delivered: Schema.Number,
  deadLetters: Schema.Number,
  openLetters: Schema.Number,
})

/**
 * One series of a metric, named as Prometheus would.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ReadingRow = Schema.Struct({ series: Schema.String, value: Schema.Number })

/**
 * A metric against its baseline: 1 is the same, 1.05 is 5 % more.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BaselineRow = Schema.Struct({ metric: Schema.String, ratio: Schema.Number })

/**
 * @category schemas
 * @since 0.1.0
 */
export const Snapshot = Schema.Struct({
  engine: EngineRow,
  flow: Schema.Array(FlowRow),
  ledger: Schema.Array(AccountRow),
  actors: Schema.Array(ActorRow),
  sinks: Schema.Array(SinkRow),
  readings: Schema.Array(ReadingRow),
  /** Series that there was no room for. */
  readingsLeftOut: Schema.Number,
  baselines: Schema.Array(BaselineRow),
  /** In no order: `worstFirst` has the one to show them in. */
  alerts: Schema.Array(Alert),
  /** Alerts that there was no room for: none is worse than one that is here. */
  alertsLeftOut: Schema.Number,
  findings: Schema.Array(Finding),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Snapshot = typeof Snapshot.Type
