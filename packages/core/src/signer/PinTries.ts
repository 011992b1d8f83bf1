/**
 * What came of the PINs that this process has tried, by token.
 *
 * A token locks itself after a few wrong ones, whichever signer of the process tried them.
 *
 * @since 0.1.0
 */
import type { Cryptoki } from "./Cryptoki.ts"
import { returned } from "./CryptokiValue.ts"

/**
 * Why a token is given no PIN. `unanswered`: it has still to say what it thinks of the last one.
 *
 * @category models
 * @since 0.1.0
 */
export type PinStop =
  | { readonly _tag: "unanswered" }
  | { readonly _tag: "refused"; readonly detail: string }

const refusalDetails: ReadonlyMap<number, string> = new Map([
  [returned.pinIncorrect, "the PIN is wrong"],
  [returned.pinInvalid, "the PIN has characters that no PIN has"],
  [returned.pinLengthRange, "the PIN is too short or too long"],
  [returned.pinExpired, "the PIN has expired"],
  [returned.pinLocked, "its PIN is locked; unlock it as its security officer"],
])

const stops = new WeakMap<Cryptoki, Map<string, PinStop>>()

const stopsOf = (module: Cryptoki): Map<string, PinStop> => {
  const known = stops.get(module) ?? new Map<string, PinStop>()
  stops.set(module, known)
  return known
}

/**
 * Why the token must be given no PIN now; `undefined`: it may be given one.
 *
 * @param identity what tells the token from others in the module
 * @category running
 * @since 0.1.0
 */
export const stopOf = (module: Cryptoki, identity: string): PinStop | undefined =>
  stopsOf(module).get(identity)

/**
 * Tries a PIN. Until the answer is there it counts as refused, whoever has given up waiting.
 *
 * @param run logs in, and gives what the call returned
 * @category running
 * @since 0.1.0
 */
export const tryPin = async (
  module: Cryptoki,
  identity: string,
  run: () => Promise<number>,
): Promise<number> => {
  const known = stopsOf(module)
  known.set(identity, { _tag: "unanswered" })
  let detail: string | undefined
  try {
    const value = await run()
    detail = refusalDetails.get(value)
    return value
  } finally {
    if (detail === undefined) known.delete(identity)
    else known.set(identity, { _tag: "refused", detail })
  }
}
