/** `countersign query DIR EXPRESSION`: the published events that a filter lets through. */
import * as Filter from "@countersign/core/query/Filter"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as EventLine from "../trail/EventLine.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

export const queryCommand = Command.make(
  "query",
  {
    directory: Parameters.directory,
    expression: Argument.String("expression").pipe(
      Argument.withDescription("A filter, such as 'outcome=denied and time>=-7d'"),
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Stop after so many events"),
      Parameters.between(1, Number.MAX_SAFE_INTEGER),
      Flag.optional,
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ directory, expression, json, limit }) {
    const output = yield* Output
    const filter = yield* Parameters.parseFilter(expression)
    yield* requireTrail(directory)
    const now = yield* Clock.currentTimeMillis
    const format = json ? EventLine.json : EventLine.text(output.paint)
    const most = Option.getOrElse(limit, () => Infinity)
    let read = 0
    let found = 0
    // A whole bundle at a time: one string and one write for up to 256 events.
    yield* entries(directory).pipe(
      Stream.mapArray((bundle) => {
        let lines = ""
        for (const entry of bundle) {
          if (found >= most) break
          read += 1
          const event = EventLine.parse(entry)
          if (!Filter.matches(filter, event.value, now)) continue
          found += 1
          lines += `${format(event)}\n`
        }
        return [lines] as const
      }),
      Stream.mapEffect((lines) => (lines === "" ? Effect.succeed(true) : output.write(lines))),
      Stream.takeWhile((isRead) => isRead && found < most),
      Stream.runDrain,
    )
    yield* output.say(
      output.paintSaid.faint(
        `${Text.count(found)} found in ${Text.counted(read, "published event")} read`,
      ),
    )
  }),
).pipe(
  Command.withDescription(
    "Print the published events that a filter lets through, in order. docs/filter.md explains the filter. Nothing is verified: countersign verify does that",
  ),
  Command.withShortDescription("Print the events that a filter lets through"),
  Command.withExamples([
    {
      command: "countersign query ./trail 'type~patient.* and outcome=denied and time>=-7d'",
      description: "Refused access of the last week",
    },
    {
      command: "countersign query ./trail 'actor.id=u-17' --json | jq .event.type",
      description: "One JSON object a line",
    },
  ]),
)
