/**
 * The record that values came from, as far as metadata tells: its bytes while metadata is made,
 * and its patches and its end while they are used.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { EncodeFaultCode } from "../field/FaultCode.ts"
import type { BytePatch, RecordMetadata } from "./RecordMetadata.ts"
import { pathOf } from "./FaultPlace.ts"
import * as RecordDecoder from "./RecordDecoder.ts"
import type { RecordPlan } from "./RecordPlan.ts"
import type { RecordWalk } from "./RecordWalk.ts"
import type { Step } from "./Step.ts"
import { byPath, isAbsent, isSameTree, isUnchanged, putPatch } from "./SuppliedValue.ts"

interface Place {
  readonly path: string
  readonly offset: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class KeptRecord {
  /** The record that metadata is made for: its counters say where fields lie. */
  original: Uint8Array | undefined = undefined
  patches: ReadonlyMap<string, BytePatch> | undefined = undefined
  /** What the record had no bytes for; it is missing where the record gets another length. */
  behind: Array<Place> = []
  #end = Number.POSITIVE_INFINITY
  readonly #plan: RecordPlan
  #decoder: RecordDecoder.RecordDecoder | undefined = undefined
  readonly #lengthMax: number
  /** Whether fields go on with blanks behind a short record's end. */
  readonly #isPadded: boolean
  readonly #blank: number

  constructor(plan: RecordPlan) {
    const { layout, options } = plan
    this.#plan = plan
    this.#lengthMax = layout.lengthMax
    this.#isPadded = options.padsShort === true
    this.#blank = options.codePage.isEbcdic ? 0x40 : 0x20
  }

  /** Keeps a record to make metadata for, and gives it as its values were read. */
  keep(bytes: Uint8Array): Uint8Array {
    this.original = bytes
    if (!this.#isPadded || bytes.length >= this.#lengthMax) return bytes
    this.original = new Uint8Array(this.#lengthMax)
    this.original.set(bytes)
    this.pad(this.original, bytes.length, this.#lengthMax)
    return this.original
  }

  /** The whole record, where the metadata has it and every value is the one that was decoded. */
  whole(value: unknown, { record = "" }: RecordMetadata): Uint8Array | undefined {
    if (record === "") return undefined
    const bytes = new Uint8Array(Buffer.from(record, "hex"))
    const { layout, options } = this.#plan
    const { metadata: _, ...reading } = options
    this.#decoder ??= Result.getOrThrow(RecordDecoder.make(layout, reading))
    return isSameTree(this.#decoder.decode(bytes).value, value) ? bytes : undefined
  }

  /** What no field shows is blank, as what is read behind a short record's end is. */
  pad(bytes: Uint8Array, from: number, until: number): void {
    bytes.fill(this.#blank, from, until)
  }

  begin(metadata: RecordMetadata | undefined, bytes: Uint8Array): void {
    this.patches = byPath(metadata)
    this.behind = []
    const length = metadata?.length ?? this.original?.length
    this.#end = (this.#isPadded ? undefined : length) ?? Number.POSITIVE_INFINITY
    bytes.fill(0)
    if (this.original !== undefined) bytes.set(this.original.subarray(0, bytes.length))
  }

  /** How many of a field's bytes the record had. */
  held(step: Step, offset: number): number {
    return Math.max(Math.min(step.length, this.#end - offset), 0)
  }

  /** Puts a field's own bytes where its value is the one that they were decoded to. */
  restore(step: Step, value: unknown, place: Place, bytes: Uint8Array): boolean {
    const patch = this.patches?.get(place.path)
    const isCut = this.held(step, place.offset) < step.length
    if (patch === undefined || !isUnchanged(step, value, patch, isCut)) return false
    if (isCut && step.isShown) this.behind.push(place)
    putPatch(bytes, { offset: place.offset, bytes: patch.bytes })
    return true
  }

  /**
   * Keeps a counter's bytes, whatever its value gives.
   *
   * @returns what is wrong with the value; undefined where there is no counter to keep
   */
  counter(
    step: Step,
    value: unknown,
    bytes: Uint8Array,
    offset: number,
  ): EncodeFaultCode | "kept" | undefined {
    const held = this.original?.subarray(offset, offset + step.length)
    if (step.slot < 0 || held?.length !== step.length) return undefined
    const code = isAbsent(value) ? "CPY-5010" : step.codec?.encode(value, bytes, offset)
    const isSame = Buffer.compare(bytes.subarray(offset, offset + step.length), held) === 0
    bytes.set(held, offset)
    return code ?? (isSame ? "kept" : "CPY-5013")
  }

  /** Whether the record ended before a table's counter or in it. */
  isCut(step: Step, walk: RecordWalk): boolean {
    const place = walk.places[step.counterSlot] ?? 0
    return place + (step.counter?.field.length ?? 0) > this.#end
  }

  /** Whether the record ended before a table or its counter. */
  isBehind(step: Step, indexes: ReadonlyArray<number>, delta: number, walk: RecordWalk): boolean {
    const offset = walk.start + step.offset + delta + walk.shift
    const place = walk.places[step.counterSlot] ?? offset
    const counter = step.counter?.field.length ?? 0
    const isBehind = Math.max(offset, place + counter) > this.#end
    if (isBehind) this.behind.push({ path: pathOf(step, indexes), offset })
    return isBehind
  }
}
