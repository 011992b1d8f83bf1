/**
 * The audit event: who did what to what, with which outcome.
 *
 * CloudEvents names for the envelope, the OpenTelemetry audit draft's vocabulary within. The
 * schema is the definition; `EventEncoder` applies the same rules in the hot path.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { classes, type EventClass } from "./EventClass.ts"

const literals = <const L extends ReadonlyArray<string>>(values: L) => Schema.Literals(values)

/**
 * @category constants
 * @since 0.1.0
 */
export const outcomes = ["attempt", "success", "failure", "denied", "partial", "unknown"] as const

/**
 * @category models
 * @since 0.1.0
 */
export type Outcome = (typeof outcomes)[number]

/**
 * How sensitive an event's content is.
 *
 * @category constants
 * @since 0.1.0
 */
export const classifications = [
  "PUBLIC",
  "INTERNAL",
  "CONFIDENTIAL",
  "PII",
  "PHI",
  "CARDHOLDER",
  "MATERIAL",
  "SECRET",
] as const

/**
 * @category models
 * @since 0.1.0
 */
export type Classification = (typeof classifications)[number]

/**
 * @category constants
 * @since 0.1.0
 */
export const severities = ["info", "low", "medium", "high", "critical"] as const

/**
 * @category models
 * @since 0.1.0
 */
export type Severity = (typeof severities)[number]

/**
 * @category constants
 * @since 0.1.0
 */
export const actorTypes = ["user", "service", "system", "agent", "anonymous"] as const

/**
 * @category models
 * @since 0.1.0
 */
export type ActorType = (typeof actorTypes)[number]

/**
 * Longest `type`. Units: characters.
 *
 * @category constants
 * @since 0.1.0
 */
export const typeLengthMax = 128

/**
 * Two or more dotted lower-case words, such as `patient.record.read`.
 *
 * @category constants
 * @since 0.1.0
 */
export const typePattern = /^[a-z][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+$/

/**
 * RFC 3339 in UTC, such as `2026-11-21T09:00:00.000Z`.
 *
 * @category constants
 * @since 0.1.0
 */
export const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/** Types under this prefix are written by the engine alone. */
export const reservedTypePrefix = "audit."

const text = Schema.NonEmptyString

/**
 * Who acted.
 *
 * @category models
 * @since 0.1.0
 */
export interface Actor {
  readonly id: string
  /** Default `user`. */
  readonly type?: ActorType | undefined
  readonly onBehalfOf?: string | undefined
  readonly roles?: ReadonlyArray<string> | undefined
  readonly authMethod?: string | undefined
}

/**
 * What was acted upon.
 *
 * @category models
 * @since 0.1.0
 */
export interface Target {
  readonly id: string
  readonly type: string
  readonly name?: string | undefined
  readonly owner?: string | undefined
  readonly fields?: ReadonlyArray<string> | undefined
}

/**
 * An event as an application writes it.
 *
 * `type`, `actor` and `outcome` are required; `id` and `time` are made when absent, `class`
 * and `classification` come from the event type or the defaults `standard` and `INTERNAL`.
 * When `time` is given, the engine adds `observed`, the moment at which it saw the event.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuditEventInput {
  readonly type: string
  readonly actor: Actor
  readonly outcome: Outcome
  readonly id?: string | undefined
  /** RFC 3339 in UTC, such as `2026-11-21T09:00:00.000Z`. */
  readonly time?: string | undefined
  readonly class?: EventClass | undefined
  readonly classification?: Classification | undefined
  /** A verb: `READ`, `CREATE`, `EXPORT`, or the application's own. */
  readonly action?: string | undefined
  /** Why the outcome is what it is. */
  readonly reason?: string | undefined
  readonly target?: ReadonlyArray<Target> | undefined
  readonly severity?: Severity | undefined
  readonly tenant?: string | undefined
  readonly session?: string | undefined
  readonly source?:
    | { readonly ip?: string | undefined; readonly userAgent?: string | undefined }
    | undefined
  readonly trace?: { readonly traceId: string; readonly spanId: string } | undefined
  readonly correlation?: string | undefined
  readonly purpose?: string | undefined
  readonly legalBasis?: string | undefined
  readonly frameworks?: ReadonlyArray<string> | undefined
  readonly retention?: string | undefined
  readonly change?:
    | { readonly before?: unknown; readonly after?: unknown; readonly diff?: unknown }
    | undefined
  /** Set by an application that sampled before it recorded. The engine's own sampling is in its signed records. */
  readonly sampling?: { readonly policy: string; readonly rate: number } | undefined
  /** JSON of the application's own, under the limits of the configuration. */
  readonly data?: unknown
}

/**
 * An event as it lies in the trail.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AuditEvent = Schema.Struct({
  id: text,
  time: Schema.String.check(Schema.isPattern(timePattern)),
  type: Schema.String.check(Schema.isPattern(typePattern), Schema.isMaxLength(typeLengthMax)),
  class: literals(classes as readonly [EventClass, ...Array<EventClass>]),
  actor: Schema.Struct({
    id: text,
    type: literals(actorTypes),
    onBehalfOf: Schema.optionalKey(text),
    roles: Schema.optionalKey(Schema.Array(text)),
    authMethod: Schema.optionalKey(text),
  }),
  outcome: literals(outcomes),
  classification: literals(classifications),
  observed: Schema.optionalKey(Schema.String.check(Schema.isPattern(timePattern))),
  action: Schema.optionalKey(text),
  reason: Schema.optionalKey(text),
  target: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        id: text,
        type: text,
        name: Schema.optionalKey(text),
        owner: Schema.optionalKey(text),
        fields: Schema.optionalKey(Schema.Array(text)),
      }),
    ),
  ),
  severity: Schema.optionalKey(literals(severities)),
  tenant: Schema.optionalKey(text),
  session: Schema.optionalKey(text),
  source: Schema.optionalKey(
    Schema.Struct({ ip: Schema.optionalKey(text), userAgent: Schema.optionalKey(text) }),
  ),
  trace: Schema.optionalKey(Schema.Struct({ traceId: text, spanId: text })),
  correlation: Schema.optionalKey(text),
  purpose: Schema.optionalKey(text),
  legalBasis: Schema.optionalKey(text),
  frameworks: Schema.optionalKey(Schema.Array(text)),
  retention: Schema.optionalKey(text),
  change: Schema.optionalKey(
    Schema.Struct({
      before: Schema.optionalKey(Schema.Json),
      after: Schema.optionalKey(Schema.Json),
      diff: Schema.optionalKey(Schema.Json),
    }),
  ),
  data: Schema.optionalKey(Schema.Json),
  sampling: Schema.optionalKey(
    Schema.Struct({
      policy: text,
      rate: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    }),
  ),
})

/**
 * @category models
 * @since 0.1.0
 */
export type AuditEvent = typeof AuditEvent.Type
