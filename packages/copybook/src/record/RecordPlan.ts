/**
 * What a layout and options come to, worked out once: a tree of steps that decoding, encoding and
 * single reads walk.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FaultPolicy } from "../field/Fault.ts"
import { faultClasses } from "../field/FaultCode.ts"
import type { FieldCodec } from "../field/CodecShape.ts"
import * as FieldCodecs from "../field/FieldCodec.ts"
import type { FieldOptions } from "../field/FieldOptions.ts"
import { policyOf } from "../field/Policy.ts"
import { trimOf } from "../field/TextCodec.ts"
import type { ElementaryField, Field, Layout } from "../layout/Layout.ts"
import { CodecOptionsInvalid } from "./CodecOptionsInvalid.ts"
import type { CodecOptions, FieldOverride, PhysicalSize } from "./CodecOptions.ts"
import { type Counter, Step, type StepKind } from "./Step.ts"
import { pathsOf } from "./ViewRule.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordPlan {
  readonly layout: Layout
  readonly options: CodecOptions
  readonly physicalSize: PhysicalSize
  readonly root: Step
  readonly slots: number
  /** Where a counter lies that stands behind its table, by slot. */
  readonly slotOffsets: ReadonlyArray<number>
  /** Every elementary field and group by its path: the steps from the root down to it. */
  readonly chains: ReadonlyMap<string, ReadonlyArray<Step>>
}

const isFiller = (field: Field): boolean => field.isFiller

/** A counter may be below the minimum of its table, whatever that is. */
const varies = (field: Field): boolean =>
  field.length !== field.lengthMin ||
  field.table?.counter !== undefined ||
  (field.kind === "group" && field.fields.some(varies))

/** Whether a field, or one in it or around it, is asked for. */
const isAskedFor = (field: Field, select: ReadonlyArray<string> | undefined): boolean =>
  select === undefined ||
  select.some(
    (path) =>
      path === field.path || field.path.startsWith(`${path}.`) || path.startsWith(`${field.path}.`),
  )

class Planner {
  readonly #layout: Layout
  readonly #options: CodecOptions
  readonly #isWhole: boolean
  readonly problems: Array<string> = []
  readonly slots = new Map<string, number>()
  readonly chains = new Map<string, ReadonlyArray<Step>>()
  readonly #fields = new Map<string, Field>()

  constructor(layout: Layout, options: CodecOptions, isWhole: boolean) {
    this.#layout = layout
    this.#options = options
    this.#isWhole = isWhole
    this.#index(layout.root)
  }

