/**
 * Answers declared questions before anybody asks them, on a schedule.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schedule from "effect/Schedule"
import { AuditQuery } from "./AuditQuery.ts"
import type { PageQuery } from "./Query.ts"

/**
 * A question that is going to be asked, word for word.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeclaredQuery {
  readonly query: PageQuery
  /** The tenant that it is asked within. */
  readonly tenant?: string
}

/**
 * Warms the cache at the start and then as the schedule says, one question after the other, until
 * the scope closes. A question that fails is warned about, and asked again the next time.
 *
 * ```ts
 * QueryWarming.layer([{ query: { filter: "outcome=denied" } }], Schedule.spaced("10 seconds"))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  queries: ReadonlyArray<DeclaredQuery>,
  schedule: Schedule.Schedule<unknown>,
): Layer.Layer<never, never, AuditQuery> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { warm } = yield* AuditQuery
      yield* Effect.forEach(
        queries,
        ({ query, tenant }) =>
          Effect.catch(warm(query, tenant), (error) =>
            Effect.logWarning(`countersign: a declared query was not warmed: ${error.message}`),
          ),
        { discard: true },
      ).pipe(Effect.repeat(schedule), Effect.forkScoped)
    }),
  )
