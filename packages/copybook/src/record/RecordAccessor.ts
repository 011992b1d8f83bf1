/**
 * Single fields of a record, decoded when they are asked for.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FieldValue } from "../field/CodecShape.ts"
import { type DecodeFaultCode, decodeFaults, faultClasses } from "../field/FaultCode.ts"
import { showBytes } from "../field/TextCodec.ts"
import type { Layout } from "../layout/Layout.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import type { CodecOptionsInvalid } from "./CodecOptionsInvalid.ts"
import * as RecordPlan from "./RecordPlan.ts"
import { RecordWalk } from "./RecordWalk.ts"
import type { Step } from "./Step.ts"

/**
 * Reads fields of one record after the other in place, without copying it. A field that never
 * moves costs its own decoding only; others also what depends on counters before them.
 *
 * `Values` says which paths there are and what their values are: by default any.
 *
 * @category models
 * @since 0.1.0
 */
export class RecordAccessor<Values extends object = Record<string, FieldValue>> {
  readonly plan: RecordPlan.RecordPlan
  /** What was wrong with the field that `get` gave `null` for, whatever its policy. */
  fault: DecodeFaultCode | undefined = undefined
  readonly #walk: RecordWalk

  constructor(plan: RecordPlan.RecordPlan) {
    this.plan = plan
    this.#walk = new RecordWalk(plan)
  }

  /**
   * Puts the accessor on a record.
   *
   * @param start where it begins in `bytes`
   * @param length of the record. Units: bytes
   */
  on(bytes: Uint8Array, start = 0, length: number = bytes.length - start): this {
    this.#walk.begin(bytes, start, start + length)
    return this
  }

  /**
   * A field's value.
   *
   * @param indexes of the tables that it lies in, from the outermost in; 0 where they are left out
   * @returns what the policies make of a fault (`null` where they say `error`); undefined where
   *   there is no such field, or an index is beyond its table
   */
  get<Path extends keyof Values & string>(
    path: Path,
    ...indexes: ReadonlyArray<number>
  ): Values[Path] | null | undefined {
    this.fault = undefined
    const chain = this.plan.chains.get(path)
    const step = chain?.at(-1)
    if (chain === undefined || step?.codec === undefined) return undefined
    const offset = this.#locate(chain, indexes)
    if (offset < 0) return undefined
    const { bytes, end } = this.#walk
    const value = offset + step.length <= end ? step.codec.decode(bytes, offset) : undefined
    // The caller says which types the paths of the layout have.
    if (value !== undefined) return value as Values[Path]
    this.fault = offset + step.length <= end ? step.codec.fault() : "CPY-4013"
    return this.#faulty(step, this.fault, offset) as Values[Path] | null
  }

  /** The bytes of a field or group, as a view; undefined where the record does not have them. */
  bytes(path: string, ...indexes: ReadonlyArray<number>): Uint8Array | undefined {
    const chain = this.plan.chains.get(path)
    const step = chain?.at(-1)
    if (chain === undefined || step === undefined) return undefined
    const offset = this.#locate(chain, indexes)
    if (offset < 0) return undefined
    const { bytes, end } = this.#walk
    const { shift } = this.#walk
    this.#walk.skip(step, this.#delta(chain, indexes))
    const length = step.length + this.#walk.shift - shift
    return offset + length <= end ? bytes.subarray(offset, offset + length) : undefined
  }

  /** How many entries a table has in this record; undefined where the path is no table. */
  count(path: string, ...indexes: ReadonlyArray<number>): number | undefined {
    const chain = this.plan.chains.get(path)
    const at = chain?.findLastIndex(({ kind }) => kind === "table") ?? -1
    const table = chain?.[at]
    if (chain === undefined || table?.field.path !== path) return undefined
    const offset = this.#locate(chain.slice(0, at + 1), indexes)
    if (offset < 0) return undefined
    const count = this.#walk.count(table)
    this.fault = this.#walk.countFault
    return count
  }

  #locate(chain: ReadonlyArray<Step>, indexes: ReadonlyArray<number>): number {
    this.#walk.begin(this.#walk.bytes, this.#walk.start, this.#walk.end)
    return this.#walk.locate(chain, indexes)
  }

  #delta(chain: ReadonlyArray<Step>, indexes: ReadonlyArray<number>): number {
    let delta = 0
    let depth = 0
    for (const { kind, table } of chain) {
      if (kind === "table") delta += (indexes[depth++] ?? 0) * (table?.stride ?? 0)
    }
    return delta
  }

  #faulty(step: Step, code: DecodeFaultCode, offset: number): FieldValue | null {
    const policy = step.policies[faultClasses.indexOf(decodeFaults[code].class)]
    if (policy === "zero") return step.codec?.zero ?? null
    if (policy !== "raw") return null
    const { bytes, end } = this.#walk
    return showBytes(bytes.subarray(offset, Math.min(offset + step.length, end)), "hex")
  }
}

/**
 * Makes an accessor.
 *
 * - Errors: `CodecOptionsInvalid` where options name what the layout does not have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Values extends object = Record<string, FieldValue>>(
  layout: Layout,
  options: CodecOptions,
): Result.Result<RecordAccessor<Values>, CodecOptionsInvalid> =>
  Result.map(RecordPlan.make(layout, options), (plan) => new RecordAccessor<Values>(plan))
