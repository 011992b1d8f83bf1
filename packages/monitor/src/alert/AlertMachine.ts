/**
 * The states of one alert, as a function: what is known of it, what was seen, and when.
 *
 * ```text
 *            holds                 held long enough
 *   nothing ───────► pending ──────────────────────► firing ◄──► suppressed
 *      ▲                │ no longer                    │  │           │
 *      └────────────────┘                 acknowledged ◄──┘           │
 *                                                      │ over for long enough
 *                                                      ▼              ▼
 *                                                   resolved, and nothing again
 * ```
 *
 * @since 0.1.0
 */

/**
 * What has become of an alert.
 *
 * @category models
 * @since 0.1.0
 */
export type Turn = "pending" | "firing" | "escalated" | "acknowledged" | "suppressed" | "resolved"

/**
 * @category models
 * @since 0.1.0
 */
export interface AlertPolicy {
  /** How long it must hold. Units: milliseconds. */
  readonly forMillis: number
  /** How long it must be over. Units: milliseconds. */
  readonly keepFiringMillis: number
  /** When each step is taken, since it is firing. Units: milliseconds. */
  readonly escalateMillis: ReadonlyArray<number>
}

/**
 * What is known of an alert that is not over.
 *
 * @category models
 * @since 0.1.0
 */
export interface AlertCase {
  readonly state: "pending" | "firing" | "acknowledged" | "suppressed"
  /** When the condition began to hold. */
  readonly sinceMillis: number
  /** When the state was entered. */
  readonly changedMillis: number
  /** Since when the condition does not hold any more. */
  readonly overMillis?: number
  /** Steps taken. */
  readonly escalation: number
  /** Whether somebody was ever told: only they are told that it is over. */
  readonly isTold: boolean
  readonly acknowledgedBy?: string
  readonly note?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Observation {
  /** Whether the condition holds. */
  readonly holds: boolean
  /** Whether nobody is to be told now. */
  readonly isQuiet: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Step {
  /** `undefined`: there is no alert. */
  readonly next: AlertCase | undefined
  /** In the order in which they came about; none where nothing changed. */
  readonly turns: ReadonlyArray<Turn>
}

const unchanged = (next: AlertCase | undefined): Step => ({ next, turns: [] })

/** Into `firing`, or into `suppressed` where nobody is to be told. */
const told = (known: AlertCase, isQuiet: boolean, nowMillis: number): Step => {
  const state = isQuiet ? "suppressed" : "firing"
  const next = {
    ...known,
    state,
    changedMillis: nowMillis,
    isTold: known.isTold || !isQuiet,
  } as const
  return { next, turns: [state] }
}

const escalated = (policy: AlertPolicy, known: AlertCase, nowMillis: number): Step => {
  const due = policy.escalateMillis.filter((after) => nowMillis - known.changedMillis >= after)
  if (due.length <= known.escalation) return unchanged(known)
  // After a sleep several are due: each has targets of its own.
  const turns = due.slice(known.escalation).map((): Turn => "escalated")
  return { next: { ...known, escalation: due.length }, turns }
}

const begin = (policy: AlertPolicy, isQuiet: boolean, nowMillis: number): Step => {
  const pending: AlertCase = {
    state: "pending",
    sinceMillis: nowMillis,
    changedMillis: nowMillis,
    escalation: 0,
    isTold: false,
  }
  return policy.forMillis === 0
    ? told(pending, isQuiet, nowMillis)
    : { next: pending, turns: ["pending"] }
}

const notHolding = (policy: AlertPolicy, known: AlertCase, nowMillis: number): Step => {
  if (known.state === "pending") return unchanged(undefined)
  const overMillis = known.overMillis ?? nowMillis
  if (nowMillis - overMillis >= policy.keepFiringMillis) {
    return { next: undefined, turns: ["resolved"] }
  }
  return unchanged(known.overMillis === undefined ? { ...known, overMillis } : known)
}

/**
 * What an observation makes of an alert.
 *
 * @param known `undefined` where there is none yet
 * @category running
 * @since 0.1.0
 */
export const step = (
  policy: AlertPolicy,
  known: AlertCase | undefined,
  { holds, isQuiet }: Observation,
  nowMillis: number,
): Step => {
  if (known === undefined) return holds ? begin(policy, isQuiet, nowMillis) : unchanged(undefined)
  if (!holds) return notHolding(policy, known, nowMillis)
  const { overMillis: _over, ...again } = known
  const now = known.overMillis === undefined ? known : again
  switch (now.state) {
    case "pending":
      return nowMillis - now.sinceMillis >= policy.forMillis
        ? told(now, isQuiet, nowMillis)
        : unchanged(now)
    case "firing":
      return isQuiet ? told(now, true, nowMillis) : escalated(policy, now, nowMillis)
    case "suppressed":
      return isQuiet ? unchanged(now) : told(now, false, nowMillis)
    case "acknowledged":
      return unchanged(now)
  }
}

/**
 * Somebody has it: nobody else is told until it is over. `undefined` where there is nothing to
 * acknowledge: it is pending, or somebody has it already.
 *
 * @category running
 * @since 0.1.0
 */
export const acknowledge = (
  known: AlertCase,
  by: string,
  note: string,
  nowMillis: number,
): Step | undefined =>
  known.state === "pending" || known.state === "acknowledged"
    ? undefined
    : {
        next: {
          ...known,
          state: "acknowledged",
          changedMillis: nowMillis,
          acknowledgedBy: by,
          ...(note === "" ? {} : { note }),
        },
        turns: ["acknowledged"],
      }
