/**
 * What a change of the configuration would do: which fields, when, and, for sampling and queues,
 * what the last ten minutes would have looked like. Each prediction says what it takes for granted.
 */
import type { AuditConfig } from "@countersign/core/config/AuditConfig"
import { changesBetween, redacted, shownFields } from "@countersign/core/config/ConfigChange"
import type { Frame } from "@countersign/monitor/protocol/Update"

export interface SettingRow {
  readonly path: string
  readonly value: string | number | boolean
  readonly isLive: boolean
}

export interface PlannedChange extends SettingRow {
  readonly before: string | number | boolean
}

/** Fields that would differ; what is redacted in the one can't be compared with the other. */
export const plannedChanges = (
  inForce: ReadonlyArray<SettingRow>,
  wanted: AuditConfig,
): ReadonlyArray<PlannedChange> => {
  const now = new Map(inForce.map((row) => [row.path, row.value]))
  return shownFields(wanted).flatMap(({ isLive, path, value }) => {
    const before = now.get(path)
    return before === undefined || before === redacted || before === value
      ? []
      : [{ path, value, isLive, before }]
  })
}

/** Fields that a text would change, and those that are not as the text says already. */
export interface Differences {
  readonly changes: ReadonlyArray<PlannedChange>
  /** The program or its environment decides, or the file was not read since. */
  readonly standing: ReadonlyArray<PlannedChange>
}

/**
 * Parts what a change of the file brings about from what stood apart from the file before.
 *
 * @param filed what the file says now; `undefined`: it can't be read, and all is the change's
 */
export const differences = (
  inForce: ReadonlyArray<SettingRow>,
  filed: AuditConfig | undefined,
  wanted: AuditConfig,
): Differences => {
  const planned = plannedChanges(inForce, wanted)
  if (filed === undefined) return { changes: planned, standing: [] }
  const said = new Map(shownFields(filed).map(({ path, value }) => [path, value]))
  return {
    changes: planned.filter(({ path, value }) => said.get(path) !== value),
    standing: planned.filter(({ path, value }) => said.get(path) === value),
  }
}

/**
 * Fields that differ between two texts, and whose values nobody is shown: a change that is not
 * said would be made unseen.
 *
 * @param before what the file says now; `undefined`: it can't be read
 */
export const secretChanges = (
  before: AuditConfig | undefined,
  wanted: AuditConfig,
): ReadonlyArray<PlannedChange> =>
  before === undefined
    ? []
    : changesBetween(before, wanted)
        .filter((change) => change.before === redacted)
        .map(({ after, before: from, isLive, path }) => ({
          path,
          before: from,
          value: after,
          isLive,
        }))

export interface Prediction {
  readonly title: string
  /** One sentence: what was seen, and what it would be. */
  readonly says: string
  /** `false`: what was seen would not have fitted, or no telemetry is kept. */
  readonly isComfortable: boolean
  readonly assumes: string
}

/** What the frames say of the time that they span. */
interface Seen {
  readonly seconds: number
  readonly telemetryPerSecond: number
  /** Of telemetry that was decided about; `undefined`: there was none. */
  readonly keptShare: number | undefined
  readonly peakItems: number
  readonly peakBytes: number
  readonly peakSlabs: number
  readonly peakLagBytes: number
}

/** Fewer seconds say nothing about a rate. */
const secondsMin = 5

const peak = (frames: ReadonlyArray<Frame>, of: (frame: Frame) => number): number =>
  frames.reduce((most, frame) => Math.max(most, of(frame)), 0)

export const seenIn = (frames: ReadonlyArray<Frame>): Seen | undefined => {
  const [first, last] = [frames[0], frames.at(-1)]
  const seconds = ((last?.atMillis ?? 0) - (first?.atMillis ?? 0)) / 1000
  if (first === undefined || last === undefined || seconds < secondsMin) return undefined
  const telemetry = ({ snapshot }: Frame) =>
    snapshot.ledger.find((row) => row.class === "telemetry")
  const grown = (name: "accepted" | "recorded" | "sampledOut"): number =>
    Math.max(0, (telemetry(last)?.[name] ?? 0) - (telemetry(first)?.[name] ?? 0))
  const decided = grown("recorded") + grown("sampledOut")
  const intake = ({ snapshot }: Frame) =>
    snapshot.actors.find(({ id }) => id === "sample")?.mailbox ?? undefined
  return {
    seconds,
    telemetryPerSecond: grown("accepted") / seconds,
    keptShare: decided === 0 ? undefined : grown("recorded") / decided,
    peakItems: peak(frames, (frame) => intake(frame)?.depthItems ?? 0),
    peakBytes: peak(frames, (frame) => intake(frame)?.depthBytes ?? 0),
    peakSlabs: peak(frames, ({ snapshot }) => snapshot.engine.slabs),
    peakLagBytes: peak(frames, ({ snapshot }) =>
      snapshot.sinks.reduce((most, { lagBytes }) => Math.max(most, lagBytes), 0),
    ),
  }
}

