/** `countersign prove DIR ID`: the proof of one event, for people who have no trail. */
import { prove } from "@countersign/core/trail/Prover"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"
import * as Parameters from "./Parameters.ts"

const sequencePattern = /^\d{1,15}$/

export const proveCommand = Command.make(
  "prove",
  {
    directory: Parameters.directory,
    id: Argument.String("id").pipe(
      Argument.withDescription("The event's id, or its sequence number"),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ directory, id, json }) {
    const output = yield* Output
    const proof = yield* prove(directory, sequencePattern.test(id) ? Number(id) : id)
    yield* json ? output.document({ directory, id, proof }) : output.write(proof)
  }),
).pipe(
  Command.withDescription(
    "Print the proof that one event is in the trail, a C2SP tlog-proof that carries the event. countersign check reads it",
  ),
  Command.withShortDescription("Print the proof of one event"),
)
