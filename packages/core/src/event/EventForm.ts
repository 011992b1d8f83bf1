/**
 * An event's envelope, checked member by member and laid out in the order of RFC 8785.
 *
 * What it returns is made of new objects but for `data` and `change`, so one `JSON.stringify`
 * of it is canonical if those two are. Absent members are `undefined`, which JSON leaves out.
 *
 * @since 0.1.0
 */
import {
  type Actor,
  actorTypes,
  type AuditEventInput,
  classifications,
  outcomes,
  severities,
  type Target,
  timePattern,
} from "./AuditEvent.ts"
import { classes, type EventClass } from "./EventClass.ts"
import {
  actorNames,
  changeNames,
  memberNames,
  oneOf,
  only,
  samplingNames,
  sourceNames,
  targetNames,
  traceNames,
} from "./EventMembers.ts"
import { Refusal } from "./InvalidEvent.ts"

/**
 * What the engine adds to an event.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventStamp {
  /** The event's id: its own, or a new one. */
  readonly id: string
  /** The engine's time, RFC 3339. */
  readonly now: string
}

const outcomeSet: ReadonlySet<unknown> = new Set(outcomes)
const severitySet: ReadonlySet<unknown> = new Set(severities)
const actorTypeSet: ReadonlySet<unknown> = new Set(actorTypes)
const classSet: ReadonlySet<unknown> = new Set(classes)
const classificationSet: ReadonlySet<unknown> = new Set(classifications)

const shown = (value: unknown): string =>
  `is ${JSON.stringify(value)?.slice(0, 80) ?? typeof value}`

// The paths of members are written out where they are refused: building them for each event
// would cost more than the checks.
const noText = (value: unknown, path: string): Refusal =>
  new Refusal(
    value === undefined
      ? "is missing"
      : value === ""
        ? "is empty"
        : `is a ${value === null ? "null" : typeof value}`,
    "a text that is not empty",
    path,
  )

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const optional = (value: string | undefined, path: string): string | undefined => {
  if (value !== undefined && !isText(value)) throw noText(value, path)
  return value
}

const member = <A>(set: ReadonlySet<unknown>, value: A, path: string): A => {
  if (set.has(value)) return value
  throw new Refusal(
    value === undefined ? "is missing" : shown(value),
    // The sets hold texts alone.
    oneOf(set as ReadonlySet<string>),
    path,
  )
}

const texts = (values: ReadonlyArray<string>, path: string): ReadonlyArray<string> => {
  if (!Array.isArray(values)) throw new Refusal("is not a list", "a list of texts", path)
  // A copy: the caller's list may be of a kind that prints itself in another way.
  const copy: Array<string> = []
  for (let index = 0; index < values.length; index++) {
    const value: unknown = values[index]
    if (!isText(value)) throw noText(value, `${path}[${index}]`)
    copy.push(value)
  }
  return copy
}

const objectOf = <A extends object>(value: A, path: string): A => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value
  throw new Refusal(value === undefined ? "is missing" : "is not an object", "an object", path)
}

const actorForm = (actor: Actor) => {
  objectOf(actor, "actor")
  const { authMethod, id, onBehalfOf, roles, type } = actor
  if (!isText(id)) throw noText(id, "actor.id")
  const form = {
    authMethod: optional(authMethod, "actor.authMethod"),
    id,
    onBehalfOf: optional(onBehalfOf, "actor.onBehalfOf"),
    roles: roles === undefined ? undefined : texts(roles, "actor.roles"),
    type: type === undefined ? "user" : member(actorTypeSet, type, "actor.type"),
  }
  only(actor, actorNames, "actor")
  return form
}

const targetForm = (target: Target, index: number) => {
  if (typeof target !== "object" || target === null) objectOf(target, `target[${index}]`)
  const { fields, id, name, owner, type } = target
  if (!isText(id)) throw noText(id, `target[${index}].id`)
  if (!isText(type)) throw noText(type, `target[${index}].type`)
  if (name !== undefined && !isText(name)) throw noText(name, `target[${index}].name`)
  if (owner !== undefined && !isText(owner)) throw noText(owner, `target[${index}].owner`)
  only(target, targetNames, "target", index)
  return {
    fields: fields === undefined ? undefined : texts(fields, `target[${index}].fields`),
    id,
    name,
    owner,
    type,
  }
}

