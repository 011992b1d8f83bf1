import { Audit } from "@countersign/core/Audit"
import { Inspector } from "@countersign/inspector/Inspector"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const inspected = Inspector.layer().pipe(Layer.provideMerge(Audit.layer({ directory: "trail" })))

const program = Effect.gen(function* () {
  const audit = yield* Audit
  yield* audit.record({ type: "shop.order.placed", actor: { id: "u-17" }, outcome: "success" })
  const { url } = yield* Inspector
  yield* Console.log(`for five minutes: ${Redacted.value(url)}`)
  yield* Effect.sleep("5 minutes")
})

await Effect.runPromise(Effect.provide(program, inspected))
