/**
 * Bearer tokens.
 */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CurrentPrincipal } from "./CurrentPrincipal.ts"
import { Unauthenticated } from "./Problem.ts"
import type { TokenBook } from "./TokenBook.ts"

export class Authentication extends HttpApiMiddleware.Service<
  Authentication,
  { provides: CurrentPrincipal; requires: never }
>()("@countersign/clinic-api/api/Authentication", {
  error: Unauthenticated,
  security: { bearer: HttpApiSecurity.bearer },
}) {
  static readonly layer = (tokens: TokenBook): Layer.Layer<Authentication, never, Audit> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const audit = yield* Audit
        return Authentication.of({
          bearer: (handler, { credential }) => {
            const principal = tokens.principalOf(Redacted.value(credential))
            return principal === undefined
              ? refuse(audit)
              : Effect.provideService(handler, CurrentPrincipal, principal)
          },
        })
      }),
    )
}

/** Telemetry: who guesses tokens by the thousand must not fill the trail, but is counted. */
const refuse = (audit: Audit["Service"]) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ remoteAddress }) => {
    const ip = Option.getOrUndefined(remoteAddress)
    audit.recordUnsafe({
      type: "authentication.refuse",
      class: "telemetry",
      actor: { id: "unknown", type: "anonymous" },
      outcome: "denied",
      ...(ip === undefined ? {} : { source: { ip } }),
    })
    return Effect.fail(new Unauthenticated())
  })
