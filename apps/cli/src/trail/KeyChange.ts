/** One change of the key: the engine opened, the key changed, the engine closed. */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"

export interface KeyChangeOptions {
  readonly directory: string
  /** The trail's name, as its checkpoint has it; `undefined` where it has none. */
  readonly origin: string | undefined
  /** A YAML file with the rest of the engine's configuration. */
  readonly config: string | undefined
}

/** @param next the private key to change to; `undefined`: one is made */
export const rotateKey = (
  next: string | undefined,
  { config, directory, origin }: KeyChangeOptions,
) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    const rotated = yield* audit.rotateKey(next)
    yield* audit.close
    return rotated
  }).pipe(
    Effect.provide(
      Audit.layer(
        { directory, ...(origin === undefined ? {} : { origin }) },
        config === undefined ? {} : { file: config },
      ),
    ),
  )
