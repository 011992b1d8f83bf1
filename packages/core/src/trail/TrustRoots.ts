/**
 * The roots that a trust file gives: what a key has signed while it was in good hands.
 *
 * @since 0.1.0
 */
import type { Pin } from "./KeyChain.ts"
import { nameOfKey } from "./Rotation.ts"
import type { TrustedKey, TrustFile } from "./TrustFile.ts"

/**
 * A root that the tree must have at a size.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExpectedRoot {
  readonly size: number
  readonly root: Uint8Array
  /** What is wrong where it has another one. */
  readonly detail: string
}

/**
 * What only a thief of its key may have written, for all that the trust file says.
 *
 * @category getters
 * @since 0.1.0
 */
export const rootless = (keys: TrustFile["keys"]): ReadonlyArray<string> => {
  const open: Array<string> = []
  for (const trusted of keys.toReversed()) {
    const { from, key, revoked, to } = trusted
    const at = revoked?.at ?? (trusted === keys.at(-1) ? to : undefined)
    // A key that was in good hands has signed what was there when it began.
    if (at === undefined || rootsOf(trusted).some(({ size }) => size >= at)) break
    open.unshift(
      `whether entries ${from} to ${at} are those that ${nameOfKey(key)} signed in its time: whoever has that key can write them anew, and the trust file gives no root over ${at} entries`,
    )
  }
  return open
}

/** The roots that a trust file gives for a key. */
const rootsOf = ({ key, revoked, root, to }: TrustedKey): ReadonlyArray<ExpectedRoot> =>
  [
    { size: to, root },
    { size: revoked?.at, root: revoked?.root },
  ].flatMap((each) =>
    each.size === undefined || each.root === undefined
      ? []
      : [
          {
            size: each.size,
            root: each.root,
            detail: `the trust file has another root over the first ${each.size} entries: what ${nameOfKey(key)} signed was written anew`,
          },
        ],
  )

/**
 * The roots that a trail must have by what it is verified with, ascending by size.
 *
 * @category getters
 * @since 0.1.0
 */
export const expectedRoots = (pin: Pin | undefined): ReadonlyArray<ExpectedRoot> =>
  pin?._tag === "Trust"
    ? pin.trust.keys
        .flatMap((trusted) => rootsOf(trusted))
        .toSorted((left, right) => left.size - right.size)
    : []
