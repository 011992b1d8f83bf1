/**
 * What targets are told: changes of the alerts of one group, together.
 *
 * @since 0.1.0
 */
import type { AlertChange } from "./AlertBook.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Notice {
  readonly group: string
  /** Units: milliseconds since 1970. */
  readonly atMillis: number
  /** In the order in which they came about; at least one. */
  readonly changes: ReadonlyArray<AlertChange>
  /** Changes between the first and the last that are left out. */
  readonly omitted: number
}

/**
 * Changes of one group that are held back at most. The newest count, and the first.
 *
 * @category constants
 * @since 0.1.0
 */
export const heldMax = 100

interface Group {
  lastMillis: number
  held: Array<AlertChange>
  omitted: number
}

/**
 * Puts changes together: the first of a group goes out at once, and what follows within a while
 * goes out together when that has passed.
 *
 * @category models
 * @since 0.1.0
 */
export class NoticeGroups {
  private readonly everyMillis: number
  private readonly groups = new Map<string, Group>()

  /** @param everyMillis from one notice of a group to its next, at least; 0: none waits */
  constructor(everyMillis: number) {
    this.everyMillis = everyMillis
  }

  add(
    changes: ReadonlyArray<AlertChange>,
    nowMillis: number,
    dateMillis: number,
  ): ReadonlyArray<Notice> {
    for (const change of changes) this.hold(change)
    return changes.length === 0 ? [] : this.due(nowMillis, dateMillis)
  }

  /** What goes out now. */
  due(nowMillis: number, dateMillis: number): ReadonlyArray<Notice> {
    const notices: Array<Notice> = []
    for (const [group, entry] of this.groups) {
      if (nowMillis - entry.lastMillis < this.everyMillis) continue
      if (entry.held.length === 0) this.groups.delete(group)
      else {
        notices.push({
          group,
          atMillis: dateMillis,
          changes: entry.held,
          omitted: entry.omitted,
        })
        entry.lastMillis = nowMillis
        entry.held = []
        entry.omitted = 0
      }
    }
    return notices
  }

  private hold(change: AlertChange): void {
    const { group } = change.alert
    let entry = this.groups.get(group)
    if (entry === undefined) {
      entry = { lastMillis: Number.NEGATIVE_INFINITY, held: [], omitted: 0 }
      this.groups.set(group, entry)
    }
    entry.held.push(change)
    if (entry.held.length > heldMax) {
      entry.held.splice(1, 1)
      entry.omitted += 1
    }
  }
}

/**
 * The part of a notice that one target is told; `undefined`: none.
 *
 * @category getters
 * @since 0.1.0
 */
export const noticeFor = (target: string, notice: Notice): Notice | undefined => {
  const changes = notice.changes.filter(({ notify }) => notify?.includes(target) ?? true)
  return changes.length === 0 ? undefined : { ...notice, changes }
}

/**
 * A change in one line for a person.
 *
 * @category encoding
 * @since 0.1.0
 */
export const changeLine = ({ alert, turn }: AlertChange): string => {
  const by = turn === "acknowledged" ? ` by ${alert.acknowledgedBy ?? "somebody"}` : ""
  const step = turn === "escalated" ? ` (step ${alert.escalation})` : ""
  const why = alert.ending === "gone" ? " (nothing is heard of it any more)" : ""
  // A name that somebody gave moves no cursor.
  return `countersign alert: ${turn}${by}${step}${why}: ${alert.severity} ${alert.rule}: ${alert.summary}`.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    " ",
  )
}
