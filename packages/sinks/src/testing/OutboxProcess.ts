/**
 * A program that drains an outbox until it is killed.
 *
 * Run as `node OutboxProcess.ts <url> <directory>`; prints `open` when its engine runs.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { OutboxDrainer } from "../outbox/OutboxDrainer.ts"

const [, , url = "", directory = ""] = process.argv

const drainer = OutboxDrainer.layer({ url: Redacted.make(url), directory }).pipe(
  Layer.provide(Audit.layer({ directory }, { env: {} })),
)

Effect.runFork(
  Effect.gen(function* () {
    yield* Effect.sync(() => process.stdout.write("open\n"))
    return yield* Effect.never
  }).pipe(Effect.provide(drainer)),
)
