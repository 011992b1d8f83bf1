/** `countersign dlq`: the records that a sink refused for good, and what is to become of them. */
import { type LetterAct, leafOf, type OpenLetter } from "@countersign/core/engine/DeadLetter"
import { readOpenLetters } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import { readEntry } from "@countersign/core/trail/TrailReader"
import * as path from "node:path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as EventLine from "../trail/EventLine.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

const sink = Argument.String("sink").pipe(
  Argument.withDescription("The sink's name"),
  Argument.filter(
    (name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name),
    (name) => `"${name}" can't be the name of a sink`,
  ),
)

const sequence = Argument.Int("sequence").pipe(
  Argument.withDescription("The record's place in the trail, as list prints it"),
)

const config = Flag.String("config").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("The engine's configuration, a YAML file: it says where the key is"),
  Flag.optional,
)

const reason = Flag.String("reason").pipe(
  Flag.withMetavar("TEXT"),
  Flag.withDescription("Why, for those who read the trail later"),
  Flag.filter(
    (text) => text.trim() !== "" && text.length <= 1000,
    () => "give a reason of at most 1000 characters",
  ),
)

interface Place {
  readonly directory: string
  readonly sink: string
  readonly config: Option.Option<string>
}

const note = Effect.fnUntraced(function* (
  { config: file, directory, sink: name }: Place,
  act: LetterAct,
  why: string,
  sequences: ReadonlyArray<number> | undefined,
) {
  // The signer and the configuration are half of the program.
  const { noteLetters } = yield* Effect.promise(() => import("../trail/LetterNotes.ts"))
  const options = { directory, sink: name, config: Option.getOrUndefined(file) }
  yield* noteLetters(options, { act, reason: why }, sequences)
})

/** Who looks is noted like who decides; whoever has no key may look all the same, and is told. */
const noteLook = Effect.fnUntraced(function* (
  place: Place,
  what: string,
  sequences: ReadonlyArray<number> | undefined,
) {
  const output = yield* Output
  yield* note(place, "shown", what, sequences).pipe(
    Effect.catch((error) => output.say(`countersign: this look is not recorded: ${error.message}`)),
  )
})

const sinksOf = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  return yield* disk.list(path.join(directory, "dead-letters"))
})

const rowOf = (name: string, letter: OpenLetter): ReadonlyArray<string> => [
  `  ${Text.printable(name)}`,
  String(letter.sequence),
  letter.time,
  `${letter.refusals}×`,
  letter.isRequested ? "to be replayed" : "open",
  Text.clipped(Text.printable(letter.cause), 100),
]

const listCommand = Command.make(
  "list",
  { directory: Parameters.directory, config, json: Parameters.json },
  Effect.fnUntraced(function* ({ config: file, directory, json }) {
    const output = yield* Output
    yield* requireTrail(directory)
    const found: Array<{ readonly sink: string; readonly letter: OpenLetter }> = []
    for (const name of yield* sinksOf(directory)) {
      const letters = (yield* readOpenLetters(directory, name)).all()
      if (letters.length === 0) continue
      yield* noteLook({ directory, sink: name, config: file }, "dlq list", undefined)
      found.push(...letters.map((letter) => ({ sink: name, letter })))
    }
    if (json) {
      return yield* output.document(found.map((each) => ({ sink: each.sink, ...each.letter })))
    }
    return yield* found.length === 0
      ? output.lines("no dead letters")
      : output.lines(
          Text.counted(found.length, "dead letter"),
          ...Text.aligned(
            found.map((each) => rowOf(each.sink, each.letter)),
            new Set([1]),
          ),
        )
  }),
).pipe(Command.withDescription("Print the records that sinks refused and nobody has settled"))

const showCommand = Command.make(
  "show",
  { directory: Parameters.directory, sink, sequence, config, json: Parameters.json },
  Effect.fnUntraced(function* (given) {
    const { directory, json } = given
    const output = yield* Output
    yield* requireTrail(directory)
    const letter = (yield* readOpenLetters(directory, given.sink)).get(given.sequence)
    const entry = letter === undefined ? undefined : yield* readEntry(directory, letter.sequence)
    if (letter === undefined || entry === undefined) {
      yield* output.say(
        letter === undefined
          ? `countersign: ${given.sink} has no dead letter of record ${given.sequence}`
          : `countersign: record ${given.sequence} is not published yet`,
      )
      return yield* output.exitWith(ExitCode.no)
    }
    if (leafOf(entry.bytes) !== letter.leaf) {
      yield* output.say(
        `countersign: record ${given.sequence} is not the one that was refused: verify the trail`,
      )
      return yield* output.exitWith(ExitCode.no)
    }
    yield* noteLook(given, "dlq show", [given.sequence])
    const { value } = EventLine.parse(entry)
    if (json) return yield* output.document({ ...letter, event: value })
    return yield* output.lines(
      ...Text.aligned([
        ["refused", `${Text.count(letter.refusals)}×, last at ${letter.time}`],
        ["because", Text.printable(letter.cause)],
        ["leaf", letter.leaf],
      ]),
      ...JSON.stringify(value, null, 2).split("\n").map(Text.printable),
    )
  }),
).pipe(Command.withDescription("Print a refused record, with the cause"))

/** A decision about one letter or all of them. */
const decision = (
  name: "replay" | "drop",
  act: LetterAct,
  description: string,
  said: (count: string) => string,
) =>
  Command.make(
    name,
    {
      directory: Parameters.directory,
      sink,
      sequence: sequence.pipe(Argument.optional),
      all: Flag.Boolean("all").pipe(
        Flag.withDescription("Every letter of the sink that nobody has settled"),
        Flag.withDefault(false),
      ),
      reason,
      config,
      json: Parameters.json,
    },
    Effect.fnUntraced(function* (given) {
      const output = yield* Output
      const { all, directory, json } = given
      if (all === Option.isSome(given.sequence)) {
        const detail = "give one sequence, or --all"
        return yield* new UsageError({ parameter: "sequence", detail })
      }
      yield* requireTrail(directory)
      const open = yield* readOpenLetters(directory, given.sink)
      const chosen = Option.match(given.sequence, {
        onNone: () => open.all(),
        onSome: (one) => [open.get(one)].filter((letter) => letter !== undefined),
      }).map((letter) => letter.sequence)
      if (chosen.length === 0) {
        yield* output.say(`countersign: ${given.sink} has no such dead letter`)
        return yield* output.exitWith(ExitCode.no)
      }
      yield* note(given, act, given.reason, chosen)
      return yield* json
        ? output.document({ sink: given.sink, act, sequences: chosen })
        : output.lines(said(Text.counted(chosen.length, "record")))
    }),
  ).pipe(Command.withDescription(description))

export const deadLettersCommand = Command.make("dlq").pipe(
  Command.withDescription(
    "The records that a sink refused for good. They are in the trail like all others; what is noted about them lies in a trail of its own, DIR/dead-letters/SINK/KEY, which countersign verify verifies",
  ),
  Command.withShortDescription("List, show, replay and drop what a sink refused"),
  Command.withSubcommands([
    listCommand,
    showCommand,
    decision(
      "replay",
      "requested",
      "Have refused records delivered again, once the sink was mended. The engine that writes the trail does it, within seconds or at its next start, and notes the outcome",
      (records) => `${records} will be replayed by the engine that writes the trail`,
    ),
    decision(
      "drop",
      "dropped",
      "Leave refused records at that: they stay in the trail and never reach the sink",
      (records) => `${records} dropped: still in the trail, and never at the sink`,
    ),
  ]),
)
