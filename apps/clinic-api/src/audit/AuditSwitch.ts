/**
 * Whether this clinic is audited. Only a benchmark, which wants to know what it costs, says no.
 */
import * as Context from "effect/Context"

export const AuditSwitch = Context.Reference<boolean>("@countersign/clinic-api/audit/AuditSwitch", {
  defaultValue: () => true,
})
