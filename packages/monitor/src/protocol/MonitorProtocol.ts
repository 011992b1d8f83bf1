/**
 * What a viewer and a monitor say to each other: schemas alone, which a browser loads as well.
 *
 * Reading and writing are two groups. A server that was not asked to let viewers write does not
 * know the second one at all.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as RpcMiddleware from "effect/rpc/RpcMiddleware"
import { Alert } from "../alert/Alert.ts"
import { AlertRules } from "../alert/AlertRule.ts"
import { ConfigurationDraft, ConfigurationText } from "./ConfigurationFile.ts"
import { Entries, FoundPart, Places, Search } from "./FoundEvents.ts"
import {
  LetterEntry,
  LetterName,
  LetterPlan,
  LettersFound,
  LettersQuestion,
  LettersSettled,
} from "./Letters.ts"
import { FileBytes, FileRange, GivenFile } from "./GivenFile.ts"
import { MonitorRefused } from "./MonitorError.ts"
import { EventName, FilterText, Page, ProvenEvent, Question, TailChunk } from "./TrailEvent.ts"
import {
  BundlesFound,
  BundlesQuestion,
  CheckpointFound,
  CheckpointQuestion,
  CopyFound,
  KeysFound,
  KeysQuestion,
} from "./TrailProof.ts"
import { Update } from "./Update.ts"

/**
 * Rises when an older viewer could not go on.
 *
 * @category constants
 * @since 0.1.0
 */
export const protocolVersion = 1

/**
 * The WebSocket subprotocol. A viewer offers it together with one that carries the token.
 *
 * @category constants
 * @since 0.1.0
 */
export const subprotocol = "countersign.monitor.v1"

/**
 * What stands before the token, in base64url without padding, in the second subprotocol. A browser
 * can set no header of a WebSocket, and a URL ends in logs and histories.
 *
 * @category constants
 * @since 0.1.0
 */
export const tokenPrefix = "countersign.token."

/**
 * The subprotocols that a viewer offers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const subprotocolsFor = (token: string): Array<string> => [
  subprotocol,
  `${tokenPrefix}${token}`,
]

/**
 * Bounds what one connection may have under way.
 *
 * @category middleware
 * @since 0.1.0
 */
export class RequestLimit extends RpcMiddleware.Service<RequestLimit>()(
  "@countersign/monitor/protocol/RequestLimit",
  { error: MonitorRefused },
) {}

/**
 * Who answers.
 *
 * @category schemas
 * @since 0.1.0
 */
export const About = Schema.Struct({
  protocol: Schema.Int,
  /** `engine`: beside a running one. `directory`: over the files of a trail alone. */
  over: Schema.Literals(["engine", "directory"]),
  /** The trail's origin; empty where there is none yet. */
  origin: Schema.String,
  directory: Schema.String,
  /** Of the key in force; empty where nobody knows it. */
  verifierKey: Schema.String,
  pid: Schema.Int,
  node: Schema.String,
  startedMillis: Schema.Number,
  /** Between two frames. */
  frameMillis: Schema.Number,
  /** Whether the group that writes is there. */
  isWritable: Schema.Boolean,
})

/**
 * @category models
 * @since 0.1.0
 */
export type About = typeof About.Type

/**
 * How far a verification has got, and at its end what it says.
 *
 * @category schemas
 * @since 0.1.0
 */
