/** `countersign partitions DIR --url URL --drop-older-than N`: retention by whole months. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

const monthsMax = 12_000

export const partitionsCommand = Command.make(
  "partitions",
  {
    directories: Argument.String("dir").pipe(
      Argument.withDescription("The directory of each trail that delivers into this database"),
      Argument.variadic({ min: 1 }),
    ),
    url: Parameters.databaseUrl,
    months: Flag.Int("drop-older-than").pipe(
      Flag.withMetavar("MONTHS"),
      Flag.withDescription("Drop the months that ended longer ago than so many months"),
      Parameters.between(1, monthsMax),
    ),
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The engine's configuration, with which the drop is recorded"),
      Flag.optional,
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ config, directories, json, months, url }) {
    const output = yield* Output
    yield* Parameters.requireDatabaseUrl(url)
    for (const directory of directories) yield* requireTrail(directory)
    const { openWriters } = yield* Effect.promise(() => import("../trail/TrailWriters.ts"))
    const { dropOldPartitions } = yield* Effect.promise(
      () => import("@countersign/sinks/reconcile/Retention"),
    )
    const dropped = yield* Effect.scoped(
      Effect.flatMap(openWriters(directories, Option.getOrUndefined(config)), (record) =>
        dropOldPartitions({ url, monthsKept: months, record }),
      ),
    )
    if (json) return yield* output.document({ dropped })
    if (dropped.length === 0) return yield* output.lines("no month is as old as that")
    return yield* output.lines(
      ...Text.aligned(
        dropped.map(({ month, records }) => ["dropped", month, Text.counted(records, "record")]),
      ),
    )
  }),
).pipe(
  Command.withDescription(
    "Drop whole months of rows that are older than records are kept, and say so in the trails, before and after. Where a trail can't be written, nothing is dropped. docs/reconcile.md explains it",
  ),
  Command.withShortDescription("Drop months of rows that are too old"),
)
