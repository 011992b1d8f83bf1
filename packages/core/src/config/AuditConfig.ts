/**
 * The configuration of one engine: every field, its bounds and what it does.
 *
 * This schema is the only list. Profiles, the YAML file, the variables of the environment and
 * the table in docs/configuration.md are made from it or checked against it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { contracts } from "../event/EventClass.ts"
import { entryBytesMax } from "../event/EventLimits.ts"
import { httpUrlForm } from "../platform/HttpPost.ts"
import { type ConfigField, choice, fieldsOf, flag, ratio, text, whole } from "./ConfigField.ts"

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const second = 1000
/** The contract of `standard`: written to the log within this time, if the disk takes it. */
const standardWithinMillis = 50
const hour = 3600 * second
const day = 24 * hour

/**
 * Sets of values that fit together. A profile has a value for every field but the paths.
 *
 * @category constants
 * @since 0.1.0
 */
export const profileNames = [
  "balanced",
  "high-volume",
  "low-latency",
  "memory-constrained",
  "high-security",
] as const

/**
 * @category models
 * @since 0.1.0
 */
export type ProfileName = (typeof profileNames)[number]

const intake = Schema.Struct({
  bytesMax: whole("bytes", 640 * KiB, 2 * GiB, {
    meaning:
      "Memory of the four lanes together: 25 % critical, 25 % compliance, 40 % standard, 10 % telemetry. Taken at the start.",
  }),
  countMax: whole("count", 64, 16_777_216, {
    meaning: "Events that the four lanes hold together, in the same shares.",
  }),
})

const limits = Schema.Struct({
  eventBytesMax: whole("bytes", KiB, entryBytesMax, {
    meaning: "Canonical bytes of one event. An entry bundle can't hold more than 65535.",
  }),
  depthMax: whole("count", 1, 64, { meaning: "Levels of nesting in an event." }),
  keysMax: whole("count", 16, 65_536, { meaning: "Keys of all objects of an event together." }),
  keyLengthMax: whole("count", 8, 1024, { meaning: "Characters of one key." }),
})

const deadlines = Schema.Struct({
  criticalMillis: whole("millis", 1, hour, {
    meaning: "Longest wait of a critical event until it is durable; then it is refused.",
    isLive: true,
  }),
  complianceMillis: whole("millis", 1, hour, {
    meaning: "Longest wait of a compliance event for room and until it is durable.",
    isLive: true,
  }),
  deliveredMillis: whole("millis", 1, hour, {
    meaning:
      "Longest wait of an event that asks for `delivered`, from when it is durable until the required sinks have it.",
    isLive: true,
  }),
})

const batch = Schema.Struct({
  countMax: whole("count", 1, 65_536, { meaning: "Most events in a batch." }),
  bytesMax: whole("bytes", KiB, 64 * MiB, {
    meaning: "Most bytes in a batch. At most one slab.",
  }),
  waitMillis: whole("millis", 0, standardWithinMillis, {
    meaning: "How long accepted events gather that nobody waits for; 0 takes what is there.",
  }),
  paceMillis: whole("millis", 0, second, {
    meaning:
      "Shortest time between two batches that somebody waits for. The first after a pause goes at once.",
  }),
})

const pool = Schema.Struct({
  slabBytes: whole("bytes", 128 * KiB, 64 * MiB, { meaning: "Size of one slab." }),
  slabsMax: whole("count", 2, 1024, {
    meaning:
      "Slabs alive at once: 2, and one for each sink, or more. The memory behind the lanes is slabs × size.",
  }),
  poison: flag({
    meaning: "Overwrites a slab that is given back, so that a late reader is found out.",
  }),
})

const wal = Schema.Struct({
  segmentBytesMax: whole("bytes", MiB, 128 * MiB, {
    meaning: "Size at which the write-ahead log begins a new file.",
  }),
  groupBytesMax: whole("bytes", 128 * KiB, 256 * MiB, {
    meaning: "Bytes that one sync covers at most.",
  }),
  retainBytesMax: whole("bytes", MiB, 64 * GiB, {
    meaning: "Log kept for tiles that were not synced yet; beyond it they are synced at once.",
  }),
})

const checkpoint = Schema.Struct({
  intervalMillis: whole("millis", 10, hour, {
    meaning: "Time between signed checkpoints while events come.",
    isLive: true,
  }),
})

const sampling = Schema.Struct({
  rate: ratio(0, 1, {
    meaning: "Share of telemetry that is kept; an adaptive rate begins here.",
    isLive: true,
  }),
  rateMin: ratio(0.0001, 1, { meaning: "An adaptive rate never falls below.", isLive: true }),
  rateMax: ratio(0.0001, 1, { meaning: "An adaptive rate never rises above.", isLive: true }),
  adaptive: flag({ meaning: "The rate follows what auditing costs.", isLive: true }),
  targetOverhead: ratio(0.0001, 1, {
    meaning: "Part of the application's time that auditing may take before the rate falls.",
    isLive: true,
  }),
  windowMillis: whole("millis", 100, day, {
    meaning: "Time between the signed counts of what was kept and skipped.",
  }),
})

