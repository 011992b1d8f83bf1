/**
 * Decodes records into plain objects.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Fault, FaultPolicy } from "../field/Fault.ts"
import { type DecodeFaultCode, decodeFaults, faultClasses } from "../field/FaultCode.ts"
import type { FieldValue } from "../field/CodecShape.ts"
import { showBytes } from "../field/TextCodec.ts"
import type { Layout } from "../layout/Layout.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import type { CodecOptionsInvalid } from "./CodecOptionsInvalid.ts"
import { RecordInvalid } from "./RecordInvalid.ts"
import type { RecordMetadata } from "./RecordMetadata.ts"
import { messageOf, pathOf } from "./FaultPlace.ts"
import * as ObjectCode from "./ObjectCode.ts"
import * as RecordPlan from "./RecordPlan.ts"
import type { Step } from "./Step.ts"
import { quick } from "./QuickNumber.ts"
import { hasText, RecordText, textRuns } from "./RecordText.ts"
import { RecordWalk } from "./RecordWalk.ts"
import { holds } from "./ViewRule.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type RecordValue =
  | FieldValue
  | null
  | ReadonlyArray<RecordValue>
  | { readonly [key: string]: RecordValue }

/**
 * @category models
 * @since 0.1.0
 */
export type RecordObject = { readonly [key: string]: RecordValue }

type Target = Record<string, unknown>

/**
 * A decoded record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Decoded {
  readonly value: RecordObject
  /** Faults with the policy `error`; their fields are `null`. */
  readonly faults: ReadonlyArray<Fault>
  /** Whether there are any. */
  readonly isRejected: boolean
  /** With the option `metadata`, of records without faults. */
  readonly metadata?: RecordMetadata
}

const none: ReadonlyArray<Fault> = []
const bytesMax = 64
const classIndexes = new Map(faultClasses.map((kind, index) => [kind, index]))

/**
 * Decodes the records of one layout. Not for two records at once: what is reused from record to
 * record is kept here.
 *
 * @category models
 * @since 0.1.0
 */
export class RecordDecoder {
  readonly plan: RecordPlan.RecordPlan
  /** Faults of each class so far, whatever their policy, by the order of `faultClasses`. */
  readonly counts: Float64Array = new Float64Array(faultClasses.length)
  /** Views of redefined bytes that did not fit while another one did. */
  misfits = 0
  /** What records need to be encoded to the same bytes; set by the codec. */
  metadataOf: ((value: RecordObject, bytes: Uint8Array) => RecordMetadata) | undefined = undefined

  /** What a group's code leaves to the steps. */
  readonly #slowly = (step: Step, delta: number): unknown =>
    step.kind === "table"
      ? this.#table(step, delta)
      : this.#field(step, this.#walk.start + step.offset + delta)
  readonly #walk: RecordWalk
  readonly #text: RecordText | undefined
  readonly #rawForm: CodecOptions["rawFields"]
  readonly #isFitting: boolean
  readonly #isFirstOnly: boolean
  readonly #pads: boolean
  readonly #padding: number
  #padded = new Uint8Array(0)
  #faults: Array<Fault> = []
  #indexes: Array<number> = []
  #isShort = false
  #record = 0
  #fileOffset = 0

  constructor(plan: RecordPlan.RecordPlan) {
    const { codePage, padsShort = false, rawFields, redefines = "fitting" } = plan.options
    this.plan = plan
    this.#walk = new RecordWalk(plan)
    const generates = plan.options.generatesCode === true && rawFields === undefined
    // Code takes the places of the layout: nothing may move.
    const isStill = !plan.root.isVariable || plan.physicalSize === "maximum"
    if (generates && isStill) ObjectCode.addTo(plan.root)
    this.#text =
      generates || hasText(plan.root) ? new RecordText(codePage, textRuns(plan.root)) : undefined
    this.#rawForm = rawFields
    this.#isFitting = redefines !== "all"
    this.#isFirstOnly = redefines === "first"
    this.#pads = padsShort
    this.#padding = codePage.isEbcdic ? 0x40 : 0x20
  }

