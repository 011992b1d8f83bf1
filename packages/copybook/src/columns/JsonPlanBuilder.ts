/**
 * From a record plan to what the JSON kernel walks: the same keys and values in the same order
 * as `JSON.stringify` of what the record decoder gives.
 *
 * @since 0.1.0
 */
import { isNative } from "../field/Digits.ts"
import type { Arena } from "../kernels/Arena.ts"
import { flags, headWords, kinds, limits, none, opWords } from "../kernels/JsonPlan.ts"
import type { ElementaryField } from "../layout/Layout.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Step } from "../record/Step.ts"
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

type NumericShape = Exclude<FieldShape.FieldShape, FieldShape.TextShape>

class Builder {
  readonly ops: Array<Op> = []
  readonly externals: Array<{ readonly step: Step; readonly op: number }> = []
  longest = 0
  private readonly plan: RecordPlan
  private readonly tables: TablePool
  private pending = ""
  private times = 1
  private depth = 0
  private isMoved = false
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
    if (!isSilent) this.pending = ""
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
    this.pending += "{"
    let isFirst = true
    for (const member of this.members(step)) {
      if (!member.isShown) {
        this.hidden(member)
        continue
      }
      this.pending += `${isFirst ? "" : ","}${JSON.stringify(member.key)}:`
      isFirst = false
      this.value(member)
    }
    this.pending += "}"
  }

  /** What has a key in an object, in order: views of the same bytes follow each other. */
  private members(step: Step): ReadonlyArray<Step> {
    return step.steps.flatMap((each) => {
      if (each.kind === "cluster") {
        // Views that move what follows, or that do not always hold.
        const isPlain = !each.isVariable && each.steps.every(({ rule }) => rule === undefined)
        if (!isPlain) throw new Inexpressible()
        return this.members(each)
      }
      return each.isDissolved && each.isShown ? this.members(each) : [each]
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
    this.depth++
    this.times *= Math.max(1, max)
    if (element !== undefined) {
      if (isSilent) this.hidden(element)
      else this.value(element)
    }
    this.flush()
    this.longest += this.times
    this.times /= Math.max(1, max)
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
    const isSilent = !step.isShown
    if (shape === undefined) this.external(step, field)
    else if (shape.kind === "text") this.text(shape, field, isSilent)
    else this.number(shape, step, field, own.numbers ?? "native")
  }

  private external(step: Step, field: ElementaryField): void {
    const isFixed = this.depth === 0 && !this.isMoved && step.slot < 0
    if (!isFixed || this.plan.options.rawFields !== undefined) throw new Inexpressible()
    this.op(kinds.external)
    this.externals.push({ step, op: this.ops.length - 1 })
    this.longest += Math.max(64, field.length * 8)
  }

  private text(shape: FieldShape.TextShape, field: ElementaryField, isSilent: boolean): void {
    if (isSilent) throw new Inexpressible()
    this.pending += '"'
    const words = this.op(kinds.text)
    words[3] = field.offset
    words[4] = shape.width
    words[5] = this.tables.pairs(shape.page)
    words[6] = this.tables.json(shape.page)
    words[7] = shape.trim
    words[8] = shape.blank
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
  const isActual = physicalSize === "actual"
  // Room for what is written beyond the line in whole vectors.
  const longestLine = builder.longest + 1024
  words.set([isActual ? layout.lengthMin : layout.lengthMax, layout.lengthMax], 0)
  words.set([longestLine, ops.length, isActual ? 1 : 0], 2)
  ops.forEach((op, index) => {
    op.words[1] = prefixes[index] ?? 0
    op.words[2] = encoder.encode(op.prefix).length
    words.set(op.words, headWords + index * opWords)
  })
  const address = arena.place(words)
  return {
    address,
    longestLine,
    externals: builder.externals.map(({ op, step }) => ({
      step,
      address: address + (headWords + op * opWords + 5) * 4,
    })),
  }
}
