/** What a trail holds, counted in one pass. */
import type { ReadEvent } from "./EventLine.ts"
import * as EventLine from "./EventLine.ts"

// Ids come from outside and can be many; beyond this a new one is counted under no name.
const namesMax = 100_000

/** How often each name was seen. */
export class Tally {
  private readonly counts = new Map<string, number>()
  /** Seen while the table was full and the name was not in it. */
  others = 0

  add(name: string): void {
    const known = this.counts.get(name)
    if (known !== undefined || this.counts.size < namesMax) {
      this.counts.set(name, (known ?? 0) + 1)
    } else {
      this.others += 1
    }
  }

  get names(): number {
    return this.counts.size
  }

  /** The most frequent, and among equals the first in the alphabet. */
  top(most: number): ReadonlyArray<{ readonly name: string; readonly count: number }> {
    return [...this.counts]
      .map(([name, count]) => ({ name, count }))
      .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1))
      .slice(0, most)
  }
}

const numberOf = (value: unknown, name: string): number => {
  const found = EventLine.member(value, name)
  return typeof found === "number" ? found : 0
}

export class TrailStatistics {
  entries = 0
  entryBytes = 0
  /** The engine's own records among the entries. */
  systemRecords = 0
  unreadable = 0
  oldest: string | undefined
  newest: string | undefined
  runs = 0
  closings = 0
  kept = 0
  skipped = 0
  lost = 0
  dropped = 0
  readonly types = new Tally()
  readonly classes = new Tally()
  readonly outcomes = new Tally()
  readonly actors = new Tally()

  add({ source, value }: ReadEvent): void {
    this.entries += 1
    this.entryBytes += Buffer.byteLength(source)
    const type = EventLine.textOf(value, "type")
    if (type === "") {
      this.unreadable += 1
      return
    }
    const time = EventLine.textOf(value, "time")
    // Times are in UTC and in one form, so their order is that of their texts.
    if (time !== "" && (this.oldest === undefined || time < this.oldest)) this.oldest = time
    if (time !== "" && (this.newest === undefined || time > this.newest)) this.newest = time
    this.types.add(type)
    if (type.startsWith("audit.")) {
      this.addSystemRecord(type, EventLine.member(value, "data"))
      return
    }
    this.classes.add(EventLine.textOf(value, "class"))
    this.outcomes.add(EventLine.textOf(value, "outcome"))
    this.actors.add(EventLine.textOf(EventLine.member(value, "actor"), "id"))
  }

  private addSystemRecord(type: string, data: unknown): void {
    this.systemRecords += 1
    switch (type) {
      case "audit.opened":
        this.runs += 1
        break
      case "audit.closed":
        this.closings += 1
        break
      case "audit.sampled":
        this.kept += numberOf(data, "kept")
        this.skipped += numberOf(data, "skipped")
        break
      case "audit.lost":
        if (EventLine.member(data, "wasAccepted") === false) this.dropped += numberOf(data, "count")
        else this.lost += numberOf(data, "count")
        break
    }
  }
}
