/** `countersign copybook sniff DATA`: how a file's records are framed, most likely. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { layoutFlags } from "../copybook/CopybookFlags.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Parameters from "./Parameters.ts"

export const sniffCommand = Command.make(
  "sniff",
  {
    data: Argument.String("data").pipe(Argument.withDescription("The file with records")),
    copybook: Flag.String("copybook").pipe(
      Flag.withAlias("c"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("The record description, which makes the answer surer"),
      Flag.atLeast(0),
    ),
    ...layoutFlags,
    json: Parameters.json,
  },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { sniffFile } = yield* Effect.promise(() => import("../copybook/Sniffing.ts"))
    const { candidates, text } = yield* sniffFile(flags.data, flags.copybook, flags)
    if (candidates.length === 0) yield* output.exitWith(ExitCode.incomplete)
    if (flags.json) {
      yield* output.document({ text, candidates })
      return
    }
    const { paint } = output
    yield* output.lines(
      `text       ${text.charset}, ${Math.round(text.textShare * 100)} % of the bytes are text`,
      ...(candidates.length === 0 ? ["no framing has anything in its favour"] : []),
      ...candidates
        .slice(0, 5)
        .flatMap(({ framing, name, reasons, score }, index) => [
          `${index === 0 ? paint.good("→") : " "} ${score.toFixed(2)}  ${paint.bold(name)}`,
          ...reasons.map((reason) => paint.faint(`        ${reason}`)),
          ...(index === 0 ? [`        framing: ${JSON.stringify(framing)}`] : []),
        ]),
    )
  }),
).pipe(
  Command.withDescription(
    "Say how a file's records are framed, most likely, and why. The framing shown goes into a file for --options. Exit code: 0 there is an answer, 2 there is none",
  ),
  Command.withShortDescription("Guess how a file is framed"),
)
