/**
 * From a record plan to what the JSON kernel walks: the same keys and values in the same order
 * as `JSON.stringify` of what the record decoder gives.
 *
 * @since 0.1.0
 */
import { isNative } from "../field/Digits.ts"
import type { Arena } from "../kernels/Arena.ts"
import { faultClasses } from "../field/FaultCode.ts"
import { flags, guards, headWords, kinds, limits, none, opWords } from "../kernels/JsonPlan.ts"
import type { ElementaryField } from "../layout/Layout.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Step } from "../record/Step.ts"
import { pathsOf, type ViewCondition } from "../record/ViewRule.ts"
import * as FieldShape from "./FieldShape.ts"
import type { TablePool } from "./TablePool.ts"

/**
 * A plan in memory.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonProgram {
  readonly address: number
  /** Units: bytes. */
  readonly longestLine: number
  /** Fields whose values are written beforehand, and where the address of their entries goes. */
  readonly externals: ReadonlyArray<{ readonly step: Step; readonly address: number }>
  /** Rules of views, and where the address of what they say of each record goes. */
  readonly rules: ReadonlyArray<{ readonly rule: ViewCondition; readonly address: number }>
}

/** Something that the kernel has no operation for. */
class Inexpressible extends Error {}

const doubleMost = 10n ** 15n - 1n
/** Below this JavaScript writes numbers with an exponent. */
const nativeScaleMost = 6
/** What a number may take besides its digits: sign, point, quotation marks, zeros. */
const numberSlack = 8

interface Op {
  readonly words: Uint32Array
  prefix: string
}

/** What stands before a member: nothing, another one, or that is only known of each record. */
type Lead = "first" | "behind" | "unknown"

const shortClass = faultClasses.indexOf("short")

type NumericShape = Exclude<FieldShape.FieldShape, FieldShape.TextShape>

class Builder {
  readonly ops: Array<Op> = []
  readonly externals: Array<{ readonly step: Step; readonly op: number }> = []
  readonly rules: Array<{ readonly rule: ViewCondition; readonly op: number }> = []
  longest = 0
  /** How long a record is at least, of which nothing moves. */
  least = 0
  /** Whether the places of fields depend on what the record holds. */
  isMoved = false
  hasMovedViews = false
  private readonly plan: RecordPlan
  private readonly tables: TablePool
  private pending = ""
  private times = 1
  private depth = 0
  /** From an enclosing table's first occurrence to its last. */
  private reach = 0
  private lead: Lead = "first"
  private isElided = false
  /** Enclosing views that may be left out, or have faults. */
  private clusters = 0
  private readonly counted = new Set<number>()

  constructor(plan: RecordPlan, tables: TablePool) {
    this.plan = plan
    this.tables = tables
  }

  private op(kind: number, isSilent = false): Uint32Array {
    const words = new Uint32Array(opWords)
    words[0] = kind
    words[7] = none
    words[12] = none
    const prefix = isSilent ? "" : this.pending
    if (!isSilent) {
      this.pending = ""
      if (this.isElided) words[13] = guards.elides
      this.isElided = false
    }
    this.longest += prefix.length * 3 * this.times
    this.ops.push({ words, prefix })
    return words
  }

  /** What is to be written before something that is not always written. */
  private flush(): void {
    if (this.pending !== "") this.op(kinds.literal)
  }

  build(): void {
    this.object(this.plan.root)
    this.flush()
  }

  private object(step: Step): void {
    const { lead } = this
    this.pending += "{"
    this.lead = "first"
    this.members(step)
    this.pending += "}"
    this.lead = lead
  }

  /** What has a key in an object, in order: views of the same bytes follow each other. */
  private members(step: Step): void {
    for (const each of step.steps) {
      if (each.kind === "cluster") this.cluster(each)
      else this.member(each)
    }
  }

  private member(step: Step): void {
    if (!step.isShown) {
      this.hidden(step)
      return
    }
    if (step.isDissolved) {
      this.members(step)
      return
    }
    if (this.lead === "unknown") {
      // The comma has to come first in what is written, so that it can be left out.
      this.flush()
      this.isElided = true
    }
    this.pending += `${this.lead === "first" ? "" : ","}${JSON.stringify(step.key)}:`
    this.lead = "behind"
    this.value(step)
  }

