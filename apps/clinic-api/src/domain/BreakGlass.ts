/**
 * Access to a record in an emergency, without being in the patient's care team.
 */
import * as Schema from "effect/Schema"
import type { Disclosure } from "./Personal.ts"
import { line } from "./Text.ts"

/** How long such access lasts. Units: milliseconds. */
export const accessMillis = 60 * 60 * 1000

export const BreakGlassForm = Schema.Struct({
  reason: Schema.Literals(["emergency", "covering-colleague", "public-health"]),
  /** Free text, and so likely to say something about the patient. */
  justification: line(2000).check(Schema.isMinLength(10)),
})

export type BreakGlassForm = typeof BreakGlassForm.Type

export const BreakGlassAccess = Schema.Struct({ expiresAt: Schema.String })

export type BreakGlassAccess = typeof BreakGlassAccess.Type

export const breakGlassDisclosure: Disclosure<BreakGlassForm> = {
  reason: "keep",
  justification: "remove",
}
