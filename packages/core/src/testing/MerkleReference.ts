/**
 * Merkle trees that others computed, and one that is slow and plain.
 *
 * - Source: RFC 6962, section 2.1; the tests of Certificate Transparency's reference
 *   implementation (merkle_tree_test.cc).
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

/** The leaves of the published trees, before they are hashed. */
export const vectorLeaves: ReadonlyArray<Uint8Array> = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((text) => Buffer.from(text, "hex"))
/** The root over the first leaf, over the first two, and so on. */
export const vectorRoots: ReadonlyArray<string> = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

/**
 * The root over hashes of leaves, word for word by the RFC, with another interface of `node:crypto`
 * than the engine uses.
 */
export const referenceRoot = (leaves: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first, ...rest] = leaves
  if (first === undefined) return createHash("sha256").digest()
  if (rest.length === 0) return first
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return createHash("sha256")
    .update("\u0001")
    .update(referenceRoot(leaves.slice(0, split)))
    .update(referenceRoot(leaves.slice(split)))
    .digest()
}
