/**
 * Which views of redefined bytes hold, told for many records before they are written.
 *
 * @since 0.1.0
 */
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import { holds, pathsOf, type ViewCondition } from "../record/ViewRule.ts"

/** What is remembered of one rule's fields. */
const answersMost = 4096
/** Longer ones hold no kind: to remember them takes much memory, and answers nothing. Units: bytes. */
const rememberedMost = 256

interface Place {
  readonly path: string
  readonly from: number
  readonly until: number
  readonly decode: (bytes: Uint8Array, offset: number) => ReturnType<Parameters<typeof holds>[1]>
}

/**
 * One rule whose fields lie at the same places in every record.
 *
 * Records have few kinds, so what the rule says is remembered by the bytes of its fields.
 *
 * @category models
 * @since 0.1.0
 */
export class HeldViews {
  private readonly rule: ViewCondition
  private readonly places: ReadonlyArray<Place>
  private readonly values: ReadonlyMap<string, Place>
  private readonly answers = new Map<number | string, boolean>()
  private readonly isRemembered: boolean

  constructor(plan: RecordPlan, rule: ViewCondition) {
    this.rule = rule
    this.places = [...new Set(pathsOf(rule))].flatMap((path) => {
      const step = plan.chains.get(path)?.at(-1)
      if (step === undefined) return []
      const decode: Place["decode"] = (bytes, offset) => step.codec?.decode(bytes, offset) ?? null
      return [{ path, from: step.offset, until: step.offset + step.length, decode }]
    })
    this.values = new Map(this.places.map((place) => [place.path, place]))
    const width = this.places.reduce((sum, { from, until }) => sum + until - from, 0)
    this.isRemembered = width <= rememberedMost
  }

  /** Writes 1 or 0 for each record from `from` on. */
  write(batch: RecordBatch, from: number, target: Uint8Array): void {
    for (let index = 0; index < target.length; index++) {
      const start = batch.starts[from + index] ?? 0
      const end = start + (batch.lengths[from + index] ?? 0)
      const answer = this.isRemembered
        ? this.remembered(batch.bytes, start, end)
        : this.answerOf(batch.bytes, start, end)
      target[index] = answer ? 1 : 0
    }
  }

  private remembered(bytes: Uint8Array, start: number, end: number): boolean {
    const key = this.keyOf(bytes, start, end)
    let answer = this.answers.get(key)
    if (answer === undefined) {
      answer = this.answerOf(bytes, start, end)
      if (this.answers.size >= answersMost) this.answers.clear()
      this.answers.set(key, answer)
    }
    return answer
  }

  /** The fields' bytes: a number where they are few, since that is made without allocation. */
  private keyOf(bytes: Uint8Array, start: number, end: number): number | string {
    const [first, other] = this.places
    if (first === undefined) return 0
    if (other === undefined && first.until - first.from <= 4 && start + first.until <= end) {
      let key = 0
      for (let at = start + first.from; at < start + first.until; at++) {
        key = key * 256 + (bytes[at] ?? 0)
      }
      return key
    }
    let key = ""
    for (const { from, until } of this.places) {
      // What is cut off is no value: all such records are alike.
      if (start + until > end) key += "-"
      else {
        key += "+"
        for (let at = start + from; at < start + until; at++) {
          key += String.fromCharCode(bytes[at] ?? 0)
        }
      }
    }
    return key
  }

  private answerOf(bytes: Uint8Array, start: number, end: number): boolean {
    return holds(this.rule, (path) => {
      const place = this.values.get(path)
      if (place === undefined || start + place.until > end) return null
      return place.decode(bytes, start + place.from)
    })
  }
}
