/**
 * Plain objects on their way into records.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { EncodeFaultCode } from "../field/FaultCode.ts"
import * as Initial from "./Initial.ts"
import { KeptRecord } from "./KeptRecord.ts"
import { pathOf } from "./FaultPlace.ts"
import type { RecordObject } from "./RecordDecoder.ts"
import { differences, patchesOf, type RecordMetadata, type Visit } from "./RecordMetadata.ts"
import {
  isAbsent,
  isGiven,
  isSource,
  isThere,
  own,
  putCount,
  putValue,
  restore,
  strangers,
  type Source,
} from "./SuppliedValue.ts"
import * as RecordPlan from "./RecordPlan.ts"
import type { Step } from "./Step.ts"
import { type EncodeFault, encodeFault, RecordUnencodable } from "./RecordUnencodable.ts"
import { RecordWalk } from "./RecordWalk.ts"

const nothing: Source = {}

/** How a counter came: not yet, with the values, or with the metadata, and then it may be anything. */
const given = 1
const patched = 2

/**
 * Encodes the records of one layout. Not for two records at once: what is reused from record to
 * record is kept here.
 *
 * @category models
 * @since 0.1.0
 */
export class RecordEncoder {
  readonly plan: RecordPlan.RecordPlan
  readonly #walk: RecordWalk
  readonly #bytes: Uint8Array
  readonly #spare: Uint8Array
  readonly #given: Uint8Array
  readonly #slotSteps: ReadonlyArray<Step | undefined>
  #faults: Array<EncodeFault> = []
  #visits: Array<Visit> = []
  #indexes: Array<number> = []
  readonly #kept: KeptRecord
  /** Whether fields without a value get their initial one, and it is no fault. */
  #isInitial = false
  /** Whether values are only compared with what is there. */
  #isVerifying = false
  #agrees = true
  #isTolerant = false
  #lastViewEnd = -1
  #canonicalEnd = 0
  /** Whether only fields with values are written, over what is there. */
  #isMerging = false

  constructor(plan: RecordPlan.RecordPlan) {
    this.plan = plan
    this.#walk = new RecordWalk(plan)
    this.#bytes = new Uint8Array(plan.layout.lengthMax)
    this.#spare = new Uint8Array(plan.layout.lengthMax)
    this.#given = new Uint8Array(plan.slots)
    this.#kept = new KeptRecord(plan)
    this.#slotSteps = RecordPlan.countersOf(plan)
  }

