/**
 * What a layout is called by those who must know that it is the same: a digest of how bytes are
 * read.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { Layout } from "./Layout.ts"
import { describeLayout } from "./LayoutDescription.ts"

/**
 * SHA-256 of the description, in hex.
 *
 * @category hashing
 * @since 0.1.0
 */
export const fingerprintOf = (layout: Pick<Layout, "aliases" | "dialect" | "root">): string =>
  createHash("sha256").update(describeLayout(layout)).digest("hex")