const archive = Schema.Struct({
  compress: flag({ meaning: "Compresses entry bundles (gzip) that are old.", isLive: true }),
  afterBundles: whole("count", 1, 1_000_000_000, {
    meaning: "A bundle is old when so many newer ones are full.",
    isLive: true,
  }),
  bundlesPerSecondMax: whole("count", 1, 100_000, {
    meaning: "Bundles compressed in a second at most.",
    isLive: true,
  }),
})

const signer = Schema.Struct({
  kind: choice(["file", "environment", "pkcs11"], { meaning: "Where the signing key is." }),
  path: text(/^\S(?:.*\S)?$/s, "a path", {
    meaning: "The key's file, for `file`. From the directory: `<directory>.key`.",
    isSecret: true,
  }),
  variable: text(/^[A-Z_][A-Z0-9_]*$/, "the name of a variable in capitals", {
    meaning: "The variable with the key (PKCS #8 PEM), for `environment`.",
    isSecret: true,
  }),
  epoch: choice(["none", "daily"], {
    meaning:
      "`daily` brings in a new key with each UTC day and destroys the one before it, for `file`.",
  }),
})

/** A path, or nothing. */
const pathOrNone = /^(?:\S(?:.*\S)?)?$/s

const pkcs11 = Schema.Struct({
  module: text(pathOrNone, "a path", {
    meaning: "The shared library of the token's maker, for `pkcs11`.",
    isSecret: true,
  }),
  // CK_TOKEN_INFO has room for 32 bytes.
  token: text(/^(?:\S(?:.{0,30}\S)?)?$/, "at most 32 characters", {
    meaning: "The token's label.",
    isSecret: true,
  }),
  key: text(/^(?:\S(?:.{0,253}\S)?)?$/, "at most 255 characters", {
    meaning: "The label of the Ed25519 key in the token.",
    isSecret: true,
  }),
  pinVariable: text(/^[A-Z_][A-Z0-9_]*$/, "the name of a variable in capitals", {
    meaning: "The variable with the token's PIN, where no file is named.",
    isSecret: true,
  }),
  pinFile: text(pathOrNone, "a path", {
    meaning: "The file with the token's PIN, mode 0600.",
    isSecret: true,
  }),
})

const timestamp = Schema.Struct({
  url: text(httpUrlForm, "an http or https URL without a user name and password", {
    meaning: "The timestamp authority (RFC 3161) that is asked about checkpoints.",
    isSecret: true,
  }),
  intervalMillis: whole("millis", 10 * second, 30 * day, {
    meaning: "Shortest time between two timestamps.",
  }),
  ca: text(pathOrNone, "a path", {
    meaning:
      "Certificates to trust (PEM): an answer that they do not vouch for is not stored. Without them it is stored unjudged.",
  }),
})

const witness = Schema.Struct({
  policy: text(pathOrNone, "a path", {
    meaning:
      "The witness policy (C2SP tlog-policy): who is asked to cosign checkpoints, and how many must. Without it nobody is.",
  }),
  intervalMillis: whole("millis", 100, day, {
    meaning: "Shortest time between two checkpoints that the witnesses are asked to cosign.",
    isLive: true,
  }),
  timeoutMillis: whole("millis", 100, 10 * 60 * second, {
    meaning: "How long a witness may take to answer; none of them holds up the trail.",
    isLive: true,
  }),
})

const restart = Schema.Struct({
  backoffMinMillis: whole("millis", 1, 10 * 60 * second, {
    meaning: "Wait before a crashed stage starts again; doubles each time.",
  }),
  backoffMaxMillis: whole("millis", 1, hour, { meaning: "Longest such wait." }),
  restartsMax: whole("count", 0, 10_000, {
    meaning: "Restarts of one stage within the window; one more and the engine fails.",
  }),
  windowMillis: whole("millis", second, day, { meaning: "The window for `restartsMax`." }),
})

const sinkNames = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:,[A-Za-z0-9][A-Za-z0-9._-]{0,63})*)?$/

const dispatch = Schema.Struct({
  ringBytesMax: whole("bytes", 64 * KiB, GiB, {
    meaning: "Recent batches kept for sinks that keep up; a sink that lags reads the trail.",
  }),
  batchBytesMax: whole("bytes", 64 * KiB, 64 * MiB, {
    meaning: "Most bytes that a sink is handed at once.",
  }),
  cursorMillis: whole("millis", 10, hour, {
    meaning: "Longest time before a sink's position is written.",
  }),
  deliverMillisMax: whole("millis", 10, hour, {
    meaning:
      "Longest time for one call to a sink, where the sink does not say otherwise; then it is interrupted and tried again.",
  }),
  retryMaxMillis: whole("millis", 100, hour, {
    meaning:
      "Longest wait before a sink that failed is tried again, and longest time that its circuit stays open.",
  }),
  required: text(sinkNames, "names of sinks, separated by commas", {
    meaning:
      "Sinks that an event waits for that asks for `delivered`, beside those that the program marks as required. The others are best effort.",
  }),
  quorum: whole("count", 0, 64, {
    meaning: "How many of the required sinks have to have such an event; 0: all of them.",
  }),
})

