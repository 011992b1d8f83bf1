import { Audit } from "@countersign/core/Audit"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const program = Effect.gen(function* () {
  const audit = yield* Audit
  const receipt = yield* audit.record({
    type: "patient.record.read",
    class: "critical",
    actor: { id: "u-17", roles: ["nurse"] },
    target: [{ id: "p-204", type: "Patient" }],
    outcome: "success",
  })
  yield* Console.log(`${receipt.level}: entry ${receipt.sequence} of ${receipt.trail}`)
})

await Effect.runPromise(Effect.provide(program, Audit.layer({ directory: "trail" })))