  /**
   * Decodes one record.
   *
   * @param bytes holds the record
   * @param start where it begins in `bytes`, behind its headers
   * @param length of the record. Units: bytes
   * @param record 0-based number in the file, for faults
   * @param fileOffset where it begins in the file, for faults. Units: bytes
   */
  decode(
    bytes: Uint8Array,
    start = 0,
    length: number = bytes.length - start,
    record = 0,
    fileOffset: number = start,
  ): Decoded {
    this.#faults = []
    this.#indexes.length = 0
    this.#isShort = false
    this.#record = record
    this.#fileOffset = fileOffset
    const { layout, physicalSize, root } = this.plan
    const isPadded = this.#pads && length < layout.lengthMax
    if (isPadded) this.#pad(bytes, start, length)
    else this.#walk.begin(bytes, start, start + length)
    const walk = this.#walk
    // What goes on behind the last field is no field's text.
    this.#text?.read(walk.bytes, walk.start, Math.min(walk.end - walk.start, layout.lengthMax))
    const value = this.#object(root, 0)
    const end = physicalSize === "actual-padded" ? walk.start + layout.lengthMax : walk.recordEnd()
    if (!isPadded && walk.end > end) this.#long(end)
    const faults = this.#faults.length === 0 ? none : this.#faults
    const isRejected = faults !== none
    // The values were put into a copy of the template, one of their types each.
    const object = value as RecordObject
    if (this.metadataOf === undefined || isRejected) return { value: object, faults, isRejected }
    const metadata = this.metadataOf(object, bytes.subarray(start, start + length))
    return { value: object, faults, isRejected, metadata }
  }

  /** As `decode`, for callers that want a record without faults or none. */
  decodeResult(
    bytes: Uint8Array,
    start = 0,
    length: number = bytes.length - start,
    record = 0,
    fileOffset: number = start,
  ): Result.Result<RecordObject, RecordInvalid> {
    const decoded = this.decode(bytes, start, length, record, fileOffset)
    return decoded.isRejected
      ? Result.fail(new RecordInvalid({ record, faults: [...decoded.faults] }))
      : Result.succeed(decoded.value)
  }

  #pad(bytes: Uint8Array, start: number, length: number): void {
    const { lengthMax } = this.plan.layout
    if (this.#padded.length < lengthMax) this.#padded = new Uint8Array(lengthMax)
    this.#padded.set(bytes.subarray(start, start + length))
    this.#padded.fill(this.#padding, length, lengthMax)
    this.#walk.begin(this.#padded, 0, lengthMax)
  }

  // One loop over steps of one shape, and the frequent kinds without a call: this is what a
  // record's time goes to.
  #fill(target: Target, steps: ReadonlyArray<Step>, delta: number): void {
    const walk = this.#walk
    const { bytes, end, start } = walk
    for (const step of steps) {
      const offset = start + step.offset + delta + walk.shift
      if (step.slot >= 0) walk.places[step.slot] = offset
      if (!step.isShown) {
        walk.skip(step, delta)
        continue
      }
      switch (step.kind) {
        case "text":
          target[step.key] =
            offset + step.length <= end
              ? this.#text?.cut(step, offset - start)
              : this.#cut(step, offset)
          break
        case "zoned":
        case "packed":
        case "integer": {
          const value = offset + step.length <= end ? quick(step, bytes, offset) : Number.NaN
          // Not a number: something is wrong, and the codec says what.
          target[step.key] = Number.isNaN(value) ? this.#field(step, offset) : value
          break
        }
        case "field":
          target[step.key] = this.#field(step, offset)
          if (this.#rawForm !== undefined) this.#putRaw(target, step, offset)
          break
        case "group":
          this.#group(target, step, delta)
          break
        case "table":
          target[step.key] = this.#table(step, delta)
          break
        case "cluster":
          this.#views(target, step, delta)
          break
      }
    }
  }

  /** A group's object: by its own code where it has some, and lies in the record. */
  #object(step: Step, delta: number): Target {
    const { builder } = step
    const walk = this.#walk
    const text = this.#text
    const end = walk.start + delta + step.offset + step.length
    if (builder !== undefined && text !== undefined && end <= walk.end) {
      return builder(walk.bytes, walk.start + delta, delta, text.text, text.units, this.#slowly)
    }
    const value: Target = { ...step.template }
    this.#fill(value, step.steps, delta)
    return value
  }