  private cluster(step: Step): void {
    const { redefines = "fitting" } = this.plan.options
    const shown = step.steps.filter(({ isShown }) => isShown)
    const isRuled = shown.some(({ rule }) => rule !== undefined)
    const isSimple = redefines === "all" || shown.length <= 1
    if (!step.isVariable && !isRuled && isSimple) {
      this.members(step)
      return
    }
    if (this.clusters >= limits.clusters || (step.isVariable && this.depth > 0)) {
      throw new Inexpressible()
    }
    this.clusters++
    this.op(kinds.cluster)
    const { lead } = this
    const leads = new Set<Lead>([lead])
    for (const view of step.steps) {
      if (view.isShown) {
        // Of views of which only the first is kept, none stands behind another.
        if (redefines === "first") this.lead = lead
        this.view(view, step, redefines === "first")
        leads.add(this.lead)
      } else if (!step.isVariable) this.hidden(view)
    }
    if (redefines === "first" && leads.size > 1) this.lead = "unknown"
    const end = this.op(kinds.clusterEnd)
    const isMoving = step.isVariable && this.plan.physicalSize !== "maximum"
    end[4] = isMoving ? 1 : 0
    if (isMoving) {
      this.isMoved = true
      this.hasMovedViews = true
    }
    this.clusters--
  }

  private view(view: Step, cluster: Step, isFirstOnly: boolean): void {
    const { rule, table } = view
    const { lead } = this
    const counted = new Set(this.counted)
    const words = this.op(kinds.view)
    if (rule !== undefined) {
      if (!this.isStill(rule)) throw new Inexpressible()
      this.rules.push({ rule, op: this.ops.length - 1 })
    }
    words[4] = isFirstOnly ? 1 : 0
    this.member(view)
    const end = this.op(kinds.viewEnd)
    const size = table === undefined ? view.length : table.stride * table.max
    const isMoving = cluster.isVariable && this.plan.physicalSize !== "maximum"
    end[4] = isMoving ? cluster.length - size : 0
    end[7] = isFirstOnly ? 1 : 0
    words[6] = this.ops.length
    if (rule === undefined && !isFirstOnly) return
    if (this.lead !== lead) this.lead = lead === "first" ? "unknown" : lead
    // Where the view is left out nobody reads its counters.
    for (const slot of this.counted) if (!counted.has(slot)) this.counted.delete(slot)
  }

  /** Whether a rule asks for fields that lie at one place in every record. */
  private isStill(rule: ViewCondition): boolean {
    return pathsOf(rule).every((path) => {
      const chain = this.plan.chains.get(path) ?? []
      const last = chain.at(-1)
      const isMoved = this.plan.physicalSize !== "maximum" || this.hasMovedViews
      return (
        last?.field.kind === "elementary" &&
        !(isMoved && last.field.isShifted) &&
        chain.every(({ kind }) => kind !== "table")
      )
    })
  }

  private value(step: Step): void {
    if (step.kind === "group") this.object(step)
    else if (step.kind === "table") this.table(step, false)
    else this.field(step)
  }

  /** Counters are read and tables walked over, whoever sees them. */
  private hidden(step: Step): void {
    if (step.kind === "cluster") throw new Inexpressible()
    if (step.kind === "table") {
      if (step.walks.length > 0 || step.isVariable) this.table(step, true)
    } else if (step.kind === "group") for (const each of step.walks) this.hidden(each)
    else if (step.slot >= 0) this.field(step)
  }

  private table(step: Step, isSilent: boolean): void {
    const { max = 1, min = 0, stride = 0 } = step.table ?? {}
    const [element] = isSilent ? step.walks : step.steps
    if (step.counter?.values !== undefined || this.depth + 1 >= limits.depth) {
      throw new Inexpressible()
    }
    // A counter behind its table is not known yet.
    if (step.counterSlot >= 0 && !this.counted.has(step.counterSlot)) throw new Inexpressible()
    if (isSilent) this.flush()
    else this.pending += "["
    const words = this.op(kinds.loop, isSilent)
    const index = this.ops.length - 1
    words[4] = stride
    words[5] = max
    words[7] = step.counterSlot < 0 ? none : step.counterSlot
    words[9] = this.plan.physicalSize === "maximum" ? 0 : flags.moves
    words[10] = this.plan.options.allowsFewer === true ? 0 : min
    const reach = stride * Math.max(0, max - 1)
    this.depth++
    this.reach += reach
    this.times *= Math.max(1, max)
    if (element !== undefined) {
      if (isSilent) this.hidden(element)
      else this.value(element)
    }
    this.flush()
    this.longest += this.times
    this.times /= Math.max(1, max)
    this.reach -= reach
    this.depth--
    if (!isSilent) this.pending = "]"
    const next = this.op(kinds.next, isSilent)
    next[4] = index
    next[9] = isSilent ? flags.silent : 0
    words[6] = this.ops.length
    if (step.counterSlot >= 0) this.isMoved = true
  }

