/**
 * A program that records events into a trail and files until it is killed.
 *
 * Run as `node FilesProcess.ts <trail> <files> [once]`; prints `open` when its
 * engine runs. With `once` it records nothing, lets the files catch up and ends in order.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NdjsonSink from "../file/NdjsonSink.ts"

const [, , trail = "", files = "", how = ""] = process.argv

const audit = Layer.unwrap(
  Effect.map(
    NdjsonSink.make({
      directory: files,
      trailDirectory: trail,
      // A file is full with nearly every batch, so that a kill meets one being finished.
      sizeBytesMax: 4096,
    }),
    (sink) => Audit.layer({ directory: trail, sinks: [sink] }, { env: {} }),
  ),
).pipe(Layer.provide(NodeDisk.layer))

const burst = Effect.gen(function* () {
  const { recordUnsafe } = yield* Audit
  for (let index = 0; index < 20; index += 1) {
    recordUnsafe({
      type: "load.event.written",
      actor: { id: "loader", type: "service" },
      outcome: "success",
      data: { index, filler: "x".repeat(index) },
    })
  }
})

Effect.runFork(
  Effect.gen(function* () {
    yield* Effect.sync(() => process.stdout.write("open\n"))
    if (how !== "once")
      return yield* Effect.forever(Effect.andThen(burst, Effect.sleep("5 millis")))
  }).pipe(Effect.provide(audit)),
)
