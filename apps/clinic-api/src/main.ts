/** `npm run clinic`: the sample API, with a database of its own or the one that it is given. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Clinic from "./Clinic.ts"
import { ClinicConfig } from "./ClinicConfig.ts"

const welcome = Effect.gen(function* () {
  const { address } = yield* HttpServer.HttpServer
  const { database, issued, metrics, trail } = yield* Clinic.Arrangement
  const url = HttpServer.formatAddress(address)
  const lines = [
    `Clinic: ${url} (documented at ${url}/docs)`,
    `Trail: ${trail}`,
    ...(metrics === undefined ? [] : [`Metrics: ${metrics}`, `Live: countersign top ${trail}`]),
    `PostgreSQL: ${database}`,
  ]
  if (issued.length > 0) {
    lines.push("Tokens, shown this once:")
    for (const { id, token } of issued) lines.push(`  ${id.padEnd(12)} ${token}`)
  }
  yield* Console.log(lines.join("\n"))
})

const program = Effect.gen(function* () {
  const config = yield* ClinicConfig
  if (!config.isAudited) yield* Effect.logWarning("clinic: auditing is switched off")
  return yield* Layer.launch(Layer.provideMerge(Layer.effectDiscard(welcome), Clinic.layer(config)))
})

NodeRuntime.runMain(program, {
  // Told to end, it did so in order.
  teardown: (exit, onExit) =>
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
      ? onExit(0)
      : Runtime.defaultTeardown(exit, onExit),
})
