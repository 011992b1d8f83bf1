/**
 * Where the engine's random bytes come from.
 *
 * A reference, so that a simulation can give the same bytes to the same seed.
 *
 * @since 0.1.0
 */
import { randomFillSync } from "node:crypto"
import * as Context from "effect/Context"

/**
 * Fills the whole of its argument.
 *
 * @category models
 * @since 0.1.0
 */
export type FillRandom = (target: Uint8Array) => void

/**
 * The system's random bytes, unless told otherwise.
 *
 * @category services
 * @since 0.1.0
 */
export const RandomBytes = Context.Reference<FillRandom>("@countersign/core/platform/RandomBytes", {
  defaultValue: () => (target) => {
    randomFillSync(target)
  },
})
