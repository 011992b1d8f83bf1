/**
 * What the API answers when it does not do what it was asked (RFC 9457).
 *
 * None of them repeats anything of the request or of a record: an answer is read by proxies,
 * logs and support tools that have no right to either.
 */
import * as Schema from "effect/Schema"
import * as HttpApiError from "effect/http-api/HttpApiError"

const typed = <const Name extends string>(name: Name) => `urn:clinic:problem:${name}` as const

export class RequestMalformed extends HttpApiError.Problem<RequestMalformed>()(
  "RequestMalformed",
  { type: typed("malformed"), status: 400, title: "The request is not of the documented form." },
  { where: Schema.String },
) {}

export class Unauthenticated extends HttpApiError.Problem<Unauthenticated>()("Unauthenticated", {
  type: typed("unauthenticated"),
  status: 401,
  title: "A valid bearer token is needed.",
}) {}

export class AccessDenied extends HttpApiError.Problem<AccessDenied>()("AccessDenied", {
  type: typed("denied"),
  status: 403,
  title: "You have no access to this. In an emergency there is break-glass access.",
}) {}

export class Absent extends HttpApiError.Problem<Absent>()("Absent", {
  type: typed("absent"),
  status: 404,
  title: "There is no such thing.",
}) {}

export class TooManyRequests extends HttpApiError.Problem<TooManyRequests>()(
  "TooManyRequests",
  { type: typed("too-many-requests"), status: 429, title: "You ask too often." },
  { retryAfterMillis: Schema.Finite },
) {}

export class Unexpected extends HttpApiError.Problem<Unexpected>()(
  "Unexpected",
  { type: typed("unexpected"), status: 500, title: "Something went wrong here." },
  /** The same is in the log. */
  { incident: Schema.String },
) {}

/** Whether a change was made; `unknown` where a database was asked for it and did not answer. */
export const Done = Schema.Literals(["yes", "no", "unknown"])

export type Done = typeof Done.Type

export class StoreUnavailable extends HttpApiError.Problem<StoreUnavailable>()(
  "StoreUnavailable",
  {
    type: typed("store-unavailable"),
    status: 503,
    title: "The clinic's records can't be reached now.",
  },
  { isDone: Done },
) {}

export class NotReady extends HttpApiError.Problem<NotReady>()(
  "NotReady",
  { type: typed("not-ready"), status: 503, title: "Not all parts serve yet, or any more." },
  { waitsFor: Schema.Literals(["store", "audit"]) },
) {}

/** What can't be recorded is not begun, and what was read without a record is not handed out. */
export class NotRecorded extends HttpApiError.Problem<NotRecorded>()(
  "NotRecorded",
  {
    type: typed("not-recorded"),
    status: 503,
    title: "The audit trail can't take a record now.",
  },
  {
    detail: Schema.String,
    /** Whether a change was made all the same: its attempt is in the trail, its outcome is not. */
    isDone: Done,
  },
) {}