  private field(step: Step): void {
    // A field of its own is always elementary.
    const field = step.field as ElementaryField
    const { layout, options } = this.plan
    const own = { ...options, ...options.fields?.[field.path] }
    const shape =
      options.rawFields === undefined ? FieldShape.make(field, layout.dialect, own) : undefined
    if (shape === undefined) this.external(step, field)
    else if (shape.kind === "text") this.text(shape, step, field)
    else this.number(shape, step, field, own.numbers ?? "native")
  }

  /** What becomes of a value that can't be read, or lies behind the record's end. */
  private guard(words: Uint32Array, step: Step, isExact: boolean): void {
    const { field, policies } = step
    const inRecord = words[3] ?? 0
    const end = field.offset + step.length
    words[14] = end - inRecord
    // Views that always hold in full are no different from what is around them.
    if (this.clusters === 0) {
      this.least = Math.max(this.least, end + this.reach)
      return
    }
    let guard: number = guards.checks
    const { redefines = "fitting" } = this.plan.options
    // Whether a `null` is a fault of the view too is only known of its class: a view that is taken
    // for a fault of its own has to have another one beside it, or the record is decoded.
    const isNull = (policy: string): boolean =>
      policy === "error" || (policy === "null" && redefines === "fitting")
    const others = policies.filter((_, index) => index !== shortClass)
    if (redefines !== "all" && step.slot < 0 && step.isShown) {
      if (policies[shortClass] === "error") guard |= guards.nullsShort | guards.faults
      if (isExact && others.every(isNull)) guard |= guards.nullsBad | guards.faults
    }
    words[13] = (words[13] ?? 0) | guard
  }

  private external(step: Step, field: ElementaryField): void {
    const isFixed = this.depth === 0 && !this.isMoved && step.slot < 0
    if (!isFixed || this.plan.options.rawFields !== undefined) throw new Inexpressible()
    const words = this.op(kinds.external)
    words[3] = field.offset
    this.externals.push({ step, op: this.ops.length - 1 })
    this.guard(words, step, true)
    this.longest += Math.max(64, field.length * 8)
  }

  private text(shape: FieldShape.TextShape, step: Step, field: ElementaryField): void {
    if (!step.isShown) throw new Inexpressible()
    this.pending += '"'
    const words = this.op(kinds.text)
    words[3] = field.offset
    words[4] = shape.width
    words[5] = this.tables.pairs(shape.page)
    words[6] = this.tables.json(shape.page)
    words[7] = shape.trim
    words[8] = shape.blank
    // Where there are characters of two bytes, only the codec knows which text is none.
    this.guard(words, step, shape.page.double === undefined && shape.page.name !== "utf-8")
    words[13] = (words[13] ?? 0) | guards.opened
    this.longest += (shape.width * 7 + 1) * this.times
  }

