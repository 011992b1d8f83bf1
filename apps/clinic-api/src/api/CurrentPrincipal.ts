/**
 * Who asks, within a request.
 */
import * as Context from "effect/Context"
import type { Principal } from "../domain/Principal.ts"

export class CurrentPrincipal extends Context.Service<CurrentPrincipal, Principal>()(
  "@countersign/clinic-api/api/CurrentPrincipal",
) {}
