/**
 * An alert as the views have it, for tests of those who show and take alerts.
 *
 * @since 0.1.0
 */
import type { Alert } from "../alert/Alert.ts"

/**
 * A sink that lags, with nobody who has taken it yet.
 *
 * @category fixtures
 * @since 0.1.0
 */
export const firingAlert: Alert = {
  id: "lag{sink=pg}",
  rule: "lag",
  severity: "warning",
  state: "firing",
  summary: "pg lags",
  subject: "pg",
  value: 9,
  group: "lag",
  sinceMillis: 1,
  changedMillis: 1,
  escalation: 0,
  evidence: [],
}
