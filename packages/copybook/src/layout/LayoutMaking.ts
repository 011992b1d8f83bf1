/**
 * From the items of a copybook to the layout of a record, or every finding that stands against it.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Diagnostic, Span } from "../source/Diagnostic.ts"
import type { Copybook, Item } from "../syntax/Item.ts"
import { markShifted, resolveCounters } from "./Counting.ts"
import { type DialectRules, dialects } from "./Dialect.ts"
import { type Draft, everyDraft, totalLength, totalLengthMin } from "./Draft.ts"
import { draftOf, itemOf, overlay } from "./DraftTree.ts"
import type { Alias, Dialect, Field, Layout, Table } from "./Layout.ts"
import { finding } from "./LayoutCode.ts"
import { LayoutInvalid } from "./LayoutInvalid.ts"
import { place } from "./Placement.ts"
import { aliasesOf } from "./Renaming.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LayoutOptions {
  /** Which compiler's rules hold. @default "ibm" */
  readonly dialect?: Dialect | DialectRules
  /** The name of the one record to lay out, of several at level 01. */
  readonly record?: string
  /**
   * What several records without REDEFINES are: views of the same bytes, as under one FD; parts
   * that follow one another; or the first alone. A fragment, whose items have other levels than
   * 01 and 77, is always one record. @default "redefine", with a warning
   */
  readonly records?: "first" | "redefine" | "concatenate"
  /** The name of the record that holds several records or the items of a fragment. @default "RECORD" */
  readonly name?: string
  /** Units: bytes. Range: 1 to 2³¹ − 1. @default 16 MiB */
  readonly recordSizeMax?: number
  /**
   * Places of elementary fields in one record, those in tables counted often.
   * Range: 1 to 2³¹ − 1. @default 1,048,576
   */
  readonly placesMax?: number
}

const nowhere: Span = { line: 1, column: 1, offset: 0, length: 0 }

const isRecordLevel = ({ level }: Item): boolean => level === 1 || level === 77

/** The roots that the options choose, and what they are to each other. */
const chooseRoots = (
  { items }: Copybook,
  { record, records }: LayoutOptions,
  report: (diagnostic: Diagnostic) => void,
): { readonly roots: ReadonlyArray<Item>; readonly areViews: boolean } => {
  const [first] = items
  if (first === undefined) {
    report(finding("CPY-2070", nowhere, "the copybook has no items"))
    return { roots: [], areViews: false }
  }
  if (record !== undefined) {
    const chosen = items.find(({ name }) => name.toUpperCase() === record.toUpperCase())
    if (chosen !== undefined) return { roots: [chosen], areViews: false }
    const names = items.map(({ name }) => name).slice(0, 20)
    report(
      finding("CPY-2071", nowhere, `there is no record ${record}; there are ${names.join(", ")}`),
    )
    return { roots: [], areViews: false }
  }
  if (records === "first") return { roots: [first], areViews: false }
  const areOwn = items.slice(1).filter((item) => item.redefines === undefined)
  if (areOwn.length === 0 || records === "concatenate" || !items.some(isRecordLevel)) {
    return { roots: items, areViews: false }
  }
  if (records === undefined) {
    const names = items.map(({ name }) => name).slice(0, 20)
    report(finding("CPY-2072", areOwn[0]?.span ?? nowhere, `the records are ${names.join(", ")}`))
  }
  return { roots: items, areViews: true }
}

const tableOf = (draft: Draft): { readonly table?: Table } => {
  const { occurs } = draft.item
  if (occurs === undefined) return {}
  return {
    table: {
      min: occurs.min,
      max: occurs.max,
      stride: draft.length,
      ...(draft.counter === undefined ? {} : { counter: draft.counter.path }),
    },
  }
}

const fieldOf = (draft: Draft): Field => {
  const { item, storage } = draft
  const base = {
    name: draft.name,
    path: draft.path,
    level: item.level,
    isFiller: item.isFiller,
    offset: draft.offset,
    length: draft.length,
    lengthMin: draft.lengthMin,
    ...tableOf(draft),
    isShifted: draft.isShifted,
    ...(draft.target === undefined ? {} : { redefines: draft.target.path }),
    conditions: item.conditions,
    span: item.span,
  }
  if (storage === undefined) {
    return { kind: "group", ...base, fields: draft.children.map(fieldOf) }
  }
  return {
    kind: "elementary",
    ...base,
    storage,
    ...(item.picture === undefined ? {} : { picture: item.picture }),
    isJustified: item.isJustified,
    isBlankWhenZero: item.isBlankWhenZero,
    ...(item.value === undefined ? {} : { value: item.value }),
  }
}

