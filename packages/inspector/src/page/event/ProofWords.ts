/** What a proof shows, in words; of what nobody known has signed none says that it was signed. */
import { isSame } from "../proof/Bytes.ts"
import type { CheckedEvent } from "../proof/EventCheck.ts"

interface PathEnd {
  readonly root: Uint8Array
  readonly words: string
  readonly look: "good" | "bad" | "quiet"
  readonly icon: string
}

/** How the way from a leaf ends at the checkpoint's root; `undefined`: there is no checkpoint. */
export const pathEnd = ({
  checkpoint,
  root,
  signer,
}: Pick<CheckedEvent, "checkpoint" | "root" | "signer">): PathEnd | undefined => {
  if (checkpoint === undefined) return undefined
  const end = { root: checkpoint.root }
  const whose = signer === undefined ? "checkpoint's" : "signed"
  if (root === undefined || !isSame(root, checkpoint.root))
    return { ...end, words: `the ${whose} root is another one`, look: "bad", icon: "error" }
  return signer === undefined
    ? {
        ...end,
        words: "the checkpoint's root is the same, but it is not known to be signed",
        look: "quiet",
        icon: "circle-slash",
      }
    : { ...end, words: "the signed root is the same", look: "good", icon: "pass" }
}

export interface Compared {
  /** Of the other store. */
  readonly name: string
  readonly isEqual: boolean
  /** Somebody who is known has signed the tree. */
  readonly isSigned: boolean
  /** The tree has these bytes at the place. */
  readonly isTrail: boolean
  readonly isCopy: boolean
}

/** What a second copy holds, and which of both was signed. */
export const compared = ({ isCopy, isEqual, isSigned, isTrail, name }: Compared): string => {
  if (!isSigned)
    return `The trail and ${name} hold ${isEqual ? "the same bytes" : "different bytes"}, and no signature that is believed here says what they should be.`
  if (isEqual)
    return isCopy
      ? `The trail and ${name} hold the same bytes, and they are the signed ones.`
      : `The trail and ${name} hold the same bytes, but the signed tree has others.`
  if (isTrail) return `The proof is of the trail's bytes: ${name} holds something else.`
  return isCopy
    ? `The proof is of what ${name} holds: the trail's bytes are what was changed.`
    : `The proof is of neither: both the trail and ${name} hold something else than was signed.`
}
