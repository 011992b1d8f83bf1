/** `countersign tail DIR`: the newest events, and with `-f` those to come. */
import type { Disk } from "@countersign/core/platform/Disk"
import * as Filter from "@countersign/core/query/Filter"
import {
  entries,
  readCheckpoint,
  type TrailEntry,
  type TrailReadError,
} from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Output, type OutputFailed } from "../terminal/Output.ts"
import * as EventLine from "../trail/EventLine.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

// A checkpoint comes once a second by default; looking costs one small read.
const lookMillis = 200
const bundleWidth = 256
// A writer replaces partial bundles by full ones while they are read; a moment later all is there.
const again = { schedule: Schedule.spaced("50 millis"), times: 5 }

const sizeOf = (directory: string) =>
  Effect.map(readCheckpoint(directory), (signed) => signed?.checkpoint.size ?? 0).pipe(
    Effect.retry(again),
  )

const collect = (
  directory: string,
  from: number,
  to: number,
): Effect.Effect<ReadonlyArray<TrailEntry>, TrailReadError, Disk> =>
  entries(directory, { from, to }).pipe(Stream.runCollect, Effect.retry(again))

type Passes = (event: EventLine.ReadEvent) => boolean

/** The last events that pass, read from the end backwards. */
const newest = Effect.fnUntraced(function* (
  directory: string,
  size: number,
  most: number,
  passes: Passes,
) {
  const found: Array<EventLine.ReadEvent> = []
  for (let to = size; to > 0 && found.length < most;) {
    const from = Math.floor((to - 1) / bundleWidth) * bundleWidth
    const bundle = yield* collect(directory, from, to)
    for (const entry of bundle.toReversed()) {
      const event = EventLine.parse(entry)
      if (found.length < most && passes(event)) found.push(event)
    }
    to = from
  }
  return found.toReversed()
})

const follow = Effect.fnUntraced(function* (
  directory: string,
  begin: number,
  print: (events: ReadonlyArray<EventLine.ReadEvent>) => Effect.Effect<boolean, OutputFailed>,
) {
  const output = yield* Output
  let at = begin
  for (;;) {
    const size = yield* sizeOf(directory)
    if (size < at) {
      yield* output.say(
        `countersign: ${directory}: the trail had ${at} entries and now has ${size}: it was replaced or put back; verify it with the key you know`,
      )
      at = size
    }
    for (let to = at; at < size; at = to) {
      to = Math.min(size, (Math.floor(at / bundleWidth) + 1) * bundleWidth)
      const events = (yield* collect(directory, at, to)).map(EventLine.parse)
      if (!(yield* print(events))) return
    }
    yield* Effect.sleep(lookMillis)
  }
})

export const tailCommand = Command.make(
  "tail",
  {
    directory: Parameters.directory,
    follow: Flag.Boolean("follow").pipe(
      Flag.withAlias("f"),
      Flag.withDescription("Go on with the events that another process records"),
      Flag.withDefault(false),
    ),
    filter: Flag.String("filter").pipe(
      Flag.withMetavar("EXPRESSION"),
      Flag.withDescription("Only events that this filter lets through"),
      Flag.optional,
    ),
    lines: Flag.Int("lines").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Begin with the newest so many events"),
      Parameters.between(0, 100_000),
      Flag.withDefault(10),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* (options) {
    const { directory } = options
    const output = yield* Output
    const filter = Option.isSome(options.filter)
      ? yield* Parameters.parseFilter(options.filter.value)
      : Filter.everything
    yield* requireTrail(directory)
    const clock = yield* Clock.clockWith(Effect.succeed)
    const passes: Passes = ({ value }) =>
      Filter.matches(filter, value, clock.currentTimeMillisUnsafe())
    const format = options.json ? EventLine.json : EventLine.text(output.paint)
    const print = (events: ReadonlyArray<EventLine.ReadEvent>) => {
      const lines = events.filter(passes).map((event) => `${format(event)}\n`)
      return lines.length === 0 ? Effect.succeed(true) : output.write(lines.join(""))
    }
    const size = yield* sizeOf(directory)
    const isRead = yield* print(yield* newest(directory, size, options.lines, passes))
    if (options.follow && isRead) yield* follow(directory, size, print)
  }),
).pipe(
  Command.withDescription(
    "Print the newest published events; with --follow go on as new ones are published, also across restarts of the process that records them",
  ),
  Command.withShortDescription("Print the newest events, and follow"),
)
