/**
 * From the items of a copybook to the layout of a record, or every finding that stands against it.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import type { Copybook } from "../syntax/Item.ts"
import type { Layout } from "./Layout.ts"
import { fingerprintOf } from "./LayoutFingerprint.ts"
import type { LayoutInvalid } from "./LayoutInvalid.ts"
import { type LayoutOptions, layoutWith } from "./LayoutMaking.ts"

export type { LayoutOptions } from "./LayoutMaking.ts"

/**
 * The layout of a copybook's record.
 *
 * Fails with every finding when one of them is an error; warnings alone come with the layout.
 *
 * @category constructors
 * @since 0.1.0
 */
export const layoutOf = (
  copybook: Copybook,
  options: LayoutOptions = {},
): Result.Result<Layout, LayoutInvalid> => layoutWith(copybook, options, fingerprintOf)