  private number(
    shape: NumericShape,
    step: Step,
    field: ElementaryField,
    form: "native" | "string" | "decimal",
  ): void {
    const { digits, scale } = shape
    const isPlain = form === "native" && isNative(digits, scale)
    if (isPlain && scale > nativeScaleMost) throw new Inexpressible()
    if (scale > digits + 30 || scale < -30) throw new Inexpressible()
    const isCounter = step.slot >= 0
    const width = shape.kind === "zoned" ? shape.digits : shape.width
    // A counter is read as one number of 16 digits.
    const isLong = shape.kind === "packed" ? width > 8 : shape.kind === "zoned" && width > 16
    if (isCounter && (isLong || scale !== 0 || step.slot >= limits.counters)) {
      throw new Inexpressible()
    }
    const isSilent = !step.isShown
    if (!isPlain && !isSilent) this.pending += '"'
    const words = this.op(kinds[shape.kind], isSilent)
    words[3] = field.offset + (shape.kind === "zoned" ? shape.first : 0)
    words[4] = width
    words[8] = scale
    words[9] =
      (isPlain ? flags.short : flags.quoted) |
      (isSilent ? flags.silent : 0) |
      this.shapeWords(shape, words, isPlain)
    const { digits: rule = "strict" } = {
      ...this.plan.options,
      ...this.plan.options.fields?.[field.path],
    }
    // Values that the kernel leaves to the codec, which may know what they mean.
    const isLeft =
      rule !== "strict" ||
      field.isBlankWhenZero ||
      (shape.kind === "binary" && isPlain && (shape.most === 0n || shape.most > doubleMost))
    this.guard(words, step, !isLeft)
    if (!isPlain) words[13] = (words[13] ?? 0) | guards.opened
    if (isCounter) {
      words[12] = step.slot
      this.counted.add(step.slot)
    }
    this.longest += (Math.max(digits, 20) + Math.abs(scale) + numberSlack) * this.times
  }

  /** What only one kind has, and its flags. */
  private shapeWords(shape: NumericShape, words: Uint32Array, isPlain: boolean): number {
    if (shape.kind === "packed") {
      words[5] = shape.validSigns | (shape.negativeSigns << 16)
      return (shape.hasSign ? flags.signNibble : 0) | (shape.isPadded ? flags.padded : 0)
    }
    if (shape.kind === "zoned") {
      words[5] = shape.zone
      words[6] = shape.signs === undefined ? 0 : this.tables.signs(shape.signs)
      words[7] = shape.signLane
      words[10] = shape.separate ?? -128
      return 0
    }
    if (shape.width > 8) throw new Inexpressible()
    // More digits than a double holds are text in the native form: the decoder writes them.
    const most = isPlain && (shape.most === 0n || shape.most > doubleMost) ? doubleMost : shape.most
    words[10] = Number(most & 0xffffffffn)
    words[11] = Number(most >> 32n)
    return (shape.isLittle ? flags.little : 0) | (shape.isSigned ? flags.signed : 0)
  }
}

/** Shorter records are the decoder's: it names what they lack, or pads them. */
const leastOf = (builder: Builder, { layout, options, physicalSize }: RecordPlan): number => {
  if (builder.isMoved) return physicalSize === "actual" ? layout.lengthMin : layout.lengthMax
  return options.padsShort === true ? layout.lengthMax : builder.least
}

/**
 * Writes a record plan's operations into memory; nothing where the kernel can't express it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const build = (
  plan: RecordPlan,
  arena: Arena,
  tables: TablePool,
): JsonProgram | undefined => {
  const builder = new Builder(plan, tables)
  try {
    builder.build()
  } catch (cause) {
    if (cause instanceof Inexpressible) return undefined
    throw cause
  }
  const { layout, physicalSize } = plan
  const { ops } = builder
  const encoder = new TextEncoder()
  const prefixes = ops.map(({ prefix }) => arena.place(encoder.encode(prefix)))
  const words = new Uint32Array(headWords + ops.length * opWords)
  // Room for what is written beyond the line in whole vectors.
  const longestLine = builder.longest + 1024
  words.set([leastOf(builder, plan), layout.lengthMax, longestLine, ops.length], 0)
  const isExact = builder.isMoved && physicalSize === "actual"
  words[4] = isExact ? 1 : builder.hasMovedViews && physicalSize === "maximum" ? 2 : 0
  ops.forEach((op, index) => {
    op.words[1] = prefixes[index] ?? 0
    op.words[2] = encoder.encode(op.prefix).length
    words.set(op.words, headWords + index * opWords)
  })
  const address = arena.place(words)
  // The sixth word of both.
  const addressOf = (op: number): number => address + (headWords + op * opWords + 5) * 4
  return {
    address,
    longestLine,
    externals: builder.externals.map(({ op, step }) => ({ step, address: addressOf(op) })),
    rules: builder.rules.map(({ op, rule }) => ({ rule, address: addressOf(op) })),
  }
}
