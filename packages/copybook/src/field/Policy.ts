/**
 * What becomes of fields with faults, class by class.
 *
 * @since 0.1.0
 */
import type { FaultClass, FaultPolicy } from "./Fault.ts"

/**
 * Policies that differ from the default, which is `error` for every class: nothing is absent
 * without somebody having said so.
 *
 * @category models
 * @since 0.1.0
 */
export type Policies = Readonly<Partial<Record<FaultClass, FaultPolicy>>>

/**
 * The policy of a class: of the field, else of the file, else `error`.
 *
 * @category getters
 * @since 0.1.0
 */
export const policyOf = (
  kind: FaultClass,
  file: Policies | undefined,
  field: Policies | undefined,
): FaultPolicy => field?.[kind] ?? file?.[kind] ?? "error"