  #index(field: Field): void {
    this.#fields.set(field.path, field)
    const counter = field.table?.counter
    if (counter !== undefined && !this.slots.has(counter)) this.slots.set(counter, this.slots.size)
    if (field.kind === "group") for (const each of field.fields) this.#index(each)
  }

  /** Every path in the options is one of the layout. */
  check(): void {
    const { counterValues, fields, select, viewRules, views } = this.#options
    const named: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
      ["fields", Object.keys(fields ?? {})],
      ["counterValues", Object.keys(counterValues ?? {})],
      ["select", select ?? []],
      ["views", views ?? []],
      ["viewRules", (viewRules ?? []).flatMap(({ view, when }) => [view, ...pathsOf(when)])],
    ]
    for (const [option, paths] of named) {
      for (const path of paths) {
        if (!this.#fields.has(path)) {
          this.problems.push(`${option} names ${path}, and there is no such field`)
        }
      }
    }
    for (const path of Object.keys(fields ?? {})) {
      if (this.#fields.get(path)?.kind === "group") {
        this.problems.push(`fields names ${path}, which is a group: name the fields in it`)
      }
    }
    for (const { when } of viewRules ?? []) {
      for (const path of pathsOf(when)) {
        if (this.#fields.get(path)?.kind === "group") {
          this.problems.push(`viewRules compares ${path}, which is a group`)
        }
      }
    }
    for (const [path, counts] of Object.entries(counterValues ?? {})) {
      const isCount = Object.values(counts).every((each) => Number.isInteger(each) && each >= 0)
      if (!isCount) this.problems.push(`counterValues of ${path} are not all counts`)
    }
  }

  #override(path: string): FieldOverride | undefined {
    return this.#options.fields?.[path]
  }

  #fieldOptions(path: string): FieldOptions {
    return { ...this.#options, ...this.#override(path) }
  }

  #policies(path: string): ReadonlyArray<FaultPolicy> {
    const own = this.#override(path)?.policies
    return faultClasses.map((kind) => policyOf(kind, this.#options.policies, own))
  }

  #key(field: Field): string {
    const name = this.#options.names === "underscore" ? field.name.replaceAll("-", "_") : field.name
    // This one name would set an object's prototype.
    return name === "__proto__" ? "__proto___" : name
  }

  #elementary(field: ElementaryField): Step {
    const options = this.#fieldOptions(field.path)
    const codec = FieldCodecs.make(field, this.#layout.dialect, options)
    const step = new Step(this.#fastKind(field, codec, options), field, this.#key(field))
    step.codec = codec
    step.policies = this.#policies(field.path)
    step.slot = this.slots.get(field.path) ?? -1
    step.isShown = !isFiller(field) || this.#options.hasFillers === true
    const trim = trimOf(field, options)
    step.isTrimmedRight = trim === "right" || trim === "both"
    step.isTrimmedLeft = trim === "left" || trim === "both"
    step.trimmedFrom = options.trimsControls === true ? 0 : 0x20
    const { storage } = field
    if ("scale" in storage) step.divisor = 10 ** storage.scale
    if (codec.zoned !== undefined) {
      step.zone = codec.zoned.zone
      step.table256 = codec.zoned.table
    }
    if (codec.packed !== undefined) {
      step.signs = codec.packed.signs
      step.limit = codec.packed.limit
    }
    if (storage.kind === "binary") {
      step.isBig = storage.endian === "big"
      step.isSigned = storage.isSigned
    }
    return step
  }

  /** Kinds whose fast path gives exactly what the codec gives. */
  #fastKind(field: ElementaryField, codec: FieldCodec, options: FieldOptions): StepKind {
    const { storage } = field
    const isRaw = this.#options.rawFields !== undefined || field.isBlankWhenZero
    if (isRaw || options.as !== undefined) return "field"
    // A longer text is rare, and would make every record translate too much.
    if (codec.isPlainText && options.codePage === this.#options.codePage && field.length <= 4096)
      return "text"
    if (codec.zoned !== undefined && codec.zoned.storage.scale >= 0) return "zoned"
    if (codec.packed !== undefined && codec.packed.storage.scale >= 0) return "packed"
    const isInteger =
      storage.kind === "binary" &&
      storage.bytes <= 4 &&
      storage.scale >= 0 &&
      storage.scale <= 22 &&
      (options.numbers ?? "native") === "native" &&
      (storage.isFullRange || options.binaryRange !== "digits")
    return isInteger ? "integer" : "field"
  }

  #plain(field: Field, chain: ReadonlyArray<Step>): Step {
    if (field.kind === "elementary") {
      const step = this.#elementary(field)
      step.tablePaths = tablesOf(chain)
      return step
    }
    const step = new Step("group", field, this.#key(field))
    const { fillerGroups = "keep", groups = "nested" } = this.#options
    const isFillerGroup = isFiller(field) && field.table === undefined
    step.isDissolved = groups === "flat" || (isFillerGroup && fillerGroups === "dissolve")
    if (field.table !== undefined) step.isDissolved = false
    step.isShown = !(isFiller(field) && fillerGroups === "drop")
    this.#fill(step, field.fields, [...chain, step])
    return step
  }

  #step(field: Field, chain: ReadonlyArray<Step>): Step {
    let step: Step
    if (field.table === undefined) {
      step = this.#plain(field, chain)
      this.chains.set(field.path, [...chain, step])
    } else {
      step = new Step("table", field, this.#key(field))
      const { counter } = field.table
      step.table = field.table
      step.policies = this.#policies(field.path)
      if (counter !== undefined) {
        step.counterSlot = this.slots.get(counter) ?? -1
        step.counter = this.#counter(counter, field.path)
      }
      const element = this.#plain(field, [...chain, step])
      step.steps = [element]
      step.isShown = element.isShown
      this.chains.set(field.path, [...chain, step, element])
      step.walks =
        element.isVariable || element.walks.length > 0 || element.slot >= 0 ? [element] : []
    }
    step.tablePaths = tablesOf(chain)
    step.isVariable = varies(field)
    if (!isAskedFor(field, this.#options.select)) {
      if (!this.#isWhole) step.isShown = false
      for (const each of field.table === undefined ? [step] : [step, ...step.steps]) {
        each.isAskedFor = false
      }
    }
    return step
  }

  #counter(path: string, table: string): Counter | undefined {
    const field = this.#fields.get(path)
    if (field?.kind !== "elementary") return undefined
    const values = this.#options.counterValues?.[table]
    const codec = FieldCodecs.make(field, this.#layout.dialect, {
      ...this.#fieldOptions(path),
      numbers: "native",
      trim: "both",
    })
    return {
      field,
      codec,
      values: values === undefined ? undefined : new Map(Object.entries(values)),
    }
  }

  /** Siblings that take each other's place become one step. */
  #fill(parent: Step, fields: ReadonlyArray<Field>, chain: ReadonlyArray<Step>): void {
    const bases = new Map<string, Array<Field>>()
    for (const field of fields) {
      if (field.redefines === undefined) bases.set(field.path, [field])
      else bases.get(field.redefines)?.push(field)
    }
    for (const views of bases.values()) {
      const [first] = views
      if (first === undefined) continue
      parent.steps.push(
        views.length === 1 ? this.#step(first, chain) : this.#cluster(first, views, chain),
      )
    }
    const walks = parent.steps.filter(
      (step) => step.isVariable || step.slot >= 0 || step.walks.length > 0,
    )
    parent.walks = walks
    parent.isVariable = varies(parent.field)
    settleKeys(parent)
  }

  #cluster(first: Field, views: ReadonlyArray<Field>, chain: ReadonlyArray<Step>): Step {
    const size = (field: Field): number =>
      field.table === undefined ? field.length : field.table.stride * field.table.max
    const step = new Step("cluster", first, "", Math.max(...views.map(size)))
    step.isDissolved = true
    const chosen = views.filter((view) => this.#options.views?.includes(view.path) === true)
    step.steps = views.map((view) => {
      const each = this.#step(view, [...chain, step])
      each.rule = this.#options.viewRules?.find((rule) => rule.view === view.path)?.when
      if (chosen.length > 0 && !chosen.includes(view)) each.isShown = false
      return each
    })
    step.isVariable = step.steps.some(({ isVariable }) => isVariable)
    step.isShown = step.steps.some(({ isShown }) => isShown)
    step.isAskedFor = step.steps.some((view) => view.isAskedFor)
    step.walks = step.steps.filter(
      (each) => each.isVariable || each.slot >= 0 || each.walks.length > 0,
    )
    return step
  }

  plan(): Step {
    const { root } = this.#layout
    const top = new Step("group", root, this.#key(root))
    top.policies = this.#policies(root.path)
    // A record of one elementary item has an object with that item around it.
    if (root.kind === "group" && root.table === undefined) {
      this.chains.set(root.path, [top])
      this.#fill(top, root.fields, [top])
    } else this.#fill(top, [root], [top])
    return top
  }
}