/** Places of elementary fields. */
const placesIn = ({ children, item }: Draft): number => {
  const inside =
    children.length === 0 ? 1 : children.reduce((sum, child) => sum + placesIn(child), 0)
  return inside * (item.occurs?.max ?? 1)
}

const limitMax = 2 ** 31 - 1

const areLimits = (
  limits: Readonly<Record<string, number>>,
  report: (diagnostic: Diagnostic) => void,
): boolean =>
  Object.entries(limits).every(([name, limit]) => {
    if (Number.isInteger(limit) && limit >= 1 && limit <= limitMax) return true
    report(finding("CPY-2062", nowhere, `the option ${name} is ${limit}`))
    return false
  })

const checkLimits = (
  root: Draft,
  recordSizeMax: number,
  placesMax: number,
  report: (diagnostic: Diagnostic) => void,
): void => {
  if (totalLength(root) > recordSizeMax) {
    report(
      finding(
        "CPY-2060",
        root.item.span,
        `${root.name} is longer than the limit of ${recordSizeMax} bytes`,
      ),
    )
  }
  if (placesIn(root) > placesMax) {
    report(finding("CPY-2061", root.item.span, `${root.name} has more than ${placesMax} places`))
  }
}

const aliasesIn = (
  root: Draft,
  roots: ReadonlyArray<Item>,
  report: (diagnostic: Diagnostic) => void,
): ReadonlyArray<Alias> => {
  const records = roots.length === 1 ? [root] : root.children
  return records.flatMap((record) => aliasesOf(record.item.renames, everyDraft(record), report))
}

/**
 * The layout of a copybook's record, its fingerprint made by the caller: a browser has no
 * `node:crypto`, and loads this module alone.
 *
 * Fails with every finding when one of them is an error; warnings alone come with the layout.
 *
 * @param fingerprintOf SHA-256 of `describeLayout`, in hex
 * @category constructors
 * @since 0.1.0
 */
export const layoutWith = (
  copybook: Copybook,
  options: LayoutOptions,
  fingerprintOf: (layout: Pick<Layout, "aliases" | "dialect" | "root">) => string,
): Result.Result<Layout, LayoutInvalid> => {
  const { dialect = "ibm", name = "RECORD", placesMax = 2 ** 20 } = options
  const { recordSizeMax = 16 * 1024 * 1024 } = options
  const rules = typeof dialect === "string" ? dialects[dialect] : dialect
  const diagnostics: Array<Diagnostic> = []
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic)
  }
  const failure = () =>
    Result.fail(
      new LayoutInvalid({
        diagnostics: diagnostics.toSorted((one, other) => one.span.offset - other.span.offset),
      }),
    )
  const { areViews, roots } = chooseRoots(copybook, options, report)
  const [first] = roots
  if (first === undefined || !areLimits({ placesMax, recordSizeMax }, report)) return failure()

  const item = roots.length === 1 ? first : itemOf(name, roots)
  const root = draftOf(item, rules, report)
  if (areViews) overlay(root.children)
  place(root, 0, false, { rules, report, recordSizeMax })
  checkLimits(root, recordSizeMax, placesMax, report)
  resolveCounters(everyDraft(root), report)
  markShifted(root, report)
  const aliases = aliasesIn(root, roots, report)
  if (diagnostics.some(({ severity }) => severity === "error")) return failure()

  const field = fieldOf(root)
  const described = { dialect: rules.dialect, root: field, aliases }
  return Result.succeed({
    name: root.name,
    ...described,
    lengthMax: totalLength(root),
    // Records that are views of one buffer may each come with a length of their own.
    lengthMin: areViews
      ? root.children.map(totalLengthMin).reduce((one, other) => Math.min(one, other))
      : totalLengthMin(root),
    fingerprint: fingerprintOf(described),
    ...(diagnostics.length === 0
      ? {}
      : { warnings: diagnostics.toSorted((one, other) => one.span.offset - other.span.offset) }),
  })
}
