/** What a person notes among the dead letters of a sink, signed with the trail's key. */
import { signerOf } from "@countersign/core/Audit"
import type { LetterAct } from "@countersign/core/engine/DeadLetter"
import { DeadLetters } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import { Signer } from "@countersign/core/signer/Signer"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { operator } from "./Operator.ts"
import { writerConfig } from "./WriterConfig.ts"

export interface LetterNotesOptions {
  readonly directory: string
  readonly sink: string
  /** A YAML file with the engine's configuration, which says where the key is. */
  readonly config: string | undefined
}

// The engine holds the letters only while it writes some.
const whileLocked = {
  schedule: Schedule.spaced("200 millis"),
  times: 25,
  while: (error: { readonly _tag: string }) => error._tag === "TrailLocked",
}

const signerFor = Effect.fnUntraced(function* (options: LetterNotesOptions) {
  const { config } = yield* writerConfig(options.directory, options.config)
  const services = yield* Layer.build(signerOf(config, process.env))
  const signer = yield* Effect.provide(Effect.service(Signer), services)
  return { signer, trail: config.origin }
})

/** Notes the same about some records, or about all letters. */
export const noteLetters = (
  options: LetterNotesOptions,
  note: { readonly act: LetterAct; readonly reason: string },
  sequences: ReadonlyArray<number> | undefined,
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const disk = yield* Disk
      const { signer, trail } = yield* signerFor(options)
      const clock = yield* Clock.clockWith(Effect.succeed)
      const { directory, sink } = options
      const letters = new DeadLetters({
        disk,
        directory,
        trail,
        sink,
        signer: () => signer,
        nowMillis: () => clock.currentTimeMillisUnsafe(),
      })
      const said = { ...note, actor: operator() }
      const notes =
        sequences === undefined ? [said] : sequences.map((sequence) => ({ ...said, sequence }))
      yield* Effect.retry(letters.write(notes), whileLocked)
      yield* letters.rest
    }),
  )
