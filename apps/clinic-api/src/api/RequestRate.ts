/**
 * How often one principal may ask.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { CurrentPrincipal } from "./CurrentPrincipal.ts"
import { TooManyRequests } from "./Problem.ts"

export class RequestRate extends HttpApiMiddleware.Service<
  RequestRate,
  { provides: never; requires: CurrentPrincipal }
>()("@countersign/clinic-api/api/RequestRate", { error: TooManyRequests }) {
  /** @param perMinute how many requests a principal may make in a minute, at once or spread */
  static readonly layer = (perMinute: number): Layer.Layer<RequestRate> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const limiter = yield* RateLimiter.RateLimiter
        return RequestRate.of((handler) =>
          Effect.flatMap(CurrentPrincipal, ({ id }) =>
            Effect.andThen(
              limiter
                .consume({
                  key: id,
                  algorithm: "token-bucket",
                  window: "1 minute",
                  limit: perMinute,
                  onExceeded: "fail",
                })
                .pipe(
                  Effect.catchReason("RateLimiterError", "RateLimitExceeded", ({ retryAfter }) =>
                    Effect.fail(
                      new TooManyRequests({ retryAfterMillis: Duration.toMillis(retryAfter) }),
                    ),
                  ),
                  // The buckets are in memory, which does not fail.
                  Effect.catchTag("RateLimiterError", Effect.die),
                ),
              handler,
            ),
          ),
        )
      }),
    ).pipe(Layer.provide(RateLimiter.layer), Layer.provide(RateLimiter.layerStoreMemory))
}