export const VerifyStep = Schema.Union([
  Schema.TaggedStruct("Progress", {
    entries: Schema.Number,
    size: Schema.Number,
    /** Units: bytes. */
    bytes: Schema.Number,
  }),
  Schema.TaggedStruct("Verdict", {
    verdict: Schema.Literals(["verified", "tampered", "incomplete", "unverifiable"]),
    /** Why, where the verdict is not `verified`. */
    detail: Schema.String,
    entries: Schema.Number,
    size: Schema.NullOr(Schema.Number),
    root: Schema.NullOr(Schema.String),
    bytes: Schema.Number,
    rotations: Schema.Number,
    findings: Schema.Array(
      Schema.Struct({
        kind: Schema.String,
        index: Schema.NullOr(Schema.Number),
        path: Schema.String,
        detail: Schema.String,
      }),
    ),
    /** What a reader might believe was checked and was not. */
    notChecked: Schema.Array(Schema.String),
  }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type VerifyStep = typeof VerifyStep.Type

/**
 * A record that a sink refused and nobody has settled.
 *
 * @category schemas
 * @since 0.1.0
 */
export const DeadLetter = Schema.Struct({
  sink: Schema.String,
  sequence: Schema.Number,
  leaf: Schema.String,
  /** At most 200 bytes, … at the end of one that was cut; `LetterHistory` has all. */
  cause: Schema.String,
  time: Schema.String,
  refusals: Schema.Number,
  isRequested: Schema.Boolean,
})

/**
 * @category models
 * @since 0.1.0
 */
export type DeadLetter = typeof DeadLetter.Type

/**
 * A field of the configuration in force; `(redacted)` stands for what is secret.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Setting = Schema.Struct({
  path: Schema.String,
  value: Schema.Union([Schema.String, Schema.Number, Schema.Boolean]),
  meaning: Schema.String,
  /** `true`: can change while the engine runs. */
  isLive: Schema.Boolean,
})

/**
 * A field of the configuration that changed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Change = Schema.Struct({
  path: Schema.String,
  before: Schema.Union([Schema.String, Schema.Number, Schema.Boolean]),
  after: Schema.Union([Schema.String, Schema.Number, Schema.Boolean]),
  /** `false`: holds from the next start. */
  isLive: Schema.Boolean,
})

/**
 * Who wants a change, and why: both stand in the trail.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Intent = Schema.Struct({
  /** A name, as the viewer gives it: the token shows who may, not who it is. */
  actor: Schema.String.check(Schema.isPattern(/\S/), Schema.isMaxLength(256)),
  reason: Schema.String.check(Schema.isPattern(/\S/), Schema.isMaxLength(1000)),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Intent = typeof Intent.Type

/**
 * What every viewer may ask.
 *
 * @category protocols
 * @since 0.1.0
 */
export class MonitorRead extends RpcGroup.make(
  Rpc.make("About", { success: About }),
  /** Frames as they come, the newest alone for a viewer that is slower. */
  Rpc.make("Watch", { success: Update, stream: true, error: MonitorRefused }),
  /** Frames of the last minutes, oldest first; then it ends. */
  Rpc.make("History", {
    payload: {
      fromMillis: Schema.optionalKey(Schema.Number),
      toMillis: Schema.optionalKey(Schema.Number),
    },
    success: Update,
    stream: true,
    error: MonitorRefused,
  }),
  /**
   * The newest published events, and those to come: each can be proven the moment it is shown. What
   * is durable and in no checkpoint yet is not among them; `Watch` says how many that are, in the
   * flow's row `published`.
   */
  Rpc.make("Tail", {
    payload: {
      filter: FilterText,
      /** How many of the newest to begin with. */
      backlog: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
    },
    success: TailChunk,
    stream: true,
    error: MonitorRefused,
  }),
  /** Published events, as `Tail` has them. */
  Rpc.make("Query", { payload: Question, success: Page, error: MonitorRefused }),
  /** Places of all published events that pass, part by part, and then of those to come. */
  Rpc.make("Find", { payload: Search, success: FoundPart, stream: true, error: MonitorRefused }),
  /** The events in places that `Find` has named. */
  Rpc.make("Entries", { payload: Places, success: Entries, error: MonitorRefused }),
  Rpc.make("Event", { payload: EventName, success: ProvenEvent, error: MonitorRefused }),
  Rpc.make("Verify", { success: VerifyStep, stream: true, error: MonitorRefused }),
  /** The newest checkpoint, and that it continues one that the viewer has seen. */
  Rpc.make("Checkpoint", {
    payload: CheckpointQuestion,
    success: CheckpointFound,
    error: MonitorRefused,
  }),
  Rpc.make("Keys", { payload: KeysQuestion, success: KeysFound, error: MonitorRefused }),
  /** Entries as they lie in the trail, at most 1 MiB of them, to be hashed by the viewer. */
  Rpc.make("Bundles", { payload: BundlesQuestion, success: BundlesFound, error: MonitorRefused }),
  /** What other stores hold for an entry; empty where the server knows of none. */
  Rpc.make("Copies", {
    payload: {
      sequence: Schema.Int.check(
        Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      ),
    },
    success: Schema.Array(CopyFound),
    error: MonitorRefused,
  }),
  /** Copybooks and records that the server was given to show. */
  Rpc.make("Files", { success: Schema.Array(GivenFile), error: MonitorRefused }),
  /** At most 1 MiB of one of them. */
  Rpc.make("FileBytes", { payload: FileRange, success: FileBytes, error: MonitorRefused }),
  Rpc.make("DeadLetters", { success: Schema.Array(DeadLetter), error: MonitorRefused }),
  /** The same with what each record is, by a filter on the records. */
  Rpc.make("Letters", { payload: LettersQuestion, success: LettersFound, error: MonitorRefused }),
  /** All that was noted about one of them. */
  Rpc.make("LetterHistory", {
    payload: LetterName,
    success: Schema.Array(LetterEntry),
    error: MonitorRefused,
  }),
  Rpc.make("Configuration", { success: Schema.Array(Setting), error: MonitorRefused }),
  Rpc.make("Alerts", {
    success: Schema.Struct({
      active: Schema.Array(Alert),
      /** The newest that are over, newest first. */
      past: Schema.Array(Alert),
    }),
    error: MonitorRefused,
  }),
  /** What alerts are raised by. */
  Rpc.make("AlertRules", { success: AlertRules, error: MonitorRefused }),
).middleware(RequestLimit) {}

