/**
 * An event as a row: which columns a table of events has, and what stands in them.
 *
 * The columns are those of the event's schema, so that a question of who did what needs no JSON
 * functions. What has no fixed shape (`data`, `change`, lists) is a column of JSON text.
 *
 * @since 0.1.0
 */

/**
 * What a column holds: a text, a text that is JSON, or an instant (RFC 3339 in UTC).
 *
 * @category models
 * @since 0.1.0
 */
export type ColumnKind = "text" | "json" | "instant"

/**
 * @category models
 * @since 0.1.0
 */
export interface EventColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** The cell of an event; `undefined` where the event has nothing there. */
  readonly cellOf: (event: unknown) => string | undefined
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? // An own member of parsed JSON, of which nothing is assumed.
      (value as Readonly<Record<string, unknown>>)[name]
    : undefined

const at = (event: unknown, path: ReadonlyArray<string>): unknown => {
  let value = event
  for (const name of path) value = memberOf(value, name)
  return value
}

/** Members that are texts in every event of the schema; what is none all the same is written as JSON. */
const text = (name: string, ...path: ReadonlyArray<string>): EventColumn => ({
  name,
  kind: "text",
  cellOf: (event) => {
    const value = at(event, path)
    return typeof value === "string" || value === undefined ? value : JSON.stringify(value)
  },
})

const instant = (name: string, ...path: ReadonlyArray<string>): EventColumn => ({
  ...text(name, ...path),
  kind: "instant",
})

const json = (name: string, ...path: ReadonlyArray<string>): EventColumn => ({
  name,
  kind: "json",
  cellOf: (event) => {
    const value = at(event, path)
    return value === undefined ? undefined : JSON.stringify(value)
  },
})

const ofFirstTarget = (name: string, member: string): EventColumn => ({
  ...text(name),
  cellOf: (event) => {
    const targets = memberOf(event, "target")
    const value = memberOf(Array.isArray(targets) ? targets[0] : undefined, member)
    return typeof value === "string" ? value : undefined
  },
})

/**
 * The columns beside the sequence number, in the order in which a table has them.
 *
 * `target_type` and `target_id` are the first target's; `target` has all of them.
 *
 * @category constants
 * @since 0.1.0
 */
export const eventColumns: ReadonlyArray<EventColumn> = [
  instant("time", "time"),
  text("id", "id"),
  text("type", "type"),
  text("class", "class"),
  text("classification", "classification"),
  text("severity", "severity"),
  text("action", "action"),
  text("outcome", "outcome"),
  text("reason", "reason"),
  text("actor_id", "actor", "id"),
  text("actor_type", "actor", "type"),
  text("actor_on_behalf_of", "actor", "onBehalfOf"),
  text("actor_auth_method", "actor", "authMethod"),
  json("actor_roles", "actor", "roles"),
  ofFirstTarget("target_type", "type"),
  ofFirstTarget("target_id", "id"),
  json("target", "target"),
  text("tenant", "tenant"),
  text("session", "session"),
  text("source_ip", "source", "ip"),
  text("source_user_agent", "source", "userAgent"),
  text("trace_id", "trace", "traceId"),
  text("span_id", "trace", "spanId"),
  text("correlation", "correlation"),
  text("purpose", "purpose"),
  text("legal_basis", "legalBasis"),
  json("frameworks", "frameworks"),
  text("retention", "retention"),
  instant("observed", "observed"),
  json("sampling", "sampling"),
  json("change", "change"),
  json("data", "data"),
]
