/**
 * A program that collects a Redis stream into its own trail, until it is killed or told to end.
 *
 * Run as `node StreamCollector.ts <directory> <url> <stream> <name> [<moment> <batch>]`. It prints its
 * status as JSON, a line each, five times a second. With a moment it kills itself at its n-th batch:
 * `read` before any of it is recorded, `recorded` when all of it is durable and not acknowledged.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as AuditCollector from "../redis/AuditCollector.ts"
import * as RedisCollector from "../redis/RedisCollector.ts"

const [, , directory = "", url = "", stream = "", name = "", moment = "", batch = "0"] =
  process.argv

/** A receiver whose process dies at one moment of one batch. */
const mortal = (receiver: AuditCollector.AuditReceiver): AuditCollector.AuditReceiver => {
  let batches = 0
  const dieAt = (at: string) =>
    Effect.sync(() => {
      if (at === moment && batches === Number(batch)) process.kill(process.pid, "SIGKILL")
    })
  return {
    ...receiver,
    record: (records) =>
      Effect.suspend(() => {
        batches += 1
        return Effect.andThen(
          dieAt("read"),
          Effect.tap(receiver.record(records), () => dieAt("recorded")),
        )
      }),
  }
}

const collecting = Effect.gen(function* () {
  const receiver = AuditCollector.make(yield* Audit, directory)
  const collector = yield* RedisCollector.make(
    { url, stream, consumer: name, countMax: 200, claimAfter: 1_500 },
    mortal(receiver),
  )
  const tell = Effect.sync(() => {
    process.stdout.write(`${JSON.stringify({ ...collector.status(), cut: receiver.cut() })}\n`)
  })
  yield* Effect.forkChild(Effect.repeat(tell, Schedule.spaced(200)))
  return yield* collector.run
})

const layer = Audit.layer(
  { directory, origin: `example.org/${name}`, signals: false },
  // The parent's environment must not point it at another trail.
  { env: {} },
)
const fiber = Effect.runFork(Effect.provide(collecting, layer))
process.once("SIGTERM", () => Effect.runFork(Fiber.interrupt(fiber)))
fiber.addObserver((exit) => {
  process.stdout.write(`${exit._tag} ${"cause" in exit ? exit.cause.toString() : ""}\n`)
})
