/**
 * One class's part of the intake: a ring of canonical bytes with fixed memory.
 *
 * Entries lie in the ring as they will lie in an entry bundle (length in two bytes, then the
 * bytes), so a run of them moves into a slab by one copy. Plain arrays and counters: every
 * event passes here, and no object is made for it.
 *
 * @since 0.1.0
 */

/**
 * Who wants to know what became of one event.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiter {
  /** Whether `published` is of interest at all. */
  readonly wantsPublished: boolean
  /** The event has this sequence number and survives a power failure. */
  readonly durable: (sequence: number) => void
  /** The event is covered by a signed checkpoint. */
  readonly published: (sequence: number) => void
  /** The event will not be in the trail, or nobody can tell any more. */
  readonly lost: (cause: string) => void
}

/** Bytes of the length before each entry. */
export const lengthBytes = 2

/**
 * A bounded queue of encoded events. Slots are counted from the start and never reused as
 * numbers: `head` ≤ `taken` ≤ `tail`.
 *
 * @category models
 * @since 0.1.0
 */
export class Lane {
  readonly capacityBytes: number
  readonly capacityItems: number
  /** First slot whose bytes are still held. */
  head = 0
  /** First slot that no batch has taken yet. */
  taken = 0
  /** The next slot to be filled. */
  tail = 0
  /** Bytes of the slots from `head` to `tail`, lengths included. */
  heldBytes = 0
  /** Bytes of the slots from `taken` to `tail`, lengths included. */
  waitingBytes = 0
  /** Waiters among the held slots. */
  waiters = 0

  private readonly bytes: Buffer
  private readonly mask: number
  private readonly starts: Int32Array
  private readonly sizes: Int32Array
  private readonly tickets: Float64Array
  private readonly waiterAt: Array<Waiter | undefined>
  private readonly idAt: Array<string>
  private readonly keepsIds: boolean
  private writeAt = 0

  /**
   * @param capacityBytes memory of the ring; bytes
   * @param capacityItems events held at once; rounded up to a power of two
   * @param keepsIds `true`: ids stay readable, for sampling
   */
  constructor(capacityBytes: number, capacityItems: number, keepsIds: boolean) {
    this.capacityBytes = capacityBytes
    this.capacityItems = 2 ** Math.ceil(Math.log2(capacityItems))
    this.mask = this.capacityItems - 1
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes)
    this.starts = new Int32Array(this.capacityItems)
    this.sizes = new Int32Array(this.capacityItems)
    this.tickets = new Float64Array(this.capacityItems)
    this.waiterAt = Array.from({ length: this.capacityItems })
    this.idAt = []
    this.keepsIds = keepsIds
  }

  /** Appends an event; `false` when there is no room. */
  offer(
    json: string,
    jsonBytes: number,
    isAscii: boolean,
    id: string,
    ticket: number,
    waiter: Waiter | undefined,
  ): boolean {
    const size = jsonBytes + lengthBytes
    if (this.tail - this.head === this.capacityItems) return false
    const start = this.place(size)
    if (start < 0) return false
    const bytes = this.bytes
    bytes[start] = jsonBytes >>> 8
    bytes[start + 1] = jsonBytes & 0xff
    bytes.write(json, start + lengthBytes, jsonBytes, isAscii ? "latin1" : "utf8")
    const slot = this.tail & this.mask
    this.starts[slot] = start
    this.sizes[slot] = size
    this.tickets[slot] = ticket
    if (this.keepsIds) this.idAt[slot] = id
    if (waiter !== undefined) {
      this.waiterAt[slot] = waiter
      this.waiters += 1
    }
    this.writeAt = start + size
    this.tail += 1
    this.heldBytes += size
    this.waitingBytes += size
    return true
  }

  /** Where the next entry of this size goes, in one piece; -1 when there is no room. */
  private place(size: number): number {
    if (this.head === this.tail) return size <= this.capacityBytes ? 0 : -1
    const readAt = this.starts[this.head & this.mask] ?? 0
    if (this.writeAt > readAt) {
      if (this.writeAt + size <= this.capacityBytes) return this.writeAt
      return size <= readAt ? 0 : -1
    }
    return this.writeAt + size <= readAt ? this.writeAt : -1
  }

  sizeOf(slot: number): number {
    return this.sizes[slot & this.mask] ?? 0
  }

  ticketOf(slot: number): number {
    return this.tickets[slot & this.mask] ?? 0
  }

  idOf(slot: number): string {
    return this.idAt[slot & this.mask] ?? ""
  }

  waiterOf(slot: number): Waiter | undefined {
    return this.waiterAt[slot & this.mask]
  }

  /** Marks the slots up to `end` as taken by a batch. */
  take(end: number, bytes: number): void {
    this.taken = end
    this.waitingBytes -= bytes
  }

  /** Copies the slots from `from` to `to` and returns the bytes written. */
  copy(from: number, to: number, target: Buffer, at: number): number {
    let written = 0
    let slot = from
    while (slot < to) {
      const start = this.starts[slot & this.mask] ?? 0
      let end = start + this.sizeOf(slot)
      slot += 1
      // Neighbours in the ring are one copy; only a wrap around its end breaks the piece.
      while (slot < to && this.starts[slot & this.mask] === end) {
        end += this.sizeOf(slot)
        slot += 1
      }
      this.bytes.copy(target, at + written, start, end)
      written += end - start
    }
    return written
  }

  /** Gives the slots up to `end` back to the producers. */
  free(end: number): void {
    if (this.waiters > 0) {
      for (let slot = this.head; slot < end; slot++) {
        if (this.waiterAt[slot & this.mask] !== undefined) {
          this.waiterAt[slot & this.mask] = undefined
          this.waiters -= 1
        }
      }
    }
    for (let slot = this.head; slot < end; slot++) this.heldBytes -= this.sizeOf(slot)
    this.head = end
  }
}
