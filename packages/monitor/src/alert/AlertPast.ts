/**
 * What has become of alerts: each change, and each alert that is over. Both are bounded.
 *
 * @since 0.1.0
 */
import type { Alert } from "./Alert.ts"
import type { AlertChange } from "./AlertBook.ts"

/**
 * Alerts that are over and that are remembered; the oldest are forgotten first.
 *
 * @category constants
 * @since 0.1.0
 */
export const pastMax = 200

/**
 * @category models
 * @since 0.1.0
 */
export class AlertPast {
  private readonly changesMax: number
  private readonly newest: Array<AlertChange> = []
  /** By id, in the order in which they ended. */
  private readonly over = new Map<string, Alert>()

  /** @param changesMax changes that are remembered */
  constructor(changesMax: number) {
    this.changesMax = changesMax
  }

  add(change: AlertChange): void {
    const { alert, turn } = change
    // What comes and goes would leave no room for what happened.
    if (turn === "pending") return
    this.newest.push(change)
    if (this.newest.length > this.changesMax) this.newest.shift()
    // An alert that begins again is over no more, and one that ends again is the newest.
    this.over.delete(alert.id)
    if (turn !== "resolved") return
    this.over.set(alert.id, alert)
    for (const oldest of this.over.keys()) {
      if (this.over.size <= pastMax) break
      this.over.delete(oldest)
    }
  }

  /** The newest last. */
  changes(): ReadonlyArray<AlertChange> {
    return [...this.newest]
  }

  /** Each alert that is over once, as it last ended; the newest first. */
  alerts(): ReadonlyArray<Alert> {
    return [...this.over.values()].toReversed()
  }
}
