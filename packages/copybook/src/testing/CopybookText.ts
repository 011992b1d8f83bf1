/** Copybooks for tests, as free text. */
import * as Result from "effect/Result"
import { layoutOf, type LayoutOptions } from "../layout/LayoutBuilder.ts"
import type { Layout } from "../layout/Layout.ts"
import type { LayoutInvalid } from "../layout/LayoutInvalid.ts"
import { parseCopybook } from "../syntax/CopybookParser.ts"
import type { Copybook, Item } from "../syntax/Item.ts"

/** Its items; the text must be right. */
export const copybookOf = (text: string): Copybook =>
  Result.getOrThrow(parseCopybook(text, { format: "free" }))

/** The items of a text, each with a change that the parser would refuse. */
export const changed = (text: string, change: (item: Item) => Item): Copybook => {
  const through = (item: Item): Item => change({ ...item, children: item.children.map(through) })
  return { items: copybookOf(text).items.map(through), warnings: [] }
}

/** Its layout; the text must have one. */
export const layoutOfText = (text: string, options?: LayoutOptions): Layout =>
  Result.getOrThrow(layoutOf(copybookOf(text), options))

/** Why it has no layout; it must have none. */
export const refusalOf = (copybook: Copybook, options?: LayoutOptions): LayoutInvalid =>
  Result.getOrThrow(Result.flip(layoutOf(copybook, options)))

/** Why it has no layout; the text must have none. */
export const refusalOfText = (text: string, options?: LayoutOptions): LayoutInvalid =>
  refusalOf(copybookOf(text), options)
