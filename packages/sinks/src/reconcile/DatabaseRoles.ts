/**
 * Roles with no more rights than their work takes, as SQL for whoever administers the database.
 *
 * @since 0.1.0
 */
import { escapeIdentifier } from "pg"

/**
 * Names of roles; what is not named is not made.
 *
 * @category models
 * @since 0.1.0
 */
export interface RoleNames {
  /** Delivers records: inserts them, and changes and deletes none. */
  readonly sink?: string
  /** Reads the records of the tenant that its session names in `countersign.tenant`. */
  readonly reader?: string
  /** Compares all rows with the trail: reads every tenant's, and changes none. */
  readonly auditor?: string
  /** Drops months that are too old. */
  readonly retention?: string
  /** The application, which puts events into the outbox and reads none. */
  readonly application?: string
  /** Drains the outbox. */
  readonly drainer?: string
}

const rights: Readonly<Record<keyof RoleNames, ReadonlyArray<string>>> = {
  sink: [
    "select, insert on countersign.audit_record",
    "select, insert on countersign.trail",
    "select, insert, update on countersign.sink_cursor",
    "select on countersign.migration",
    "execute on function countersign.make_partition(date)",
    "execute on function countersign.make_partitions(integer, integer)",
  ],
  // The last two say how far trails have come and what was invalidated, as `AuditQuery` asks.
  reader: [
    "select on countersign.audit_record",
    "select on countersign.trail",
    "select on countersign.sink_cursor",
    "select on countersign.query_generation",
  ],
  auditor: [
    "select on countersign.audit_record",
    "select on countersign.trail",
    "select on countersign.sink_cursor",
    "select on countersign.dropped_partition",
  ],
  retention: [
    "select on countersign.dropped_partition",
    "execute on function countersign.old_months(integer)",
    "execute on function countersign.count_month(date)",
    "execute on function countersign.drop_month(date, integer, bigint)",
  ],
  application: ["insert on countersign.outbox"],
  drainer: [
    "select, update, delete on countersign.outbox",
    "select, insert, update on countersign.outbox_claim",
  ],
}

/**
 * Statements that make the roles, without passwords, for a database whose tables are there.
 *
 * With a reader, row-level security is switched on. Then the sink's role has to bypass it, since
 * PostgreSQL takes no COPY from a role that a policy holds for, and the auditor's, who has to see
 * all rows; making such a role takes a superuser or a role of that kind. The tables' owner is not
 * concerned.
 *
 * @category encoding
 * @since 0.1.0
 */
export const rolesSql = (names: RoleNames): string => {
  const lines: Array<string> = []
  const isSecured = names.reader !== undefined
  if (isSecured) lines.push("alter table countersign.audit_record enable row level security;")
  for (const [kind, granted] of Object.entries(rights)) {
    // The keys of the record are those of the names.
    const name = names[kind as keyof RoleNames]
    if (name === undefined) continue
    const role = escapeIdentifier(name)
    const seesAll = kind === "sink" || kind === "auditor"
    const bypass = isSecured && seesAll ? "bypassrls" : "nobypassrls"
    lines.push(
      `create role ${role} login nosuperuser ${bypass};`,
      `grant usage on schema countersign to ${role};`,
      ...granted.map((right) => `grant ${right} to ${role};`),
    )
  }
  return `${lines.join("\n")}\n`
}
