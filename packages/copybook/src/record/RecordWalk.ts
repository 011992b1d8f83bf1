/**
 * Where things lie in one record: counters are read as they are passed, and what they shorten
 * moves the rest.
 *
 * @since 0.1.0
 */
import type { DecodeFaultCode } from "../field/FaultCode.ts"
import type { RecordPlan } from "./RecordPlan.ts"
import type { Counter, Step } from "./Step.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class RecordWalk {
  readonly plan: RecordPlan
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  /** Behind the record's last byte. */
  end = 0
  /** How far what comes next has moved; never above 0. */
  shift = 0
  /** Of each counter, where the last one passed lies in `bytes`. */
  readonly places: Int32Array
  /** What was wrong with the last count. */
  countFault: DecodeFaultCode | undefined = undefined
  readonly isMoving: boolean

  constructor(plan: RecordPlan) {
    this.plan = plan
    this.places = new Int32Array(plan.slots)
    this.isMoving = plan.physicalSize !== "maximum"
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.shift = 0
    const { slotOffsets } = this.plan
    for (let slot = 0; slot < slotOffsets.length; slot++) {
      this.places[slot] = start + (slotOffsets[slot] ?? 0)
    }
  }

  /** The entries of a table in this record; `countFault` says where they are a guess. */
  count(step: Step): number {
    const { counter, table } = step
    this.countFault = undefined
    if (table === undefined) return 1
    if (counter === undefined || step.counterSlot < 0) return table.max
    const place = this.places[step.counterSlot] ?? 0
    if (place + counter.field.length > this.end) {
      this.countFault = "CPY-4013"
      return table.min
    }
    const count = this.#countAt(counter, place)
    if (count === undefined) {
      this.countFault = "CPY-4012"
      return table.min
    }
    const min = this.plan.options.allowsFewer === true ? 0 : table.min
    if (count < min || count > table.max) this.countFault = "CPY-4011"
    return count > table.max ? table.max : Math.max(count, 0)
  }

  #countAt(counter: Counter, place: number): number | undefined {
    const value = counter.codec.decode(this.bytes, place)
    if (counter.values !== undefined) return counter.values.get(`${value as string | number}`)
    if (typeof value === "string" && !/^\d{1,9}$/.test(value)) return undefined
    const count = Number(value)
    return Number.isInteger(count) ? count : undefined
  }

  /** Walks over a step without reading it: its counters are known then, and the rest has moved. */
  skip(step: Step, delta: number): void {
    if (step.slot >= 0) this.places[step.slot] = this.start + step.offset + delta + this.shift
    if (step.kind === "cluster") {
      this.skipViews(step, delta)
    } else if (step.kind === "table") {
      const { max = 1, stride = 0 } = step.table ?? {}
      if (step.walks.length === 0 && !step.isVariable) return
      const count = this.count(step)
      const [element] = step.walks
      if (element !== undefined) {
        for (let index = 0; index < count; index++) this.skip(element, delta + index * stride)
      }
      this.close(max - count, stride)
    } else for (const each of step.walks) this.skip(each, delta)
  }

  /** What lies behind views moves as far as the longest of them lets it. */
  skipViews(step: Step, delta: number): void {
    const before = this.shift
    let after = Number.NEGATIVE_INFINITY
    for (const view of step.steps) {
      this.shift = before
      this.skip(view, delta)
      after = Math.max(after, this.shift - before + this.sizeOf(view) - step.length)
    }
    this.shift = step.isVariable ? before + Math.min(after, 0) : before
  }

  /** A view at its maximum. */
  sizeOf(view: Step): number {
    return view.table === undefined ? view.length : view.table.stride * view.table.max
  }

  /** Entries that are not there leave no room where tables take their actual size. */
  close(missing: number, stride: number): void {
    if (this.isMoving) this.shift -= missing * stride
  }

  /**
   * Where a field lies, its tables at the given indexes; −1 where an index is beyond its table.
   */
  locate(chain: ReadonlyArray<Step>, indexes: ReadonlyArray<number>): number {
    let delta = 0
    let depth = 0
    for (let level = 0; level < chain.length - 1; level++) {
      const step = chain[level]
      const next = chain[level + 1]
      if (step === undefined || next === undefined) return -1
      if (step.kind === "table") {
        const index = indexes[depth++] ?? 0
        const { stride = 0 } = step.table ?? {}
        if (!(index >= 0 && index < this.count(step))) return -1
        const [element] = step.walks
        if (element !== undefined) {
          for (let each = 0; each < index; each++) this.skip(element, delta + each * stride)
        }
        delta += index * stride
      } else if (step.kind === "group") {
        for (const each of step.walks) {
          if (each.offset >= next.offset) break
          this.skip(each, delta)
        }
      }
    }
    const last = chain.at(-1)
    return last === undefined ? -1 : this.start + last.offset + delta + this.shift
  }

  /** Behind the record's last field. */
  recordEnd(): number {
    return this.start + this.plan.layout.lengthMax + this.shift
  }
}
