/** What the page and its hashing thread say to each other. */
import type { BundlePiece } from "@countersign/monitor/protocol/TrailProof"
import type { ExpectedRoot, HashedBundles, HashedTrail } from "./TrailHasher.ts"

export type ToThread =
  | {
      readonly _tag: "Start"
      readonly size: number
      readonly expected: ReadonlyArray<ExpectedRoot>
    }
  | { readonly _tag: "Pieces"; readonly pieces: ReadonlyArray<BundlePiece> }
  | { readonly _tag: "Finish"; readonly root: Uint8Array }

export type FromThread =
  | { readonly _tag: "Hashed"; readonly hashed: HashedBundles }
  | { readonly _tag: "Finished"; readonly trail: HashedTrail }