  /**
   * Encodes one record.
   *
   * - Errors: `RecordUnencodable` with every value that has no place.
   *
   * @param value as decoding gives it; counters may be left out
   * @param metadata of the record that the value was decoded from
   */
  encode(
    value: RecordObject,
    metadata?: RecordMetadata,
  ): Result.Result<Uint8Array, RecordUnencodable> {
    const whole = metadata && this.#kept.whole(value, metadata)
    if (whole !== undefined) return Result.succeed(whole)
    const bytes = this.#run(value, metadata)
    return this.#faults.length === 0
      ? Result.succeed(bytes)
      : Result.fail(new RecordUnencodable({ layout: this.plan.layout.name, faults: this.#faults }))
  }

  /** What encoding needs beside a value, decoded from these bytes, to give them again. */
  metadataOf(value: RecordObject, bytes: Uint8Array): RecordMetadata {
    this.#isTolerant = true
    const original = this.#kept.keep(bytes)
    const canonical = this.#run(value, undefined)
    this.#kept.original = undefined
    const faulty = new Set(this.#faults.map(({ path }) => path))
    const patches = patchesOf(this.#visits, faulty, canonical, original)
    this.#isTolerant = false
    const bare = { length: bytes.length, canonicalLength: -1, patches }
    this.#run(value, bare)
    const metadata = { ...bare, canonicalLength: this.#canonicalEnd }
    const rest = differences(this.#run(value, metadata), bytes)
    const made = rest.length === 0 ? metadata : { ...metadata, patches: [...patches, ...rest] }
    const isWell = this.#faults.length === 0 && this.#canonicalEnd === metadata.canonicalLength
    return isWell ? made : { ...made, record: Buffer.from(bytes).toString("hex") }
  }

  #run(value: RecordObject, metadata: RecordMetadata | undefined): Uint8Array {
    const { layout, options, physicalSize, root } = this.plan
    this.#faults = []
    this.#visits = []
    this.#indexes.length = 0
    this.#isInitial = options.missing === "initial"
    this.#lastViewEnd = -1
    this.#given.fill(0)
    this.#kept.begin(metadata, this.#bytes)
    this.#walk.begin(this.#bytes, 0, layout.lengthMax)
    if (isSource(value)) this.#fill(value, root, 0)
    else this.#fault("CPY-5011", root.field.path, 0)
    const isCut = options.cutsLastView === true && this.#lastViewEnd >= 0
    const end =
      physicalSize === "actual-padded"
        ? layout.lengthMax
        : isCut
          ? this.#lastViewEnd
          : this.#walk.recordEnd()
    this.#canonicalEnd = end
    if (physicalSize === "actual-padded") this.#kept.pad(this.#bytes, this.#walk.recordEnd(), end)
    if (metadata === undefined || metadata.canonicalLength !== end) {
      for (const { offset, path } of this.#kept.behind) this.#fault("CPY-5010", path, offset)
      return this.#bytes.slice(0, end)
    }
    return restore(this.#bytes.subarray(0, end), metadata)
  }

  #fill(source: Source, parent: Step, delta: number): void {
    this.#steps(source, parent.steps, delta)
    if (source === nothing || this.#isVerifying || this.plan.options.unknown === "ignore") return
    const hasRaw = this.plan.options.rawFields !== undefined
    for (const key of strangers(source, RecordPlan.namesOf(parent), hasRaw)) {
      const at = parent === this.plan.root ? "" : `${pathOf(parent, this.#indexes)}.`
      this.#fault("CPY-5015", at + key, parent.offset)
    }
  }

  #steps(source: Source, steps: ReadonlyArray<Step>, delta: number): void {
    const walk = this.#walk
    for (const step of steps) {
      const offset = walk.start + step.offset + delta + walk.shift
      if (step.slot >= 0) walk.places[step.slot] = offset
      switch (step.kind) {
        case "group":
          this.#group(source, step, delta)
          break
        case "table":
          this.#table(source, step, delta)
          break
        case "cluster":
          this.#views(source, step, delta)
          break
        case "text":
        case "zoned":
        case "packed":
        case "integer":
        case "field":
          this.#field(step, step.isShown ? own(source, step.key) : undefined, offset)
          break
      }
    }
  }

  #group(source: Source, step: Step, delta: number): void {
    if (step.isDissolved && step.isShown) {
      this.#steps(source, step.steps, delta)
      return
    }
    const value = step.isShown ? own(source, step.key) : undefined
    if (isSource(value)) this.#fill(value, step, delta)
    else this.#blank(step, value, () => this.#steps(nothing, step.steps, delta))
  }

  /** A group or table without a value, all of its fields with their initial ones. */
  #blank(step: Step, value: unknown, fill: () => void): void {
    const isMissing = isAbsent(value)
    const isKept = !step.isAskedFor && this.#kept.patches !== undefined
    const isFault = step.isShown && !(isMissing && (this.#isInitial || isKept))
    if (isFault && !this.#isVerifying) {
      this.#fault(isMissing ? "CPY-5010" : "CPY-5011", pathOf(step, this.#indexes), step.offset)
    }
    this.#initially(fill)
  }

  #initially<A>(fill: () => A): A {
    const before = this.#isInitial
    this.#isInitial = true
    const filled = fill()
    this.#isInitial = before
    return filled
  }

  #field(step: Step, value: unknown, offset: number): void {
    const { codec, field } = step
    if (codec === undefined || field.kind !== "elementary") return
    if (this.#isVerifying) {
      this.#verify(step, value, offset)
      return
    }
    const path =
      this.#isTolerant || this.#kept.patches !== undefined ? pathOf(step, this.#indexes) : ""
    if (this.#isTolerant) this.#visits.push({ path, offset, length: step.length })
    const held = this.#kept.counter(step, value, this.#bytes, offset)
    if (held !== undefined) {
      this.#given[step.slot] = patched
      if (held !== "kept") this.#fault(held, path, offset)
      return
    }
    if (this.#kept.restore(step, value, { path, offset }, this.#bytes)) {
      if (step.slot >= 0) this.#given[step.slot] = patched
      return
    }
    if (this.#isMerging && (isAbsent(value) || !step.isShown)) return
    if (isAbsent(value)) {
      // A counter is set by its table.
      const isFault = step.isShown && step.slot < 0 && !this.#isInitial
      if (isFault) this.#fault("CPY-5010", pathOf(step, this.#indexes), offset)
      const page = this.plan.options.fields?.[field.path]?.codePage ?? this.plan.options.codePage
      Initial.write(field, codec, page, this.#bytes, offset)
      return
    }
    if (step.slot >= 0) this.#given[step.slot] = given
    const isChecked = this.plan.options.checksConditions === true
    const code = putValue(step, value, isChecked, this.#bytes, offset)
    if (code !== undefined) this.#fault(code, pathOf(step, this.#indexes), offset)
  }

  #verify(step: Step, value: unknown, offset: number): void {
    if (!step.isShown || isAbsent(value) || !this.#agrees) return
    const held = this.#kept.held(step, offset)
    this.#agrees = isThere(step, value, held, offset, this.#bytes, this.#spare)
  }

  #table(source: Source, step: Step, delta: number): void {
    const { table } = step
    const [element] = step.steps
    if (table === undefined || element === undefined) return
    const value = step.isShown ? own(source, step.key) : undefined
    if (this.#keepsCount(step)) {
      const count = this.#walk.count(step)
      const entries = Array.isArray(value) ? (value as ReadonlyArray<unknown>) : []
      const isLeftOut = !step.isAskedFor && isAbsent(value)
      const isCut = this.#kept.isCut(step, this.#walk)
      const isGuess = isCut || this.#walk.countFault !== undefined
      if (isGuess || entries.length === count || isLeftOut) {
        // The counter's own bytes are kept, whatever they say; so is what was made of them.
        this.#entries(step, entries, isCut ? table.min : count, delta)
        return
      }
    }
    if (!Array.isArray(value)) {
      this.#absentTable(step, value, delta)
      return
    }
    const min = this.plan.options.allowsFewer === true ? 0 : table.min
    const isCut = value.length === 0 && this.#kept.isBehind(step, this.#indexes, delta, this.#walk)
    if ((value.length < min || value.length > table.max) && !isCut && !this.#isVerifying) {
      this.#fault("CPY-5012", pathOf(step, this.#indexes), step.offset)
    }
    this.#entries(step, value as ReadonlyArray<unknown>, Math.min(value.length, table.max), delta)
  }

  /** With metadata a counter may say anything, and what was made of it is taken as it is. */
  #keepsCount(step: Step): boolean {
    const how = this.#given[step.counterSlot]
    return (
      how === patched || (how === given && (this.#isTolerant || this.#kept.patches !== undefined))
    )
  }

  #absentTable(step: Step, value: unknown, delta: number): void {
    const { counter, table } = step
    if (table === undefined) return
    const mayBeEmpty =
      counter !== undefined && (table.min === 0 || this.plan.options.allowsFewer === true)
    if (isAbsent(value) && mayBeEmpty) {
      // A counter that was given has its say: then entries are missing.
      this.#entries(step, [], 0, delta)
      return
    }
    const count = counter !== undefined ? table.min : table.max
    if (isAbsent(value) && this.#kept.isBehind(step, this.#indexes, delta, this.#walk)) {
      this.#initially(() => this.#entries(step, [], count, delta))
      return
    }
    this.#blank(step, value, () => this.#entries(step, [], count, delta))
  }

  #entries(step: Step, entries: ReadonlyArray<unknown>, count: number, delta: number): void {
    const walk = this.#walk
    const [element] = step.steps
    const { max = 1, stride = 0 } = step.table ?? {}
    if (element === undefined) return
    if (step.counter !== undefined && !this.#isVerifying) this.#setCount(step, count)
    const depth = this.#indexes.length
    const before = this.#isInitial
    // Places beyond the counter keep their room at the maximum, and hold nothing.
    const filled = walk.isMoving ? count : max
    for (let index = 0; index < filled; index++) {
      const at = delta + index * stride
      this.#indexes[depth] = index
      this.#indexes.length = depth + 1
      if (index >= Math.min(count, entries.length)) this.#isInitial = true
      const entry = entries[index]
      if (element.kind !== "group") {
        const offset = walk.start + element.offset + at + walk.shift
        this.#field(element, entry, offset)
      } else if (isSource(entry)) this.#fill(entry, element, at)
      else if (index >= count || !step.isShown || entries.length === 0)
        this.#steps(nothing, element.steps, at)
      else this.#blank(element, entry, () => this.#steps(nothing, element.steps, at))
    }
    this.#isInitial = before
    this.#indexes.length = depth
    walk.close(max - filled, stride)
  }

  /** A counter that was left out is set; one that was given must be right. */
  #setCount(step: Step, count: number): void {
    const slot = step.counterSlot
    const counterStep = this.#slotSteps[slot]
    const { counter } = step
    if (counter === undefined || counterStep?.codec === undefined) return
    const isKept = this.#walk.count(step) === count || this.#kept.isCut(step, this.#walk)
    if (this.#keepsCount(step) && isKept) return
    const place = this.#walk.places[slot] ?? 0
    if (this.#given[slot] !== 0) {
      const isRight = this.#walk.count(step) === count && this.#walk.countFault === undefined
      if (!isRight) this.#fault("CPY-5013", pathOf(step, this.#indexes), place)
      return
    }
    this.#given[slot] = given
    const code = putCount(counterStep, counter.values, count, this.#bytes, place)
    if (code !== undefined) this.#fault(code, pathOf(counterStep, this.#indexes), place)
  }

  /** One view makes the bytes, and the others that are given must say the same. */
  #views(source: Source, cluster: Step, delta: number): void {
    const walk = this.#walk
    const { shift } = walk
    const faults = this.#faults.length
    const visits = this.#visits.length
    const supplied = cluster.steps.filter((view) => view.isShown && isGiven(view, source))
    const start = walk.start + cluster.offset + delta + shift
    if (this.#isVerifying) {
      const extent = Math.max(0, ...supplied.map((view) => this.#view(source, view, delta, shift)))
      this.#endViews(cluster, extent, delta, shift)
      return
    }
    for (const view of supplied) {
      this.#faults.length = faults
      this.#visits.length = visits
      this.#bytes.fill(0, start, start + cluster.length)
      const extent = this.#view(source, view, delta, shift)
      const isWell = this.#faults.length === faults || this.#isTolerant
      const others = supplied.filter((each) => each !== view)
      const further = isWell ? this.#agreeing(source, others, delta, shift) : undefined
      if (further !== undefined) {
        this.#endViews(cluster, Math.max(extent, further), delta, shift)
        return
      }
    }
    this.#faults.length = faults
    if (supplied.length > 1 && this.#merge(source, cluster, supplied, delta, shift)) return
    this.#faults.length = faults
    const [first] = supplied.length > 0 ? supplied : cluster.steps
    if (first === undefined) return
    this.#visits.length = visits
    const fill = (): number => this.#view(source, first, delta, shift)
    // Bytes of views that were left out come with the metadata.
    const isKept = supplied.length === 0 && this.#kept.patches !== undefined
    const extent = isKept ? this.#initially(fill) : fill()
    this.#endViews(cluster, extent, delta, shift)
    if (supplied.length > 1 && this.#faults.length === faults) {
      this.#fault("CPY-5014", pathOf(first, this.#indexes), start)
    }
  }

  /** Writes or verifies one view, and says how long it is. */
  #view(source: Source, view: Step, delta: number, shift: number): number {
    this.#walk.shift = shift
    this.#steps(source, [view], delta)
    return this.#walk.shift - shift + this.#walk.sizeOf(view)
  }

  /** No view shows all bytes, so each writes what it shows; true where they agree then. */
  #merge(
    source: Source,
    cluster: Step,
    supplied: ReadonlyArray<Step>,
    delta: number,
    shift: number,
  ): boolean {
    const faults = this.#faults.length
    const wasMerging = this.#isMerging
    let extent = 0
    for (const view of supplied) {
      extent = Math.max(extent, this.#view(source, view, delta, shift))
      this.#isMerging = true
    }
    this.#isMerging = wasMerging
    const isWell =
      this.#isTolerant ||
      (this.#faults.length === faults &&
        this.#agreeing(source, supplied, delta, shift) !== undefined)
    if (isWell) this.#endViews(cluster, extent, delta, shift)
    return isWell
  }

  /** Bytes are as long as the longest view that has values. */
  #endViews(cluster: Step, extent: number, delta: number, shift: number): void {
    const walk = this.#walk
    const isMoved = cluster.isVariable && walk.isMoving
    walk.shift = isMoved ? shift + Math.min(extent - cluster.length, 0) : shift
    if (cluster.offset + cluster.length === this.plan.layout.lengthMax)
      this.#lastViewEnd = walk.start + cluster.offset + delta + shift + extent
  }

  /** How long the longest of views is whose values are what is there; undefined where one's are not. */
  #agreeing(
    source: Source,
    views: ReadonlyArray<Step>,
    delta: number,
    shift: number,
  ): number | undefined {
    this.#isVerifying = true
    this.#agrees = true
    const extents = views.map((view) => this.#view(source, view, delta, shift))
    this.#isVerifying = false
    return this.#agrees ? Math.max(0, ...extents) : undefined
  }

  #fault(code: EncodeFaultCode, path: string, offset: number): void {
    this.#faults.push(encodeFault(code, path, offset))
  }
}
