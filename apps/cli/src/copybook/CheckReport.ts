/** What `countersign copybook verify --json` prints. */
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Counts = Schema.Record(Schema.String, Count)

const Reject = Schema.Struct({
  /** Counted from 0. */
  record: Count,
  /** Where it begins in the file. Units: bytes. */
  fileOffset: Schema.Int,
  length: Count,
  faults: Schema.Array(
    Schema.Struct({
      code: Schema.String,
      message: Schema.String,
      hint: Schema.optionalKey(Schema.String),
      path: Schema.optionalKey(Schema.String),
      /** From the start of the record. Units: bytes. */
      offset: Schema.optionalKey(Schema.Number),
    }),
  ),
  /** In hex; empty where it is masked. */
  bytes: Schema.String,
})

/** A record that would not be the same bytes again. */
const Differing = Schema.Struct({
  record: Count,
  fileOffset: Schema.Int,
  /** Of the first byte that differs, from the start of the record. */
  offset: Count,
  detail: Schema.String,
})

/** Records of one kind. */
const Kind = Schema.Struct({
  /** The id that tells it; `null` where it can't be read. */
  segment: Schema.NullOr(Schema.String),
  /** The group that it is read by; `null` where none is named for it. */
  view: Schema.NullOr(Schema.String),
  records: Count,
  rejected: Count,
})

/** A reading or writing of the same bytes, as the trail has it. */
const Reading = Schema.Struct({
  /** Of the event. */
  sequence: Count,
  time: Schema.String,
  actor: Schema.String,
  file: Schema.String,
  direction: Schema.Literals(["decode", "encode"]),
  outcome: Schema.String,
  /** Whether the layout's fingerprint is the same. */
  isLayoutSame: Schema.Boolean,
  /** What it counted otherwise; nothing where it agrees. */
  differences: Schema.Array(Schema.String),
  /** Why it did not come to the end, so that its counts are not compared. */
  endedEarly: Schema.optionalKey(Schema.String),
})

const Trail = Schema.Struct({
  directory: Schema.String,
  verdict: Schema.Literals(["verified", "tampered", "incomplete", "unverifiable"]),
  isKeyPinned: Schema.Boolean,
  /** Why it is not verified. */
  reason: Schema.optionalKey(Schema.String),
  entries: Count,
  readings: Schema.Array(Reading),
})

export const CheckReport = Schema.Struct({
  file: Schema.String,
  bytes: Count,
  /** `null` where it could not be taken. */
  sha256: Schema.NullOr(Schema.String),
  layout: Schema.String,
  fingerprint: Schema.String,
  codePage: Schema.String,
  framing: Schema.String,
  /** Whether it was read to its end. */
  isWhole: Schema.Boolean,
  records: Count,
  good: Count,
  /** Records with faults, and bytes that are no record. */
  rejected: Count,
  /** Records of kinds that were not asked for. */
  passedOver: Count,
  kinds: Schema.Array(Kind),
  /** Ids that were asked for and that no record has. */
  missing: Schema.Array(Schema.String),
  /** By their codes. */
  faults: Counts,
  /** The first rejects. */
  first: Schema.Array(Reject),
  roundTrip: Schema.optionalKey(
    Schema.Struct({ records: Count, differing: Count, first: Schema.Array(Differing) }),
  ),
  trail: Schema.optionalKey(Trail),
  millis: Schema.Number,
})

export type CheckReport = typeof CheckReport.Type
export type Differing = typeof Differing.Type
export type Kind = typeof Kind.Type
export type Reading = typeof Reading.Type
export type TrailPart = typeof Trail.Type
