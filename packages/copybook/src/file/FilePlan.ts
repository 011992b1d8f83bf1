/**
 * A copybook and settings, put together: all that reading or writing a file needs.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { CodePageUnknown } from "../charset/CodePageUnknown.ts"
import type { FramingInvalid } from "../framing/FramingInvalid.ts"
import { mergeCopybooks } from "../layout/CopybookMerge.ts"
import type { Layout } from "../layout/Layout.ts"
import { layoutOf } from "../layout/LayoutBuilder.ts"
import type { LayoutInvalid } from "../layout/LayoutInvalid.ts"
import type { MemberResolver } from "../source/CopyReplacing.ts"
import type { CopybookInvalid } from "../syntax/CopybookInvalid.ts"
import { parseCopybook } from "../syntax/CopybookParser.ts"
import type { Copybook } from "../syntax/Item.ts"
import type { FileSettings } from "./FileSettings.ts"
import { type FilePlan, layoutOptions, planRecords } from "./PlanMaking.ts"

export { type FilePlan, planRecords } from "./PlanMaking.ts"

/**
 * @category errors
 * @since 0.1.0
 */
export type FilePlanError = CodePageUnknown | CopybookInvalid | FramingInvalid | LayoutInvalid

/**
 * The layout of a copybook, or of several whose records are merged.
 *
 * @param texts the copybook's text, or those of all
 * @param resolve finds what COPY names
 * @category constructors
 * @since 0.1.0
 */
export const planLayout = (
  texts: string | ReadonlyArray<string>,
  settings: FileSettings,
  resolve?: MemberResolver,
): Result.Result<Layout, CopybookInvalid | LayoutInvalid> => {
  const options = { ...settings.copybook, ...(resolve === undefined ? {} : { resolve }) }
  const parsed: Array<Copybook> = []
  for (const text of typeof texts === "string" ? [texts] : texts) {
    const one = parseCopybook(text, options)
    if (Result.isFailure(one)) return Result.fail(one.failure)
    parsed.push(one.success)
  }
  const [first, ...others] = parsed
  return layoutOf(
    first !== undefined && others.length === 0 ? first : mergeCopybooks(parsed),
    layoutOptions(settings),
  )
}

/**
 * The plan of a copybook's file.
 *
 * @param texts the copybook's text, or those of all
 * @param resolve finds what COPY names
 * @category constructors
 * @since 0.1.0
 */
export const planFile = (
  texts: string | ReadonlyArray<string>,
  settings: FileSettings = {},
  resolve?: MemberResolver,
): Result.Result<FilePlan, FilePlanError> =>
  Result.flatMap(planLayout(texts, settings, resolve), (layout) => planRecords(layout, settings))
