/**
 * The keys that rules count by, as small numbers: at most so many at once, the one that was not seen
 * for longest makes room for a new one.
 *
 * One space serves all rules with the same key, so an event's actor is looked up once. Runs once an
 * event, so it is plain, synchronous, and its order lives in typed arrays.
 *
 * @since 0.1.0
 */

const none = -1

/**
 * @category models
 * @since 0.1.0
 */
export class KeySpace {
  /** Keys that made room for others. What was known of them is lost. */
  forgotten = 0

  private readonly keysMax: number
  private readonly slots = new Map<string, number>()
  private readonly names: Array<string> = []
  /** The order of use, as a list within arrays: who was used next before and next after. */
  private readonly before: Int32Array
  private readonly after: Int32Array
  private newest = none
  /** Rules ask for the same key one after the other; the event's own text is found by its address. */
  private lastKey: string | undefined
  private oldest = none
  private readonly forgetting: Array<(slot: number) => void> = []

  /** @param keysMax most keys at once, at least 1 */
  constructor(keysMax: number) {
    this.keysMax = keysMax
    this.before = new Int32Array(keysMax).fill(none)
    this.after = new Int32Array(keysMax).fill(none)
  }

  get size(): number {
    return this.slots.size
  }

  /** Calls `forget` before a slot gets another key. */
  onForget(forget: (slot: number) => void): void {
    this.forgetting.push(forget)
  }

  nameOf(slot: number): string {
    return this.names[slot] ?? ""
  }

  /** The slot of a key, which is the most recently used from now on. */
  slotOf(key: string): number {
    if (key === this.lastKey) return this.newest
    this.lastKey = key
    const known = this.slots.get(key)
    if (known !== undefined) {
      if (known !== this.newest) this.refresh(known)
      return known
    }
    const slot = this.slots.size < this.keysMax ? this.slots.size : this.evict()
    this.slots.set(key, slot)
    this.names[slot] = key
    this.append(slot)
    return slot
  }

  private evict(): number {
    const slot = this.oldest
    for (const forget of this.forgetting) forget(slot)
    this.slots.delete(this.nameOf(slot))
    this.remove(slot)
    this.forgotten += 1
    return slot
  }

  private refresh(slot: number): void {
    this.remove(slot)
    this.append(slot)
  }

  private remove(slot: number): void {
    const before = this.before[slot] ?? none
    const after = this.after[slot] ?? none
    if (before === none) this.oldest = after
    else this.after[before] = after
    if (after === none) this.newest = before
    else this.before[after] = before
  }

  private append(slot: number): void {
    this.before[slot] = this.newest
    this.after[slot] = none
    if (this.newest === none) this.oldest = slot
    else this.after[this.newest] = slot
    this.newest = slot
  }
}