  #group(target: Target, step: Step, delta: number): void {
    if (step.isDissolved) {
      this.#fill(target, step.steps, delta)
      return
    }
    target[step.key] = this.#object(step, delta)
  }

  #table(step: Step, delta: number): ReadonlyArray<unknown> | null {
    const walk = this.#walk
    const { max = 1, stride = 0 } = step.table ?? {}
    const count = walk.count(step)
    const code = walk.countFault
    const [element] = step.steps
    const policy = code === undefined ? "raw" : this.#countFault(step, code, delta)
    const entries: Array<unknown> = []
    const depth = this.#indexes.length
    for (let index = 0; index < count && element !== undefined; index++) {
      this.#indexes[depth] = index
      if (element.kind === "group") {
        entries.push(this.#object(element, delta + index * stride))
      } else {
        const offset = walk.start + step.offset + delta + index * stride + walk.shift
        entries.push(this.#element(element, offset))
      }
    }
    this.#indexes.length = depth
    walk.close(max - count, stride)
    if (policy === "null") return null
    return policy === "zero" ? [] : entries
  }

  #element(step: Step, offset: number): unknown {
    const walk = this.#walk
    const isWhole = offset + step.length <= walk.end
    switch (step.kind) {
      case "text":
        return isWhole ? this.#text?.cut(step, offset - walk.start) : this.#cut(step, offset)
      case "zoned":
      case "packed":
      case "integer": {
        const value = isWhole ? quick(step, walk.bytes, offset) : Number.NaN
        return Number.isNaN(value) ? this.#field(step, offset) : value
      }
      case "field":
      case "group":
      case "table":
      case "cluster":
        return this.#field(step, offset)
    }
  }

  /** Which views hold, and whose faults count. */
  #views(target: Target, cluster: Step, delta: number): void {
    const walk = this.#walk
    const before = walk.shift
    const faultsBefore = this.#faults.length
    const wasShort = this.#isShort
    let after = Number.NEGATIVE_INFINITY
    let otherwise = Number.NEGATIVE_INFINITY
    let isFitting = false
    let firstEnd = -1
    let faulty = 0
    for (const view of cluster.steps) {
      walk.shift = before
      const faults = this.#faults.length
      this.#isShort = wasShort
      const isHeld = view.isShown && !(isFitting && this.#isFirstOnly) && this.#holds(view)
      if (isHeld) {
        const shown: Target = this.#isFirstOnly ? {} : target
        this.#fill(shown, [view], delta)
        const isFirst = this.#faults.length === faults || view === cluster.steps.at(-1)
        if (this.#isFirstOnly && isFirst) Object.assign(target, shown)
        if (this.#faults.length === faults) isFitting = true
        else faulty++
        if (firstEnd < 0) firstEnd = this.#faults.length
      } else walk.skip(view, delta)
      const moved = walk.shift - before + walk.sizeOf(view) - cluster.length
      if (isHeld) after = Math.max(after, moved)
      else otherwise = Math.max(otherwise, moved)
    }
    // Bytes are as long as the views that hold, and not as others would have them.
    const moved = after === Number.NEGATIVE_INFINITY ? otherwise : after
    walk.shift = cluster.isVariable && walk.isMoving ? before + Math.min(moved, 0) : before
    if (!this.#isFitting || faulty === 0) return
    this.#isShort = wasShort
    // One reading of the bytes is good, so what the others make of them is no fault of theirs;
    // where none is, the first one's faults say it.
    if (isFitting) this.misfits += faulty
    this.#faults.length = isFitting ? faultsBefore : Math.max(firstEnd, faultsBefore)
    if (!isFitting && this.#faults.length === faultsBefore) this.#isShort = wasShort
  }

  #holds(view: Step): boolean {
    if (view.rule === undefined) return true
    const walk = this.#walk
    const { shift } = walk
    const places = walk.places.slice()
    const isTrue = holds(view.rule, (path) => {
      const chain = this.plan.chains.get(path) ?? []
      walk.begin(walk.bytes, walk.start, walk.end)
      const offset = walk.locate(chain, this.#indexes)
      const step = chain.at(-1)
      const isWhole = step !== undefined && offset >= 0 && offset + step.length <= walk.end
      return isWhole ? (step.codec?.decode(walk.bytes, offset) ?? null) : null
    })
    walk.shift = shift
    walk.places.set(places)
    return isTrue
  }

  /** A field by its codec, with what its policies make of a fault. */
  #field(step: Step, offset: number): unknown {
    const { codec } = step
    if (codec === undefined) return null
    if (offset + step.length > this.#walk.end) return this.#cut(step, offset)
    const value = codec.decode(this.#walk.bytes, offset)
    if (value !== undefined) return value
    return this.#faulty(step, codec.fault(), offset, step.length)
  }

  /** A field that the record has no bytes for, or only the first of. */
  #cut(step: Step, offset: number): unknown {
    const left = Math.max(this.#walk.end - offset, 0)
    const policy = this.#faulty(step, "CPY-4013", Math.min(offset, this.#walk.end), left)
    const isAllowed = step.policies[classIndexes.get("short") ?? 0] === "null"
    if (!isAllowed || left === 0) return policy
    // What is there of a text is no less true.
    return step.codec?.decodeCut?.(this.#walk.bytes, offset, left) ?? null
  }

  #faulty(step: Step, code: DecodeFaultCode, offset: number, length: number): FieldValue | null {
    const policy = this.#report(step, code, offset, length)
    if (policy === "zero") return step.codec?.zero ?? null
    if (policy !== "raw") return null
    return showBytes(this.#walk.bytes.subarray(offset, offset + length), "hex")
  }

  #report(step: Step, code: DecodeFaultCode, offset: number, length: number): FaultPolicy {
    const kind = decodeFaults[code].class
    const index = classIndexes.get(kind) ?? 0
    this.counts[index] = (this.counts[index] ?? 0) + 1
    const policy = step.policies[index] ?? this.plan.options.policies?.[kind] ?? "error"
    if (policy !== "error") return policy
    // A record that ends too early has one fault, not one for each field behind its end.
    if (kind === "short" && this.#isShort) return policy
    if (kind === "short") this.#isShort = true
    this.#push(code, pathOf(step, this.#indexes), offset, length)
    return policy
  }

  #push(code: DecodeFaultCode, path: string, offset: number, length: number): void {
    const { bytes, start } = this.#walk
    const held = bytes.slice(offset, offset + Math.min(length, bytesMax))
    const inRecord = offset - start
    this.#faults.push({
      code,
      class: decodeFaults[code].class,
      record: this.#record,
      path,
      offset: inRecord,
      fileOffset: this.#fileOffset + inRecord,
      bytes: held,
      message: messageOf(code, path, held),
    })
  }

  #countFault(step: Step, code: DecodeFaultCode, delta: number): FaultPolicy {
    const { counter } = step
    const walk = this.#walk
    const place = walk.places[step.counterSlot] ?? walk.start + step.offset + delta
    return this.#report(
      step,
      code,
      Math.min(place, walk.end),
      Math.max(Math.min(counter?.field.length ?? 0, walk.end - place), 0),
    )
  }

  #long(end: number): void {
    const { root } = this.plan
    this.#indexes.length = 0
    this.#report(root, "CPY-4014", Math.max(end, this.#walk.start), this.#walk.end - end)
  }

  #putRaw(target: Target, step: Step, offset: number): void {
    const end = Math.min(offset + step.length, this.#walk.end)
    const raw = this.#walk.bytes.subarray(Math.min(offset, end), end)
    target[`${step.key}_raw`] = showBytes(raw, this.#rawForm ?? "hex")
  }
}

/**
 * Makes a decoder.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  layout: Layout,
  options: CodecOptions,
): Result.Result<RecordDecoder, CodecOptionsInvalid> =>
  Result.map(RecordPlan.make(layout, options), (plan) => new RecordDecoder(plan))
