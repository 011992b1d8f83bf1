/**
 * What a server shows beside the engine: a port, so that it serves with and without metrics, alerts
 * and detection.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Alert } from "../alert/Alert.ts"
import type { AlertRules } from "../alert/AlertRule.ts"
import type { AlertTaken } from "../alert/Alerts.ts"
import type { Finding } from "../detect/Finding.ts"
import type { Reading } from "../metric/Reading.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Views {
  readonly readings: () => ReadonlyArray<Reading>
  readonly alerts: () => ReadonlyArray<Alert>
  /** Those that are over, newest first. */
  readonly pastAlerts: () => ReadonlyArray<Alert>
  readonly findings: () => ReadonlyArray<Finding>
  /** What alerts are raised by. Absent: nothing raises any. */
  readonly alertRules?: () => AlertRules
  /** Takes an alert; `undefined`: there is none of this id to take. Absent: nothing raises alerts. */
  readonly acknowledge?: (
    id: string,
    who: string,
    note: string,
  ) => Effect.Effect<Alert | undefined, AlertTaken>
}

const none: Views = {
  readings: () => [],
  alerts: () => [],
  pastAlerts: () => [],
  findings: () => [],
}

/**
 * Empty unless somebody gives it.
 *
 * @category services
 * @since 0.1.0
 */
export const MonitorViews = Context.Reference<Views>("@countersign/monitor/server/MonitorViews", {
  defaultValue: () => none,
})
