/**
 * Counts the faults of a file's records, and says when there are too many.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Fault } from "../field/Fault.ts"
import type { Decoded } from "./RecordDecoder.ts"
import { TooManyFaults } from "./TooManyFaults.ts"

/**
 * How many bad records end a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultLimits {
  /** `strict` ends at the first bad record, `lenient` counts and goes on. */
  readonly mode: "strict" | "lenient"
  /** Bad records that are allowed, where it is lenient. Default: any number. */
  readonly recordsMax?: number
  /** Faults that are kept. Default 1,000. */
  readonly keptMax?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class FaultLog {
  readonly #limits: FaultLimits
  readonly #kept: Array<Fault> = []
  readonly #byCode = new Map<string, number>()
  #records = 0

  constructor(limits: FaultLimits) {
    this.#limits = limits
  }

  /** Takes a record's faults. Fails where the file has to end with it. */
  add(decoded: Decoded): Result.Result<void, TooManyFaults> {
    if (!decoded.isRejected) return Result.succeed(undefined)
    this.#records++
    const { keptMax = 1000, mode, recordsMax = Number.POSITIVE_INFINITY } = this.#limits
    for (const fault of decoded.faults) {
      this.#byCode.set(fault.code, (this.#byCode.get(fault.code) ?? 0) + 1)
      if (this.#kept.length < keptMax) this.#kept.push(fault)
    }
    const allowed = mode === "strict" ? 0 : recordsMax
    if (this.#records <= allowed) return Result.succeed(undefined)
    const last = decoded.faults[0]?.message ?? ""
    return Result.fail(new TooManyFaults({ records: this.#records, recordsMax: allowed, last }))
  }

  /** Records with faults so far. */
  get records(): number {
    return this.#records
  }

  /** Faults by their code, all of them. */
  get byCode(): ReadonlyMap<string, number> {
    return this.#byCode
  }

  /** The first faults, as many as are kept. */
  get kept(): ReadonlyArray<Fault> {
    return this.#kept
  }
}
