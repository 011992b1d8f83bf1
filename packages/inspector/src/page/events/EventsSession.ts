/**
 * What one tab of events knows: the places that the filter lets through, the rows that were seen, and
 * up to where they are shown. Events that come while somebody reads move no row until they say so.
 */
import type { Connection } from "../connection/Connection.ts"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import { EventRows, type EventRow, pageRows } from "./EventRows.ts"
import { mistakeOf } from "./FilterEdit.ts"
import { FoundPlaces } from "./FoundPlaces.ts"

export type Order = "newest" | "oldest"

/** Before a search that was cut off goes on. Units: milliseconds. */
const retryMillis = 1000
/** Changes are shown at most so often. Units: milliseconds. */
const paintMillis = 60

export class EventsSession {
  readonly found = new FoundPlaces()
  readonly rows: EventRows
  readonly version: ReadonlyStore<number>
  filter = ""
  order: Order = "newest"
  isFollowing = false
  failure: string | undefined = undefined
  /** An event that is shown though its row may be far away, or not among those found. */
  selected: number | undefined = undefined
  /** Places from here on are not shown yet. */
  private shownTo = 0
  private readonly connection: Connection
  private readonly bump: () => void
  private stopListening: (() => void) | undefined = undefined
  private retry: ReturnType<typeof setTimeout> | undefined = undefined
  private isWanted = false

  constructor(connection: Connection) {
    this.connection = connection
    const version = makeStore(0)
    this.version = version
    let painting: ReturnType<typeof setTimeout> | undefined
    let paintedMillis = 0
    const paint = () => {
      painting = undefined
      paintedMillis = performance.now()
      version.set(version.get() + 1)
    }
    this.bump = () => {
      if (painting !== undefined) return
      const leftMillis = paintedMillis + paintMillis - performance.now()
      if (leftMillis <= 0) paint()
      else painting = setTimeout(paint, leftMillis)
    }
    this.rows = new EventRows(
      (sequences) => connection.ask((client) => client.Entries({ sequences })),
      this.bump,
    )
  }

  /** Looks for what passes, from the beginning where it is another question than before. */
  search(filter: string, order: Order): void {
    if (filter !== this.filter || order !== this.order || !this.found.isStarted) {
      this.found.clear()
      this.shownTo = 0
      this.failure = undefined
    }
    this.filter = filter
    this.order = order
    const mistake = mistakeOf(filter)
    if (mistake === undefined) {
      this.isWanted = true
      return this.listen()
    }
    // From an address: nobody would take it, however often it is asked.
    this.rest()
    this.failure = `This is no filter. Column ${mistake.position + 1}: ${mistake.message}`
    this.bump()
  }

  /** Nobody sees it: nothing is asked. What is known stays. */
  rest(): void {
    this.isWanted = false
    clearTimeout(this.retry)
    this.stopListening?.()
    this.stopListening = undefined
  }

  private listen(): void {
    clearTimeout(this.retry)
    this.stopListening?.()
    const { filter, found, order } = this
    const seen = found.isStarted ? { seen: { from: found.from, to: found.to } } : {}
    this.stopListening = this.connection.listen(
      (client) => client.Find({ filter, order, ...seen }),
      (part) => {
        const isFirst = !found.isStarted || part.isAnew
        if (part.isAnew) this.rows.clear()
        found.add(part)
        this.failure = undefined
        if (isFirst) this.shownTo = part.size
        else if (this.isFollowing) this.shownTo = Math.max(this.shownTo, part.size)
        this.bump()
      },
      (failure) => {
        this.failure = failure ?? "the search has ended"
        this.bump()
        if (this.isWanted) this.retry = setTimeout(() => this.listen(), retryMillis)
      },
    )
  }

  follow(isFollowing: boolean): void {
    this.isFollowing = isFollowing
    if (isFollowing) this.showNew()
  }

  /** Shows what has come meanwhile. */
  showNew(): void {
    this.shownTo = Math.max(this.shownTo, this.found.size)
    this.bump()
  }

  get count(): number {
    return this.found.rankOf(this.shownTo)
  }

  /** Events that have come and are not shown. */
  get newCount(): number {
    return Math.max(0, this.found.count - this.count)
  }

  /** Whether all that is published was looked at. */
  get isComplete(): boolean {
    return this.found.isStarted && this.found.from === 0 && this.found.to >= this.found.size
  }

  sequenceAt(row: number): number | undefined {
    return this.found.at(this.rankOfRow(row))
  }

  /** The row of an event; `undefined`: it is not among them. */
  rowOf(sequence: number): number | undefined {
    const rank = this.found.rankOf(sequence)
    if (this.found.at(rank) !== sequence || sequence >= this.shownTo) return undefined
    return this.order === "newest" ? this.count - 1 - rank : rank
  }

  /** How many of the found events come before the one of a row. */
  private rankOfRow(row: number): number {
    return this.order === "newest" ? this.count - 1 - row : row
  }

  /** The places of the rows from that one on, as they are now: what is found later moves none. */
  placesFrom(row: number): (index: number) => number | undefined {
    const step = this.order === "newest" ? -1 : 1
    const rank = this.rankOfRow(row)
    const found = this.found.copy()
    return (index) => found.at(rank + step * index)
  }

  eventAt(row: number): EventRow | undefined {
    const sequence = this.sequenceAt(row)
    return sequence === undefined ? undefined : this.rows.get(sequence)
  }

  /** Rows that are seen, and a page of those that come next in the direction of travel. */
  see(first: number, end: number, step: 1 | -1): void {
    const from = Math.max(0, step < 0 ? first - pageRows : first)
    const to = Math.min(this.count, step > 0 ? end + pageRows : end)
    const seen: Array<number> = []
    const next: Array<number> = []
    for (let row = from; row < to; row += 1) {
      const sequence = this.sequenceAt(row)
      if (sequence !== undefined) (row >= first && row < end ? seen : next).push(sequence)
    }
    const ahead = step < 0 ? next.toReversed() : next
    // A page at a time, once half of it is used up, and not each row as it comes into reach.
    const isNear = ahead.slice(0, pageRows / 2).every((one) => this.rows.get(one) !== undefined)
    const selected = this.selected === undefined ? [] : [this.selected]
    this.rows.want([...seen, ...selected, ...(isNear ? [] : ahead)])
  }
}