/**
 * What changes something. Each request is recorded as an attempt before it is done, and its outcome
 * after; one that can't be recorded is not done.
 *
 * @category protocols
 * @since 0.1.0
 */
export class MonitorWrite extends RpcGroup.make(
  Rpc.make("Acknowledge", {
    payload: { alert: Schema.String.check(Schema.isMaxLength(1024)), intent: Intent },
    success: Alert,
    error: MonitorRefused,
  }),
  /** Signs what is durable now; the size that is signed. */
  Rpc.make("Publish", {
    payload: { intent: Intent },
    success: Schema.Number,
    error: MonitorRefused,
  }),
  /** Reads the engine's configuration again: its file and its environment. */
  Rpc.make("Reload", {
    payload: { intent: Intent },
    success: Schema.Array(Change),
    error: MonitorRefused,
  }),
  /** Changes one field of what is in force, until the next reload or start. */
  Rpc.make("Configure", {
    payload: {
      /** Of a field that can change while the engine runs, such as `sampling.rate`. */
      path: Schema.String.check(Schema.isMaxLength(128)),
      value: Schema.Union([
        Schema.String.check(Schema.isMaxLength(1024)),
        Schema.Number,
        Schema.Boolean,
      ]),
      intent: Intent,
    },
    success: Schema.Array(Change),
    error: MonitorRefused,
  }),
  /** Has refused records delivered again, or leaves them at that. A dry run is not recorded. */
  Rpc.make("SettleLetters", {
    payload: { ...LetterPlan, intent: Intent },
    success: LettersSettled,
    error: MonitorRefused,
  }),
  /**
   * The engine's file. Only for those who may change it, since nothing in it is redacted; recorded
   * with the anonymous actor `viewer`.
   */
  Rpc.make("ConfigurationFile", { success: ConfigurationText, error: MonitorRefused }),
  /** Writes that file, keeps the one before, and has the engine read it. */
  Rpc.make("WriteConfiguration", {
    payload: { ...ConfigurationDraft, intent: Intent },
    success: Schema.Struct({
      changes: Schema.Array(Change),
      /** Where the text before lies. */
      kept: Schema.String,
      hash: Schema.String,
    }),
    error: MonitorRefused,
  }),
).middleware(RequestLimit) {}

/**
 * Both groups, for a viewer that wants to write where it may.
 *
 * @category protocols
 * @since 0.1.0
 */
export class MonitorProtocol extends MonitorRead.merge(MonitorWrite) {}