const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })
const percent = (share: number): string => `${figure.format(share * 100)} %`
const perSecond = (count: number): string => `${figure.format(count)} events/s`
const minutes = (seconds: number): string =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`

const samplingOf = (seen: Seen, { sampling }: AuditConfig): Prediction => {
  const { keptShare, telemetryPerSecond } = seen
  const now = keptShare === undefined ? "none was decided about" : `${percent(keptShare)} was kept`
  const kept = (rate: number): string => perSecond(telemetryPerSecond * rate)
  const then = sampling.adaptive
    ? `it would begin at ${percent(sampling.rate)} (${kept(sampling.rate)} kept) and move between ${percent(sampling.rateMin)} and ${percent(sampling.rateMax)} (${kept(sampling.rateMin)} to ${kept(sampling.rateMax)})`
    : `${percent(sampling.rate)} would be kept: ${kept(sampling.rate)}`
  return {
    title: "Telemetry that is kept",
    says:
      telemetryPerSecond === 0
        ? `No telemetry came in the last ${minutes(seen.seconds)}: there is nothing to predict from.`
        : `${perSecond(telemetryPerSecond)} came in the last ${minutes(seen.seconds)} and ${now}; ${then}.`,
    isComfortable: sampling.rate > 0,
    assumes:
      "As much telemetry comes as did, and keys that are sampled are as evenly spread. Other classes are never sampled.",
  }
}

const roomOf = (
  title: string,
  what: string,
  most: number,
  room: number,
  assumes: string,
): Prediction => {
  const used = room === 0 ? Infinity : most / room
  const left =
    used <= 1
      ? `${percent(used)} of it at the fullest: ${percent(1 - used)} headroom`
      : "more than there would be room for"
  return {
    title,
    says: `At most ${figure.format(most)} ${what} were in use; of ${figure.format(room)} that is ${left}.`,
    isComfortable: used <= 0.8,
    assumes,
  }
}

const asBefore =
  "Events come as they did, in the same bursts; frames may have missed a shorter one."

/** Predictions for what would change, and for nothing else. */
export const predictions = (
  frames: ReadonlyArray<Frame>,
  changes: ReadonlyArray<PlannedChange>,
  wanted: AuditConfig,
): ReadonlyArray<Prediction> => {
  const paths = new Set(changes.map(({ path }) => path))
  const seen = seenIn(frames)
  if (seen === undefined) return []
  const isSampling = [...paths].some(
    (path) => path.startsWith("sampling.") && path !== "sampling.windowMillis",
  )
  const found: Array<Prediction> = []
  if (isSampling) found.push(samplingOf(seen, wanted))
  const { dispatch, intake, pool } = wanted
  const room = (path: string, ...rest: Parameters<typeof roomOf>): void => {
    if (paths.has(path)) found.push(roomOf(...rest))
  }
  room(
    "intake.countMax",
    "Events that the lanes hold",
    "events",
    seen.peakItems,
    intake.countMax,
    `${asBefore} The four lanes share it, so one of them can be full before all are.`,
  )
  room(
    "intake.bytesMax",
    "Memory of the lanes",
    "bytes",
    seen.peakBytes,
    intake.bytesMax,
    `${asBefore} The four lanes share it, so one of them can be full before all are.`,
  )
  room("pool.slabsMax", "Slabs", "slabs", seen.peakSlabs, pool.slabsMax, asBefore)
  room(
    "dispatch.ringBytesMax",
    "Batches kept for sinks",
    "bytes",
    seen.peakLagBytes,
    dispatch.ringBytesMax,
    "The most that a sink was behind; one that is further behind reads the trail, and loses nothing.",
  )
  return found
}
