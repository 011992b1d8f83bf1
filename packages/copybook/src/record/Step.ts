/**
 * The steps that a record is walked by.
 *
 * @since 0.1.0
 */
import type { FaultPolicy } from "../field/Fault.ts"
import type { FieldCodec } from "../field/CodecShape.ts"
import type { ElementaryField, Field, Table } from "../layout/Layout.ts"
import type { ObjectBuilder } from "./ObjectCode.ts"
import type { ViewCondition } from "./ViewRule.ts"

/**
 * What a step does. The first four are fields that are read without a call.
 *
 * @category models
 * @since 0.1.0
 */
export type StepKind =
  | "text"
  | "zoned"
  | "packed"
  | "integer"
  | "field"
  | "group"
  | "table"
  | "cluster"

/**
 * One step: a field, a group, a table around either, or the views of the same bytes.
 *
 * All steps are of one shape, so that the loop over them stays fast.
 *
 * @category models
 * @since 0.1.0
 */
export class Step {
  readonly kind: StepKind
  readonly field: Field
  /** The name in the object. */
  key: string
  /** From the start of the record, tables before it at their maximum. */
  readonly offset: number
  /** One occurrence at its maximum. */
  readonly length: number
  /** Whether it takes different room in different records. */
  isVariable = false
  /** Whether its value is part of the result; else it is only walked over. */
  isShown = true
  /** On encoding: whether its value is decoded, so that one that is missing was taken out. */
  isAskedFor = true
  /** Whether its fields belong to the object around it. */
  isDissolved = false
  codec: FieldCodec | undefined = undefined
  /** By the order of `faultClasses`. */
  policies: ReadonlyArray<FaultPolicy> = []
  /** The tables that it lies in, from the outermost in. */
  tablePaths: ReadonlyArray<string> = []
  /** Of a counter: where its place is kept, else −1. */
  slot = -1
  steps: Array<Step> = []
  /** Of the steps those that walking over can't leave out: counters, and what varies. */
  walks: Array<Step> = []
  table: Table | undefined = undefined
  /** Of a table: the slot of its counter, else −1. */
  counterSlot = -1
  counter: Counter | undefined = undefined
  rule: ViewCondition | undefined = undefined
  /** Keys of its object; made at first use. */
  names: ReadonlySet<string> | undefined = undefined
  /** Its own code, where a group has some. */
  builder: ObjectBuilder | undefined = undefined
  /** An object with all keys that are always there, to be copied. */
  template: Record<string, unknown> = {}

  // What the fast kinds need, next to each other.
  isTrimmedRight = false
  isTrimmedLeft = false
  /** The first code unit that is trimmed; the last is the blank. */
  trimmedFrom = 0x20
  zone = 0
  table256: Uint8Array = empty256
  signs: Int8Array = empty16
  limit = 0
  divisor = 1
  isBig = false
  isSigned = false

  constructor(kind: StepKind, field: Field, key: string, length = field.length) {
    this.kind = kind
    this.field = field
    this.key = key
    this.offset = field.offset
    this.length = length
  }
}

const empty256 = new Uint8Array(256)
const empty16 = new Int8Array(16)

/**
 * A field that says how many entries tables have.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counter {
  readonly field: ElementaryField
  readonly codec: FieldCodec
  /** What its texts stand for, for one table. */
  readonly values: ReadonlyMap<string, number> | undefined
}
