/**
 * Events by their places, those that were seen last: asks for what is seen, one request at a time, and
 * of what was passed over on the way for nothing.
 */
import type { Entries } from "@countersign/monitor/protocol/FoundEvents"

export interface EventRow {
  readonly sequence: number
  readonly json: string
  /** Parsed JSON; the text itself where it is none. */
  readonly event: unknown
  /** Why there is no event. */
  readonly damage: string | undefined
  /** What cells show, by column, once it was shown. */
  readonly texts: Map<string, string>
}

export type AskEntries = (sequences: ReadonlyArray<number>) => Promise<Entries>

/** Pages of 200, 60 of them. */
export const pageRows = 200
const rowsMax = 60 * pageRows
/** Units: UTF-16 units. */
const textMax = 32_000_000
/** Before it asks again after a failure. Units: milliseconds. */
const retryMillis = 1000

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    // Any bytes can be an entry.
    return json
  }
}

export class EventRows {
  /** Of the last request. */
  failure: string | undefined = undefined
  private readonly ask: AskEntries
  private readonly changed: () => void
  private readonly rows = new Map<number, EventRow>()
  private textLength = 0
  private wanted: ReadonlyArray<number> = []
  private isAsking = false
  /** Of the trail: what was asked of one before is no answer about this one. */
  private round = 0

  constructor(ask: AskEntries, changed: () => void) {
    this.ask = ask
    this.changed = changed
  }

  get(sequence: number): EventRow | undefined {
    return this.rows.get(sequence)
  }

  /** The newest that are here, for what can be said about them. */
  recent(most: number): ReadonlyArray<EventRow> {
    return [...this.rows.values()].slice(-most)
  }

  /** What is seen first; what was wanted before and is not here yet is forgotten. */
  want(sequences: ReadonlyArray<number>): void {
    for (const sequence of sequences) this.touch(sequence)
    this.wanted = sequences.filter((sequence) => !this.rows.has(sequence))
    if (!this.isAsking) void this.run()
  }

  clear(): void {
    this.rows.clear()
    this.textLength = 0
    this.round += 1
  }

  private touch(sequence: number): void {
    const row = this.rows.get(sequence)
    if (row === undefined) return
    this.rows.delete(sequence)
    this.rows.set(sequence, row)
  }

  private put(row: EventRow): void {
    this.textLength += row.json.length - (this.rows.get(row.sequence)?.json.length ?? 0)
    this.rows.set(row.sequence, row)
    for (const [sequence, oldest] of this.rows) {
      if (this.rows.size <= rowsMax && this.textLength <= textMax) return
      if (sequence === row.sequence) return
      this.rows.delete(sequence)
      this.textLength -= oldest.json.length
    }
  }

  private take({ damage, events }: Entries, asked: ReadonlyArray<number>): void {
    for (const { json, sequence } of events) {
      this.put({ sequence, json, event: parsed(json), damage: undefined, texts: new Map() })
    }
    for (const { detail, from, to } of damage) {
      for (const sequence of asked.filter((one) => one >= from && one < to)) {
        this.put({ sequence, json: "", event: undefined, damage: detail, texts: new Map() })
      }
    }
  }

  private async run(): Promise<void> {
    this.isAsking = true
    while (this.wanted.length > 0) {
      const { round } = this
      const asked = this.wanted.slice(0, pageRows)
      this.wanted = this.wanted.slice(pageRows)
      try {
        const found = await this.ask(asked)
        this.failure = undefined
        if (round !== this.round) {
          this.wanted = [...asked, ...this.wanted]
          continue
        }
        this.take(found, asked)
        const { next } = found
        // There was no room or no time for the rest of them.
        const rest = next === null ? [] : asked.filter((one) => one >= next)
        if (rest.length < asked.length) this.wanted = [...rest, ...this.wanted]
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error)
        this.changed()
        await new Promise((resolve) => setTimeout(resolve, retryMillis))
        if (this.wanted.length === 0) this.wanted = asked
      }
      this.wanted = this.wanted.filter((sequence) => !this.rows.has(sequence))
      this.changed()
    }
    this.isAsking = false
  }
}
