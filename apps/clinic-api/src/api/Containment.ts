/**
 * The outermost middleware: whatever goes wrong, neither the answer nor the log repeats what
 * was sent or stored.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import * as SchemaIssue from "effect/SchemaIssue"
import type { unhandled } from "effect/Types"
import { EventIdGenerator } from "@countersign/core/event/EventId"
import { RequestMalformed, Unexpected } from "./Problem.ts"

export class Containment extends HttpApiMiddleware.Service<Containment>()(
  "@countersign/clinic-api/api/Containment",
  { error: [RequestMalformed, Unexpected] },
) {
  static readonly layer: Layer.Layer<Containment> = Layer.effect(
    this,
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      const incidents = new EventIdGenerator()
      return Containment.of((handler) =>
        Effect.catchCause(handler, (cause): Contained => {
          const [reason] = cause.reasons
          if (reason === undefined || Cause.isInterruptReason(reason)) {
            return Effect.failCause(cause)
          }
          const thrown: unknown = Cause.isFailReason(reason) ? reason.error : reason.defect
          const where = malformedAt(thrown)
          if (where !== undefined) return Effect.fail(new RequestMalformed({ where }))
          if (Cause.isFailReason(reason) && !HttpApiError.HttpApiSchemaError.is(thrown)) {
            return Effect.failCause(cause)
          }
          const incident = incidents.next(clock.currentTimeMillisUnsafe())
          return Effect.andThen(
            // A message may quote a row: its kind has to do, and the incident's time.
            Effect.logError(`clinic: incident ${incident}: ${kindOf(thrown)}`),
            Effect.fail(new Unexpected({ incident })),
          )
        }),
      )
    }),
  )
}

/** A declared error passes as it is. */
type Contained = Effect.Effect<never, RequestMalformed | Unexpected | unhandled>

const isOfRequest = (kind: string): boolean => kind !== "Body" && kind !== "ResponseHeaders"

/** A body that is no JSON, or larger than it may be; the parser's message would quote it. */
const isUnreadable = (thrown: unknown): boolean =>
  HttpServerError.isHttpServerError(thrown) && thrown.reason._tag === "RequestParseError"

/** Where a request is malformed, if that is why it was thrown out before anything was done. */
export const malformedAt = (thrown: unknown): string | undefined => {
  if (HttpApiError.HttpApiSchemaError.is(thrown) && isOfRequest(thrown.kind)) {
    return whereIn(thrown)
  }
  return isUnreadable(thrown) ? "payload" : undefined
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Which part of the request, and where in it; never what stands there. */
const whereIn = (error: HttpApiError.HttpApiSchemaError): string => {
  const path = issuesOf(error.cause.issue).issues[0]?.path ?? []
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step))
  return [error.kind.toLowerCase(), ...steps].join(".")
}

const kindOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.name : `a ${typeof thrown} was thrown`
