/**
 * Who asks.
 */
import * as Schema from "effect/Schema"

export const Role = Schema.Literals(["clinician", "reception", "auditor"])

export type Role = typeof Role.Type

export interface Principal {
  readonly id: string
  readonly roles: ReadonlyArray<Role>
}
