/**
 * The middleware that makes the records which endpoints declare.
 *
 * No handler records anything itself, so none can forget it.
 */
import { Audit, type RecordError } from "@countersign/core/Audit"
import type { Actor, Outcome, Target } from "@countersign/core/event/AuditEvent"
import type { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { malformedAt } from "../api/Containment.ts"
import { type Done, NotRecorded, StoreUnavailable } from "../api/Problem.ts"
import { isPatientId } from "../domain/Patient.ts"
import { CurrentPrincipal } from "../api/CurrentPrincipal.ts"
import { type AuditDeclaration, declarationOf, isMutating } from "./Audited.ts"
import type { Conduct } from "./ClinicEvent.ts"

/** What only the handler knows, for the record of how it went. */
export interface Note {
  input: unknown
  /** What the path names, and what was made or found besides; a patient wherever it is theirs. */
  targets: ReadonlyArray<Target>
}

export class AuditNote extends Context.Service<AuditNote, Note>()(
  "@countersign/clinic-api/audit/AuditNote",
) {}

export class Auditing extends HttpApiMiddleware.Service<
  Auditing,
  { provides: AuditNote; requires: CurrentPrincipal }
>()("@countersign/clinic-api/audit/Auditing", { error: NotRecorded }) {
  static readonly layer: Layer.Layer<Auditing, never, Audit> = Layer.effect(
    this,
    Effect.gen(function* () {
      const audit = yield* Audit
      const clock = yield* Clock.clockWith(Effect.succeed)
      return Auditing.of((handler, { endpoint, group }) => {
        const declaration = declarationOf(endpoint)
        // Routes are built when the server starts: this one does not.
        if (declaration === undefined) {
          throw new Error(`${group.identifier}.${endpoint.identifier} declares no audit`)
        }
        return audited(audit, clock, { ...declaration, isMutating: isMutating(endpoint) }, handler)
      })
    }),
  )
}

const userAgentLengthMax = 256

const clientOf = (request: HttpServerRequest.HttpServerRequest) => {
  const ip = Option.getOrUndefined(request.remoteAddress)
  const userAgent = request.headers["user-agent"]?.slice(0, userAgentLengthMax)
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined || userAgent === "" ? {} : { userAgent }),
  }
}

/**
 * Whether the action was done, of one that changes something.
 *
 * A refusal comes before the action; whatever else ends it may have come after.
 */
const doneOf = (exit: Exit.Exit<HttpServerResponse, unknown>): Done => {
  if (Exit.isSuccess(exit)) return exit.value.status < 400 ? "yes" : "no"
  const error = Cause.findErrorOption(exit.cause)
  if (Option.isSome(error)) {
    return error.value instanceof StoreUnavailable ? error.value.isDone : "no"
  }
  const isRefusal = exit.cause.reasons.some(
    (reason) => Cause.isDieReason(reason) && malformedAt(reason.defect) !== undefined,
  )
  return isRefusal ? "no" : "unknown"
}

const outcomeOf = (exit: Exit.Exit<HttpServerResponse, unknown>): readonly [Outcome, string] => {
  if (Exit.isSuccess(exit)) {
    return exit.value.status < 400 ? ["success", ""] : ["failure", String(exit.value.status)]
  }
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error === undefined) {
    return Cause.hasInterruptsOnly(exit.cause)
      ? ["unknown", "interrupted"]
      : ["failure", "unexpected"]
  }
  const tag =
    typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
      ? error._tag
      : "unexpected"
  return [tag === "AccessDenied" ? "denied" : "failure", tag]
}

const notRecorded = (error: RecordError | InvalidEvent, isDone: Done) =>
  Effect.andThen(
    // The message of an invalid event names a path, never a value.
    Effect.logError(`clinic: a request was answered with 503: ${error.message}`),
    Effect.fail(new NotRecorded({ detail: error.code, isDone })),
  )

const audited = <E, R>(
  audit: Audit["Service"],
  clock: Clock.Clock,
  declaration: AuditDeclaration & { readonly isMutating: boolean },
  handler: Effect.Effect<HttpServerResponse, E, R | AuditNote>,
) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const { id, roles } = yield* CurrentPrincipal
      const request = yield* HttpServerRequest.HttpServerRequest
      const { params } = yield* HttpRouter.RouteContext
      const actor: Actor = { id, type: "user", roles, authMethod: "bearer" }
      const source = clientOf(request)
      const note: Note = { input: undefined, targets: targetsOf(declaration, params["id"]) }
      const record = (outcome: Outcome, data: Conduct, isDone: Done) => {
        const { targets } = note
        const event = declaration.event.parse({
          actor,
          outcome,
          action: declaration.action,
          purpose: declaration.purpose,
          source,
          data,
          ...(targets.length === 0 ? {} : { target: targets }),
          ...(data.attempt === undefined ? {} : { correlation: data.attempt }),
        })
        return Result.isFailure(event)
          ? notRecorded(event.failure, isDone)
          : Effect.catch(audit.record(event.success), (error) => notRecorded(error, isDone))
      }

      const from = clock.currentTimeMillisUnsafe()
      const attempt =
        declaration.when === "both" ? yield* restore(record("attempt", {}, "no")) : undefined
      const exit = yield* Effect.exit(restore(Effect.provideService(handler, AuditNote, note)))
      const isDone = declaration.isMutating ? doneOf(exit) : "no"
      const [seen, failure] = outcomeOf(exit)
      // A failure says that nothing was changed, and nobody knows.
      const outcome = isDone === "unknown" ? isDone : seen
      const conduct = {
        durationMillis: clock.currentTimeMillisUnsafe() - from,
        // An id that is empty belongs to no record: auditing is switched off.
        ...(attempt === undefined || attempt.id === "" ? {} : { attempt: attempt.id }),
        ...(failure === "" ? {} : { failure }),
        ...(note.input === undefined ? {} : { input: note.input }),
      }
      yield* record(outcome, conduct, isDone)
      return yield* exit
    }),
  )

const targetsOf = ({ target }: AuditDeclaration, id: string | undefined): ReadonlyArray<Target> => {
  if (target === undefined || id === undefined) return []
  // Whatever stands in the path of a malformed request does not belong in a record.
  return [{ type: target, id: isPatientId(id) ? id : "malformed" }]
}
