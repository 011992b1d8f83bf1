/**
 * What a viewer is sent: a whole snapshot first, and then only what has changed since the one that
 * it has.
 *
 * A change is always from what this viewer was sent last to what is now, however long it did not
 * look. So nothing is kept for a viewer but one snapshot, and a slow one misses steps and no facts.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Alert } from "../alert/Alert.ts"
import { Finding } from "../detect/Finding.ts"
import {
  AccountRow,
  ActorRow,
  BaselineRow,
  EngineRow,
  FlowRow,
  ReadingRow,
  SinkRow,
  Snapshot,
} from "./Snapshot.ts"

const changed = <Row extends Schema.Top>(row: Row) =>
  Schema.optionalKey(
    Schema.Struct({
      /** Rows that are new or not as they were, whole. */
      put: Schema.Array(row),
      /** Keys of rows that are no more. */
      gone: Schema.Array(Schema.String),
    }),
  )

/**
 * Sections that did not change are absent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Delta = Schema.Struct({
  engine: Schema.optionalKey(EngineRow),
  flow: changed(FlowRow),
  ledger: changed(AccountRow),
  actors: changed(ActorRow),
  sinks: changed(SinkRow),
  readings: changed(ReadingRow),
  readingsLeftOut: Schema.optionalKey(Schema.Number),
  baselines: changed(BaselineRow),
  alerts: changed(Alert),
  alertsLeftOut: Schema.optionalKey(Schema.Number),
  findings: changed(Finding),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Delta = typeof Delta.Type

type Patch<Row> = { readonly put: ReadonlyArray<Row>; readonly gone: ReadonlyArray<string> }

/**
 * The number of a frame. Numbers are the server's and rise by one each interval, so a gap shows how
 * many frames a viewer was not sent.
 */
const frameNumber = Schema.Int

/**
 * - `Full`: what is; always the first.
 * - `Changed`: what differs from the frame `after`, which is the one that this viewer was sent last.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Update = Schema.Union([
  Schema.TaggedStruct("Full", {
    sequence: frameNumber,
    /** Units: milliseconds since 1970. */
    atMillis: Schema.Number,
    snapshot: Snapshot,
  }),
  Schema.TaggedStruct("Changed", {
    sequence: frameNumber,
    after: frameNumber,
    atMillis: Schema.Number,
    delta: Delta,
  }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type Update = typeof Update.Type

/**
 * A snapshot with its number: what a viewer has, and what a server keeps for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Frame {
  readonly sequence: number
  /** Units: milliseconds since 1970. */
  readonly atMillis: number
  readonly snapshot: Snapshot
}

type Sections = Omit<Snapshot, "engine" | "readingsLeftOut" | "alertsLeftOut">

