/**
 * The order in which alerts are shown: the worst first, and of equals the newest.
 *
 * Viewers sort by themselves, since a change brings an alert without its place.
 *
 * @since 0.1.0
 */
import { type Alert, AlertSeverity } from "../alert/Alert.ts"

/** From the least on. */
const ranks: ReadonlyArray<string> = AlertSeverity.literals

/**
 * @category ordering
 * @since 0.1.0
 */
export const worstFirst = (alerts: ReadonlyArray<Alert>): ReadonlyArray<Alert> =>
  alerts.toSorted(
    (one, other) =>
      ranks.indexOf(other.severity) - ranks.indexOf(one.severity) ||
      other.sinceMillis - one.sinceMillis ||
      (one.id < other.id ? -1 : 1),
  )