const targetForms = (targets: ReadonlyArray<Target>) => {
  if (!Array.isArray(targets)) throw new Refusal("is not a list", "a list of targets", "target")
  const forms: Array<ReturnType<typeof targetForm>> = []
  for (let index = 0; index < targets.length; index++) {
    forms.push(targetForm(targets[index], index))
  }
  return forms
}

const sourceForm = (source: NonNullable<AuditEventInput["source"]>) => {
  only(objectOf(source, "source"), sourceNames, "source")
  return {
    ip: optional(source.ip, "source.ip"),
    userAgent: optional(source.userAgent, "source.userAgent"),
  }
}

const traceForm = (trace: NonNullable<AuditEventInput["trace"]>) => {
  only(objectOf(trace, "trace"), traceNames, "trace")
  if (!isText(trace.spanId)) throw noText(trace.spanId, "trace.spanId")
  if (!isText(trace.traceId)) throw noText(trace.traceId, "trace.traceId")
  return { spanId: trace.spanId, traceId: trace.traceId }
}

const samplingForm = (sampling: NonNullable<AuditEventInput["sampling"]>) => {
  only(objectOf(sampling, "sampling"), samplingNames, "sampling")
  const { policy, rate } = sampling
  if (!isText(policy)) throw noText(policy, "sampling.policy")
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) {
    throw new Refusal(shown(rate), "a number from 0 to 1", "sampling.rate")
  }
  return { policy, rate }
}

const changeForm = (change: NonNullable<AuditEventInput["change"]>) => {
  only(objectOf(change, "change"), changeNames, "change")
  return change
}

const checkedTime = (time: string): string => {
  if (typeof time === "string" && timePattern.test(time) && !Number.isNaN(Date.parse(time))) {
    return time
  }
  throw new Refusal(
    shown(time),
    "an instant in UTC such as 2026-11-21T09:00:00.000Z (RFC 3339)",
    "time",
  )
}

/**
 * The class of an event, or the default.
 *
 * - Errors: throws `Refusal`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const classOf = (event: AuditEventInput): EventClass =>
  event.class === undefined ? "standard" : member(classSet, event.class, "class")

/**
 * A checked envelope; `data` and `change` are as the application gave them.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventForm {
  data: unknown
  change: unknown
}

/**
 * Checks an event's envelope and lays it out. `type` was checked before.
 *
 * - Errors: throws `Refusal` with the path of the first wrong member.
 *
 * @category encoding
 * @since 0.1.0
 */
export const eventForm = (event: AuditEventInput, stamp: EventStamp): EventForm => {
  const form = {
    action: optional(event.action, "action"),
    actor: actorForm(event.actor),
    change: event.change === undefined ? undefined : changeForm(event.change),
    class: event.class ?? "standard",
    classification:
      event.classification === undefined
        ? "INTERNAL"
        : member(classificationSet, event.classification, "classification"),
    correlation: optional(event.correlation, "correlation"),
    data: event.data,
    frameworks: event.frameworks === undefined ? undefined : texts(event.frameworks, "frameworks"),
    id: stamp.id,
    legalBasis: optional(event.legalBasis, "legalBasis"),
    observed: event.time === undefined ? undefined : stamp.now,
    outcome: member(outcomeSet, event.outcome, "outcome"),
    purpose: optional(event.purpose, "purpose"),
    reason: optional(event.reason, "reason"),
    retention: optional(event.retention, "retention"),
    sampling: event.sampling === undefined ? undefined : samplingForm(event.sampling),
    session: optional(event.session, "session"),
    severity:
      event.severity === undefined ? undefined : member(severitySet, event.severity, "severity"),
    source: event.source === undefined ? undefined : sourceForm(event.source),
    target: event.target === undefined ? undefined : targetForms(event.target),
    tenant: optional(event.tenant, "tenant"),
    time: event.time === undefined ? stamp.now : checkedTime(event.time),
    trace: event.trace === undefined ? undefined : traceForm(event.trace),
    type: event.type,
  }
  only(event, memberNames, "")
  return form
}
