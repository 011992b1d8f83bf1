/**
 * What an event's action means to formats that have a fixed list of them.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"

/**
 * @category models
 * @since 0.1.0
 */
export type Activity = "create" | "read" | "update" | "delete" | "login" | "logout" | "other"

const activities: Readonly<Record<string, Activity>> = {
  CREATE: "create",
  INSERT: "create",
  READ: "read",
  VIEW: "read",
  SEARCH: "read",
  EXPORT: "read",
  UPDATE: "update",
  WRITE: "update",
  DELETE: "delete",
  REMOVE: "delete",
  LOGIN: "login",
  LOGOUT: "logout",
}

/**
 * The activity that the event's `action` names, whatever its case. An application's own verb, and
 * no verb, are `other`: what an action means is not guessed from an event's type.
 *
 * @category decoding
 * @since 0.1.0
 */
export const activityOf = ({ action }: AuditEvent): Activity => {
  const verb = action?.toUpperCase() ?? ""
  return Object.hasOwn(activities, verb) ? (activities[verb] ?? "other") : "other"
}
