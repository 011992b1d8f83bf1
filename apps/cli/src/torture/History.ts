/** What a trail must hold after the kills so far, and what was found of it. */
import type { Acknowledged } from "./LoadChild.ts"

export interface FoundEvent {
  readonly sequence: number
  readonly id: string
  readonly type: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * Checks found events against acknowledgements, in one pass by sequence.
 *
 * The driver names the ids: `<cycle>-<n>`, issued in order. So an id of a cycle that never ran, or
 * of an event that was never issued, was invented.
 */
export class History {
  acknowledged = 0
  found = 0
  duplicated = 0
  lost = 0
  invented = 0
  disordered = 0
  readonly #ids = new Set<string>()
  readonly #sequences = new Map<string, number>()
  readonly #issued = new Map<number, number>()
  readonly #last = new Map<string, number>()

  /** Takes in one cycle: what it issued and acknowledged, and the events that are new since the last. */
  add(
    cycle: number,
    acknowledged: ReadonlyArray<Acknowledged>,
    issued: number,
    events: ReadonlyArray<FoundEvent>,
  ): void {
    this.#issued.set(cycle, issued)
    for (const event of events) this.#take(event)
    for (const { id, sequence } of acknowledged) {
      this.acknowledged += 1
      if (this.#sequences.get(id) === sequence) this.found += 1
      else this.lost += 1
    }
  }

  #take({ id, sequence, type }: FoundEvent): void {
    if (this.#ids.has(id)) {
      this.duplicated += 1
      return
    }
    this.#ids.add(id)
    if (type !== "load.event.written") {
      if (type !== "load.event.unacknowledged" && !type.startsWith("audit.")) this.invented += 1
      return
    }
    this.#sequences.set(id, sequence)
    const [cycle = Number.NaN, n = Number.NaN] = id.split("-").map(Number)
    if (!(n < (this.#issued.get(cycle) ?? 0))) this.invented += 1
    // The load process alternates two classes, and the order is kept within each.
    const lane = `${cycle}/${n % 2}`
    if (n <= (this.#last.get(lane) ?? -1)) this.disordered += 1
    this.#last.set(lane, n)
  }
}