const tablesOf = (chain: ReadonlyArray<Step>): ReadonlyArray<string> =>
  chain.filter(({ kind }) => kind === "table").map(({ field }) => field.path)

/** The steps that put keys into an object, groups without one of their own opened up. */
const keyed = (step: Step): ReadonlyArray<Step> =>
  step.steps.flatMap((each) => {
    if (!each.isShown) return []
    return each.isDissolved ? keyed(each) : [each]
  })

/**
 * The keys that the object of a group can have.
 *
 * @category getters
 * @since 0.1.0
 */
export const namesOf = (parent: Step): ReadonlySet<string> => {
  parent.names ??= new Set(keyed(parent).map(({ key }) => key))
  return parent.names
}

/** Makes keys of one object unique, and lays out the object where all of its keys are known. */
const settleKeys = (parent: Step): void => {
  const taken = new Set<string>()
  const steps = keyed(parent)
  // Those that are decoded have the same names whether the others are there or not.
  for (const step of steps.toSorted((a, b) => Number(b.isAskedFor) - Number(a.isAskedFor))) {
    const base = step.key
    for (let number = 2; taken.has(step.key); number++) step.key = `${base}_${number}`
    taken.add(step.key)
  }
}

/** Whether its object has the same keys whatever the record holds: rules may leave views out. */
const isSettled = (parent: Step, isFirstOnly: boolean): boolean =>
  parent.steps.every((step) => {
    if (!step.isShown) return true
    const mayVary = step.steps.some(
      (view) => isFirstOnly || (view.isShown && view.rule !== undefined),
    )
    if (step.kind === "cluster" && mayVary) return false
    return !step.isDissolved || isSettled(step, isFirstOnly)
  })

/** An object with all its keys, to be copied: making one key by key takes several times as long. */
const layOut = (parent: Step, isFirstOnly: boolean): void => {
  if (isSettled(parent, isFirstOnly)) {
    const empty = Object.fromEntries(keyed(parent).map(({ key }) => [key, ""]))
    // Parsed, since that makes an object whose shape is settled before it is copied.
    parent.template = JSON.parse(JSON.stringify(empty)) as Record<string, unknown>
  }
  for (const step of parent.steps) layOut(step, isFirstOnly)
}

/**
 * Plans the records of a layout.
 *
 * @param isWhole whether fields that are not selected have values all the same, as encoding wants
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  layout: Layout,
  options: CodecOptions,
  isWhole = false,
): Result.Result<RecordPlan, CodecOptionsInvalid> => {
  const planner = new Planner(layout, options, isWhole)
  planner.check()
  if (planner.problems.length > 0) {
    return Result.fail(new CodecOptionsInvalid({ layout: layout.name, problems: planner.problems }))
  }
  const root = planner.plan()
  layOut(root, options.redefines === "first")
  const slotOffsets: Array<number> = []
  for (const [path, slot] of planner.slots) {
    slotOffsets[slot] = planner.chains.get(path)?.at(-1)?.offset ?? 0
  }
  return Result.succeed({
    layout,
    options,
    physicalSize: options.physicalSize ?? (layout.dialect === "ibm" ? "actual" : "maximum"),
    root,
    slots: planner.slots.size,
    slotOffsets,
    chains: planner.chains,
  })
}

/**
 * The fields that are counters, by their slots.
 *
 * @category getters
 * @since 0.1.0
 */
export const countersOf = (plan: RecordPlan): ReadonlyArray<Step | undefined> => {
  const steps: Array<Step | undefined> = []
  for (const chain of plan.chains.values()) {
    const step = chain.at(-1)
    if (step !== undefined && step.slot >= 0) steps[step.slot] = step
  }
  return steps
}