/** What names a row of each section. */
const keys: {
  readonly [Name in keyof Sections]: (row: Sections[Name][number]) => string
} = {
  flow: (row) => row.step,
  ledger: (row) => row.class,
  actors: (row) => row.id,
  sinks: (row) => row.sink,
  readings: (row) => row.series,
  baselines: (row) => row.metric,
  alerts: (row) => row.id,
  findings: (row) => row.id,
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/** Tells whether two plain values are equal in all their members. */
const isSame = (left: unknown, right: unknown): boolean => {
  if (Object.is(left, right)) return true
  if (!isObject(left) || !isObject(right)) return false
  const members = Object.entries(left)
  if (members.length !== Object.keys(right).length) return false
  return members.every(
    ([name, value]) =>
      Object.hasOwn(right, name) &&
      isSame(value, Object.getOwnPropertyDescriptor(right, name)?.value),
  )
}

const patchOf = <Row>(
  before: ReadonlyArray<Row>,
  after: ReadonlyArray<Row>,
  keyOf: (row: Row) => string,
): Patch<Row> | undefined => {
  if (before === after) return undefined
  const known = new Map(before.map((row) => [keyOf(row), row]))
  const put = after.filter((row) => {
    const key = keyOf(row)
    const old = known.get(key)
    known.delete(key)
    return old === undefined || !isSame(old, row)
  })
  return put.length === 0 && known.size === 0 ? undefined : { put, gone: [...known.keys()] }
}

const patched = <Row>(
  rows: ReadonlyArray<Row>,
  patch: Patch<Row> | undefined,
  keyOf: (row: Row) => string,
): ReadonlyArray<Row> => {
  if (patch === undefined) return rows
  // A map keeps the place of a row that is replaced, and puts a new one at the end.
  const all = new Map(rows.map((row) => [keyOf(row), row]))
  for (const key of patch.gone) all.delete(key)
  for (const row of patch.put) all.set(keyOf(row), row)
  return [...all.values()]
}

const section = <Name extends keyof Sections, Row>(
  name: Name,
  patch: Patch<Row> | undefined,
): { readonly [N in Name]?: Patch<Row> } =>
  // One member of a computed name, which the compiler widens to any string.
  (patch === undefined ? {} : { [name]: patch }) as { readonly [N in Name]?: Patch<Row> }

/**
 * What has changed from one snapshot to another; no member at all where nothing has.
 *
 * @category encoding
 * @since 0.1.0
 */
export const between = (before: Snapshot, after: Snapshot): Delta => ({
  ...(isSame(before.engine, after.engine) ? {} : { engine: after.engine }),
  ...section("flow", patchOf(before.flow, after.flow, keys.flow)),
  ...section("ledger", patchOf(before.ledger, after.ledger, keys.ledger)),
  ...section("actors", patchOf(before.actors, after.actors, keys.actors)),
  ...section("sinks", patchOf(before.sinks, after.sinks, keys.sinks)),
  ...section("readings", patchOf(before.readings, after.readings, keys.readings)),
  ...(before.readingsLeftOut === after.readingsLeftOut
    ? {}
    : { readingsLeftOut: after.readingsLeftOut }),
  ...section("baselines", patchOf(before.baselines, after.baselines, keys.baselines)),
  ...section("alerts", patchOf(before.alerts, after.alerts, keys.alerts)),
  ...(before.alertsLeftOut === after.alertsLeftOut ? {} : { alertsLeftOut: after.alertsLeftOut }),
  ...section("findings", patchOf(before.findings, after.findings, keys.findings)),
})

/**
 * The snapshot after a change. Rows keep their place, and new ones come last.
 *
 * @category decoding
 * @since 0.1.0
 */
export const patch = (before: Snapshot, delta: Delta): Snapshot => ({
  engine: delta.engine ?? before.engine,
  flow: patched(before.flow, delta.flow, keys.flow),
  ledger: patched(before.ledger, delta.ledger, keys.ledger),
  actors: patched(before.actors, delta.actors, keys.actors),
  sinks: patched(before.sinks, delta.sinks, keys.sinks),
  readings: patched(before.readings, delta.readings, keys.readings),
  readingsLeftOut: delta.readingsLeftOut ?? before.readingsLeftOut,
  baselines: patched(before.baselines, delta.baselines, keys.baselines),
  alerts: patched(before.alerts, delta.alerts, keys.alerts),
  alertsLeftOut: delta.alertsLeftOut ?? before.alertsLeftOut,
  findings: patched(before.findings, delta.findings, keys.findings),
})

/**
 * What to send to a viewer that has `seen`, so that it has `frame`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const updateFrom = (seen: Frame | undefined, frame: Frame): Update =>
  seen === undefined
    ? { _tag: "Full", ...frame }
    : {
        _tag: "Changed",
        sequence: frame.sequence,
        after: seen.sequence,
        atMillis: frame.atMillis,
        delta: between(seen.snapshot, frame.snapshot),
      }

/**
 * What a viewer has after an update; `undefined` where the update is not about the frame that it
 * has, so that it must ask anew.
 *
 * @category decoding
 * @since 0.1.0
 */
export const advance = (seen: Frame | undefined, update: Update): Frame | undefined => {
  const { atMillis, sequence } = update
  if (update._tag === "Full") return { sequence, atMillis, snapshot: update.snapshot }
  if (seen?.sequence !== update.after) return undefined
  return { sequence, atMillis, snapshot: patch(seen.snapshot, update.delta) }
}

const kept = <Row>(
  before: ReadonlyArray<Row>,
  after: ReadonlyArray<Row>,
  keyOf: (row: Row) => string,
): ReadonlyArray<Row> => {
  const known = new Map(before.map((row) => [keyOf(row), row]))
  const rows = after.map((row) => {
    const old = known.get(keyOf(row))
    return old !== undefined && isSame(old, row) ? old : row
  })
  const isAllOld =
    rows.length === before.length && rows.every((row, index) => row === before[index])
  return isAllOld ? before : rows
}

/**
 * The later of two snapshots, made of the earlier one's rows where they are equal: many frames kept
 * for long then cost the memory of what has changed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sharing = (before: Snapshot, after: Snapshot): Snapshot => ({
  engine: isSame(before.engine, after.engine) ? before.engine : after.engine,
  flow: kept(before.flow, after.flow, keys.flow),
  ledger: kept(before.ledger, after.ledger, keys.ledger),
  actors: kept(before.actors, after.actors, keys.actors),
  sinks: kept(before.sinks, after.sinks, keys.sinks),
  readings: kept(before.readings, after.readings, keys.readings),
  readingsLeftOut: after.readingsLeftOut,
  baselines: kept(before.baselines, after.baselines, keys.baselines),
  alerts: kept(before.alerts, after.alerts, keys.alerts),
  alertsLeftOut: after.alertsLeftOut,
  findings: kept(before.findings, after.findings, keys.findings),
})
