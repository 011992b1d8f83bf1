/**
 * Who asks.
 */
import * as Schema from "effect/Schema"

export const roles = ["clinician", "reception", "auditor"] as const

export const Role = Schema.Literals(roles)

export type Role = typeof Role.Type

export interface Principal {
  readonly id: string
  readonly roles: ReadonlyArray<Role>
}
