/**
 * The declaration of an endpoint's audit, and the search for endpoints without one.
 */
import type { Target } from "@countersign/core/event/AuditEvent"
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type { ClinicEvent } from "./ClinicEvent.ts"

export interface AuditDeclaration {
  readonly event: ClinicEvent
  /** A verb, as auditors look for it. */
  readonly action: "CREATE" | "READ" | "UPDATE" | "CANCEL" | "BREAK_GLASS" | "EXPORT"
  /** What the parameter `id` of the path names. */
  readonly target?: Target["type"]
  /**
   * `both`: a durable record before the action, without which it is not done, and one of how it
   * went. `after`: one record, without which nothing is handed out. What changes something is
   * always recorded on both sides.
   */
  readonly when: "both" | "after"
  readonly purpose: "treatment" | "operations"
}

/** The annotation: `endpoint.annotate(Audited, { … })`. */
export class Audited extends Context.Service<Audited, AuditDeclaration>()(
  "@countersign/clinic-api/audit/Audited",
) {}

const harmless: ReadonlySet<HttpMethod.HttpMethod> = new Set(["GET", "HEAD", "OPTIONS"])

export const isMutating = (endpoint: HttpApiEndpoint.Top): boolean => !harmless.has(endpoint.method)

export const declarationOf = (endpoint: HttpApiEndpoint.Top): AuditDeclaration | undefined =>
  Option.getOrUndefined(Context.getOption(endpoint.annotations, Audited))

/** Endpoints that change something, or hand out what only some may see, and declare no audit. */
export const undeclared = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  middleware: Context.Key<never, never> | { readonly key: string },
): ReadonlyArray<string> => {
  const found: Array<string> = []
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group, middleware: present }) => {
      const declared = declarationOf(endpoint)
      const isEnforced = [...present].some(({ key }) => key === middleware.key)
      const name = `${group.identifier}.${endpoint.identifier} (${endpoint.method} ${endpoint.path})`
      if (isEnforced || isMutating(endpoint)) {
        if (declared === undefined) found.push(`${name} declares no audit`)
        else if (!isEnforced) found.push(`${name} declares an audit that no middleware makes`)
        else if (isMutating(endpoint) && declared.when !== "both") {
          found.push(`${name} changes something and is recorded only afterwards`)
        }
      }
    },
  })
  return found
}
