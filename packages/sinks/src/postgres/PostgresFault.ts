/**
 * What a failure of PostgreSQL means to a delivery.
 *
 * A record goes to the dead letters only for what its own content did; everything else may pass,
 * and is tried again. What is said of a failure holds no row, no address and no password.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface PostgresFault {
  readonly reason: "unavailable" | "rejected"
  readonly detail: string
  /** SQLSTATE where the server said one. */
  readonly sqlState: string | undefined
  /** Whether the connection may still be of use. */
  readonly isConnected: boolean
}

/** What the content of a row alone can cause. */
const rejectedStates: ReadonlySet<string> = new Set([
  "22001", // a text too long for its column
  "22003", // a number out of range
  "22008", // an instant out of range
  "22021", // no text of the database's encoding: NUL
  "22P05", // a character that its encoding lacks
  "54000", // too large for an index, or for a page
])

const advice: Readonly<Record<string, string>> = {
  "23514": "is the default partition of countersign.audit_record missing?",
  "25006": "the server takes no writes: is it a standby?",
  "28000": "check the role and pg_hba.conf",
  "28P01": "check the password",
  "3D000": "create the database",
  "3F000": "make the tables, as docs/postgresql.md says",
  "42501": "grant the role what docs/postgresql.md lists",
  "42P01": "make the tables, as docs/postgresql.md says",
  "53100": "free some space on the server",
  "55P03": "somebody holds a lock on the tables",
  "57014": "it took longer than statementMillisMax",
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const member = (error: unknown, name: string): unknown =>
  // Drivers throw objects of several kinds; each member is checked by who reads it.
  typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined

// Five characters in which the server names a condition; the system's codes look otherwise.
const sqlStatePattern = /^[0-9A-Z]{5}$/

const severityOf = (error: unknown): string | undefined => textOf(member(error, "severity"))

/** What the server said, where errors were wrapped around it; at most so many. */
const wrapsMax = 8

const innermost = (error: unknown): unknown => {
  let inner = error
  for (let depth = 0; depth < wrapsMax && severityOf(inner) === undefined; depth++) {
    const next = member(inner, "reason") ?? member(inner, "cause")
    if (typeof next !== "object" || next === null) break
    inner = next
  }
  return inner
}

/**
 * Judges whatever a driver threw.
 *
 * @category decoding
 * @since 0.1.0
 */
export const faultOf = (thrown: unknown): PostgresFault => {
  const error = innermost(thrown)
  const code = textOf(member(error, "code"))
  const message = textOf(member(error, "message")) ?? "the connection failed"
  if (code === undefined || !sqlStatePattern.test(code) || severityOf(error) === undefined) {
    // The system's code says enough; its message names the address.
    const detail = code === undefined ? message : `the connection failed: ${code}`
    return { reason: "unavailable", detail, sqlState: undefined, isConnected: false }
  }
  const hint = advice[code]
  return {
    reason: rejectedStates.has(code) ? "rejected" : "unavailable",
    detail: `PostgreSQL says ${code}: ${message}${hint === undefined ? "" : `; ${hint}`}`,
    sqlState: code,
    isConnected: severityOf(error) === "ERROR",
  }
}
