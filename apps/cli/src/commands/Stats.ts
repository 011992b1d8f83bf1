/** `countersign stats DIR`: what a trail holds. */
import * as path from "node:path"
import { entries, readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Output } from "../terminal/Output.ts"
import type { Paint } from "../terminal/Paint.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import * as Text from "../terminal/Text.ts"
import * as DiskUsage from "../trail/DiskUsage.ts"
import * as EventLine from "../trail/EventLine.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import { type Tally, TrailStatistics } from "../trail/TrailStatistics.ts"
import * as Parameters from "./Parameters.ts"

const gather = Effect.fnUntraced(function* (directory: string, top: number) {
  yield* requireTrail(directory)
  const clock = yield* Clock.clockWith(Effect.succeed)
  const signed = yield* readCheckpoint(directory)
  const size = signed?.checkpoint.size ?? 0
  const bar = new ProgressBar(process.stderr, "reading", () => clock.currentTimeMillisUnsafe())
  const found = new TrailStatistics()
  yield* Stream.runForEachArray(entries(directory, { to: size }), (bundle) =>
    Effect.sync(() => {
      for (const entry of bundle) found.add(EventLine.parse(entry))
      bar.update(found.entries, found.entries / size)
    }),
  ).pipe(Effect.ensuring(Effect.sync(() => bar.clear())))
  const listed = (tally: Tally) => ({
    names: tally.names,
    others: tally.others,
    top: tally.top(top),
  })
  return {
    trail: directory,
    origin: signed?.checkpoint.origin,
    size,
    events: found.entries - found.systemRecords,
    systemRecords: found.systemRecords,
    unreadable: found.unreadable,
    oldest: found.oldest,
    newest: found.newest,
    entryBytes: found.entryBytes,
    disk: {
      tiles: yield* DiskUsage.measure(path.join(directory, "tile")),
      log: yield* DiskUsage.measure(path.join(directory, "wal")),
    },
    runs: found.runs,
    closings: found.closings,
    sampled: { kept: found.kept, skipped: found.skipped },
    lost: found.lost,
    dropped: found.dropped,
    types: listed(found.types),
    classes: listed(found.classes),
    outcomes: listed(found.outcomes),
    actors: listed(found.actors),
  }
})

type Statistics = Effect.Success<ReturnType<typeof gather>>

const table = (
  title: string,
  { names, others, top }: Statistics["types"],
  total: number,
  paint: Paint,
): ReadonlyArray<string> => {
  if (top.length === 0) return []
  const more = names - top.length
  const rows = top.map(({ count, name }) => [
    `  ${Text.clipped(Text.printable(name), 48)}`,
    Text.count(count),
    `${((100 * count) / Math.max(total, 1)).toFixed(1)} %`,
  ])
  const rest = others > 0 ? `at least ${Text.count(more)} more` : `${Text.count(more)} more`
  return [
    paint.bold(title),
    ...Text.aligned(rows, new Set([1, 2])),
    ...(more > 0 ? [paint.faint(`  ${rest}`)] : []),
  ]
}

const overview = (found: Statistics): ReadonlyArray<string> => {
  const average = found.size === 0 ? 0 : Math.round(found.entryBytes / found.size)
  const unclosed = found.runs - found.closings
  return Text.aligned([
    [
      "  entries",
      `${Text.count(found.size)}: ${Text.counted(found.events, "event")} and ${Text.counted(found.systemRecords, "record")} of the engine`,
    ],
    ...(found.unreadable > 0 ? [["  unreadable", Text.count(found.unreadable)]] : []),
    ...(found.oldest === undefined
      ? []
      : [["  time", `${found.oldest} to ${found.newest ?? found.oldest}`]]),
    ["  entry bytes", `${Text.size(found.entryBytes)}, ${Text.count(average)} B each`],
    [
      "  on disk",
      `${Text.size(found.disk.tiles.bytes)} in ${Text.counted(found.disk.tiles.files, "tile file")}, ${Text.size(found.disk.log.bytes)} of log`,
    ],
    [
      "  runs",
      `${Text.count(found.runs)}${unclosed > 0 ? `, of which ${Text.count(unclosed)} did not close (or run still)` : ", all closed"}`,
    ],
    [
      "  sampled out",
      `${Text.count(found.sampled.skipped)} of ${Text.count(found.sampled.skipped + found.sampled.kept)} that the sampler saw`,
    ],
    ["  lost", `${Text.count(found.lost)} after, ${Text.count(found.dropped)} before acceptance`],
  ])
}

export const statsCommand = Command.make(
  "stats",
  {
    directory: Parameters.directory,
    top: Flag.Int("top").pipe(
      Flag.withDescription("Names in each table"),
      Parameters.between(1, 1000),
      Flag.withDefault(10),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ directory, json, top }) {
    const output = yield* Output
    const found = yield* gather(directory, top)
    if (json) return yield* output.document(found)
    const { paint } = output
    return yield* output.lines(
      paint.bold(found.origin ?? directory),
      ...overview(found),
      ...table("types", found.types, found.size, paint),
      ...table("classes", found.classes, found.events, paint),
      ...table("outcomes", found.outcomes, found.events, paint),
      ...table("actors", found.actors, found.events, paint),
    )
  }),
).pipe(
  Command.withDescription(
    "Count the published entries by type, class, outcome and actor, and say what the trail says was sampled or lost. Nothing is verified",
  ),
  Command.withShortDescription("Count what a trail holds"),
)
