/**
 * What settings make of a layout: all that reading or writing its file needs.
 *
 * Apart from the making of the layout, whose fingerprint is Node's: a browser has its own.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { CodePage } from "../charset/CodePage.ts"
import type { CodePageUnknown } from "../charset/CodePageUnknown.ts"
import { codePage } from "../charset/CodePages.ts"
import type { FieldReader, FramerOptions, Framing } from "../framing/Framing.ts"
import type { FramingInvalid } from "../framing/FramingInvalid.ts"
import { recordFields } from "../framing/RecordFields.ts"
import { makeSegments, type Segments } from "../framing/Segments.ts"
import { type DialectRules, dialects } from "../layout/Dialect.ts"
import type { Layout } from "../layout/Layout.ts"
import type { LayoutOptions } from "../layout/LayoutMaking.ts"
import { elementaryFields, fieldAt } from "../layout/LayoutTree.ts"
import type { CodecOptions, FieldOverride } from "../record/CodecOptions.ts"
import type { ViewCondition } from "../record/ViewRule.ts"
import { pathResolver } from "./FieldNames.ts"
import type { FileSettings } from "./FileSettings.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FilePlan {
  readonly layout: Layout
  readonly framing: Framing
  readonly framer: Omit<FramerOptions, "mode">
  readonly codec: CodecOptions
  /** Reads what framing needs of records. */
  readonly fields: FieldReader
  readonly segments: Segments | undefined
  readonly settings: FileSettings
}

const dialectOf = (
  dialect: NonNullable<FileSettings["layout"]>["dialect"],
): DialectRules | undefined => {
  if (dialect === undefined) return undefined
  if (typeof dialect === "string") return dialects[dialect]
  const { base, ...changes } = dialect
  return { ...dialects[base], ...changes }
}

/**
 * The options of a layout as settings have them, a dialect that was changed as its rules.
 *
 * @category constructors
 * @since 0.1.0
 */
export const layoutOptions = ({ layout = {} }: FileSettings): LayoutOptions => {
  const { dialect, ...rest } = layout
  const rules = dialectOf(dialect)
  return { ...rest, ...(rules === undefined ? {} : { dialect: rules }) }
}

type Pages = (name: string) => Result.Result<CodePage, CodePageUnknown>

const overridesOf = (
  fields: NonNullable<FileSettings["codec"]>["fields"],
  pages: Pages,
): Result.Result<Readonly<Record<string, FieldOverride>>, CodePageUnknown> => {
  const overrides: Record<string, FieldOverride> = {}
  for (const [path, { codePage: name, ...rest }] of Object.entries(fields ?? {})) {
    if (name === undefined) {
      overrides[path] = rest
      continue
    }
    const page = pages(name)
    if (Result.isFailure(page)) return Result.fail(page.failure)
    overrides[path] = { ...rest, codePage: page.success }
  }
  return Result.succeed(overrides)
}

type Overrides = NonNullable<NonNullable<FileSettings["codec"]>["fields"]>

/** What is said of a group, of each field in it; what is said of a field or of a group further in stands over it. */
const ofFields = (layout: Layout, fields: Overrides): Overrides => {
  const spread: Record<string, Overrides[string]> = {}
  const outerFirst = Object.entries(fields).toSorted(([one], [other]) => one.length - other.length)
  for (const [path, override] of outerFirst) {
    const isGroup = fieldAt(layout, path)?.kind === "group"
    const paths = isGroup
      ? elementaryFields(layout).flatMap((each) =>
          each.path.startsWith(`${path}.`) ? [each.path] : [],
        )
      : [path]
    for (const each of paths) {
      const policies = { ...spread[each]?.policies, ...override.policies }
      spread[each] = { ...spread[each], ...override, policies }
    }
  }
  return spread
}

const withKeys = <A>(
  record: Readonly<Record<string, A>> | undefined,
  resolve: (name: string) => string,
): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [resolve(name), value]))

const conditionOf = (when: ViewCondition, resolve: (name: string) => string): ViewCondition => {
  if ("field" in when) return { ...when, field: resolve(when.field) }
  if ("not" in when) return { not: conditionOf(when.not, resolve) }
  return "and" in when
    ? { and: when.and.map((each) => conditionOf(each, resolve)) }
    : { or: when.or.map((each) => conditionOf(each, resolve)) }
}

/** The settings with every name of a field as the layout has it. */
const resolved = (layout: Layout, settings: FileSettings): FileSettings => {
  const resolve = pathResolver(layout)
  const { codec = {}, segments } = settings
  const { counterValues, fields, select, viewRules, views } = codec
  const children = Object.entries(segments?.children ?? {}).map(
    ([parent, each]) => [resolve(parent), each.map(resolve)] as const,
  )
  return {
    ...settings,
    codec: {
      ...codec,
      ...(fields === undefined ? {} : { fields: ofFields(layout, withKeys(fields, resolve)) }),
      ...(counterValues === undefined ? {} : { counterValues: withKeys(counterValues, resolve) }),
      ...(select === undefined ? {} : { select: select.map(resolve) }),
      ...(views === undefined ? {} : { views: views.map(resolve) }),
      ...(viewRules === undefined
        ? {}
        : {
            viewRules: viewRules.map(({ view, when }) => ({
              view: resolve(view),
              when: conditionOf(when, resolve),
            })),
          }),
    },
    ...(segments === undefined
      ? {}
      : {
          segments: {
            ...segments,
            views: withKeys(segments.views, resolve),
            ...(segments.children === undefined ? {} : { children: Object.fromEntries(children) }),
          },
        }),
  }
}

/** What a layout's records are framed as, where nobody says: by length, or by their counters. */
const framingOf = ({ framing }: FileSettings, { lengthMax, lengthMin }: Layout): Framing => {
  if (framing === undefined) {
    return lengthMin === lengthMax ? { kind: "fixed", length: lengthMax } : { kind: "counters" }
  }
  if (framing.kind === "micro-focus") return { lengthMax, lengthMin, ...framing }
  if (framing.kind !== "fixed") return framing
  return { ...framing, length: framing.length ?? lengthMax }
}

/**
 * The plan of a layout's file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const planRecords = (
  layout: Layout,
  given: FileSettings,
): Result.Result<FilePlan, CodePageUnknown | FramingInvalid> => {
  const settings = resolved(layout, given)
  const { controls, newline } = settings
  const variant = {
    ...(newline === undefined ? {} : { newline }),
    ...(controls === undefined ? {} : { controls }),
  }
  const pages: Pages = (name) => codePage(name, variant)
  const { fields: overridden, ...codec } = settings.codec ?? {}
  return Result.flatMap(pages(settings.codePage ?? "cp037"), (page) =>
    Result.flatMap(overridesOf(overridden, pages), (overrides) => {
      const options: CodecOptions = { ...codec, codePage: page, fields: overrides }
      const fields = recordFields(layout, options)
      const segments: Result.Result<Segments | undefined, FramingInvalid> =
        settings.segments === undefined
          ? Result.succeed(undefined)
          : makeSegments(settings.segments, fields)
      return Result.map(segments, (made) => ({
        layout,
        framing: framingOf(settings, layout),
        framer: settings.framer ?? {},
        codec: options,
        fields,
        segments: made,
        settings,
      }))
    }),
  )
}