/** The form of a C2SP signed note's key name: no space, no plus sign. */
const originForm = /^[^\s+]{1,255}$/

const fields = {
  directory: text(/^\S(?:.*\S)?$/s, "a path", { meaning: "The trail's directory." }),
  origin: text(originForm, "a URL without its scheme, without spaces and plus signs", {
    meaning:
      "The trail's name in checkpoints. From the directory: `countersign.local/<its last name>`.",
  }),
  profile: choice(profileNames, { meaning: "Which column of this table holds." }),
  limits,
  intake,
  deadlines,
  batch,
  pool,
  wal,
  checkpoint,
  heartbeatMillis: whole("millis", 0, 7 * day, {
    meaning: "Time between signs of life in the trail; 0 writes none.",
    isLive: true,
  }),
  sampling,
  archive,
  seals: Schema.Struct({
    hmac: flag({ meaning: "Seals each batch with HMAC-SHA256: a second, faster, local alarm." }),
  }),
  signer,
  pkcs11,
  timestamp,
  witness,
  restart,
  shutdown: Schema.Struct({
    drainMillis: whole("millis", 0, hour, {
      meaning:
        "Longest time that closing takes until the trail is complete. When it is nearly over, what is accepted is written to the log for the next opening, and `close` fails. Sinks and witnesses have limits of their own after it.",
      isLive: true,
    }),
  }),
  dispatch,
  signals: flag({ meaning: "Closes the trail on SIGTERM and SIGINT (`openAudit`)." }),
}

const plain = Schema.Struct(fields)

const lengthBytes = 2
const smallestShare = Math.min(...contracts.map((contract) => contract.share))

/** Two fields that contradict each other, each within its own bounds. */
const contradictions = (config: typeof plain.Type): Array<Schema.FilterIssue> => {
  const found: Array<Schema.FilterIssue> = []
  const must = (isRight: boolean, path: string, issue: string): void => {
    if (!isRight) found.push({ path: path.split("."), issue })
  }
  const { batch, dispatch, intake, limits, pkcs11, pool, restart, sampling, signer, wal } = config
  for (const field of ["module", "token", "key"] as const) {
    must(
      signer.kind !== "pkcs11" || pkcs11[field] !== "",
      `pkcs11.${field}`,
      "something, where signer.kind is pkcs11",
    )
  }
  must(
    Math.floor(intake.bytesMax * smallestShare) >= limits.eventBytesMax + lengthBytes,
    "intake.bytesMax",
    `enough for the largest event (limits.eventBytesMax ${limits.eventBytesMax}) in the smallest lane: at least ${Math.ceil((limits.eventBytesMax + lengthBytes) / smallestShare)}`,
  )
  must(
    batch.bytesMax <= pool.slabBytes,
    "batch.bytesMax",
    `at most one slab (pool.slabBytes ${pool.slabBytes})`,
  )
  must(
    wal.groupBytesMax >= pool.slabBytes,
    "wal.groupBytesMax",
    `at least one slab (pool.slabBytes ${pool.slabBytes})`,
  )
  must(
    wal.retainBytesMax >= wal.segmentBytesMax,
    "wal.retainBytesMax",
    `at least one segment (wal.segmentBytesMax ${wal.segmentBytesMax})`,
  )
  must(
    signer.epoch === "none" || signer.kind === "file",
    "signer.epoch",
    "none, unless signer.kind is file: only a file has room for the next key",
  )
  must(
    sampling.rateMin <= sampling.rateMax,
    "sampling.rateMin",
    `at most sampling.rateMax (${sampling.rateMax})`,
  )
  must(
    !sampling.adaptive || (sampling.rate >= sampling.rateMin && sampling.rate <= sampling.rateMax),
    "sampling.rate",
    `from sampling.rateMin to sampling.rateMax (${sampling.rateMin} to ${sampling.rateMax}) while sampling.adaptive is true`,
  )
  must(
    restart.backoffMinMillis <= restart.backoffMaxMillis,
    "restart.backoffMinMillis",
    `at most restart.backoffMaxMillis (${restart.backoffMaxMillis})`,
  )
  must(
    dispatch.batchBytesMax <= dispatch.ringBytesMax,
    "dispatch.batchBytesMax",
    `at most dispatch.ringBytesMax (${dispatch.ringBytesMax})`,
  )
  return found
}

/**
 * A configuration in which every field has its value.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AuditConfig = plain.check(Schema.makeFilter(contradictions))

/**
 * @category models
 * @since 0.1.0
 */
export type AuditConfig = typeof AuditConfig.Type

type Partly<A> = {
  readonly [K in keyof A]?: (A[K] extends object ? Partly<A[K]> : A[K]) | undefined
}

/**
 * As much of a configuration as someone wants to say. `undefined` says nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type AuditConfigInput = Partly<AuditConfig>

/**
 * Every field, in the order of the schema.
 *
 * @category constants
 * @since 0.1.0
 */
export const configFields: ReadonlyArray<ConfigField> = fieldsOf(fields)
