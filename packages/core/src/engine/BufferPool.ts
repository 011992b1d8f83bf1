/**
 * Slabs of memory for batches, leased and given back.
 *
 * Every stage after the intake reads slices of one slab instead of copies of its own, so the
 * engine's memory for batches is `slabBytes × slabsMax`, whatever waits or fails behind it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * @category models
 * @since 0.1.0
 */
export interface BufferPoolOptions {
  /** Size of one slab. Units: bytes. */
  readonly slabBytes: number
  /** Slabs alive at once. Bounds: at least 2. */
  readonly slabsMax: number
  /** `true`: a slab given back is overwritten, so a late reader sees garbage at once. For tests. */
  readonly poison: boolean
}

/**
 * How the pool stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface BufferPoolStatus {
  readonly slabBytes: number
  readonly slabsMax: number
  /** Slabs allocated so far. */
  readonly slabs: number
  readonly leased: number
  readonly leases: number
  /** Leases served by a slab that was used before. */
  readonly reused: number
  /** Bytes filled by all leases ÷ bytes of their slabs. A ratio. */
  readonly utilisation: number
}

const poisonByte = 0xdb

/**
 * A slab in use. Whoever keeps it beyond a call retains it, and releases it once.
 *
 * @category models
 * @since 0.1.0
 */
export class SlabLease {
  readonly bytes: Buffer
  private holders = 1
  private readonly back: (lease: SlabLease) => void

  constructor(bytes: Buffer, back: (lease: SlabLease) => void) {
    this.bytes = bytes
    this.back = back
  }

  retain(): this {
    if (this.holders === 0) throw new Error("a slab was retained after its last release")
    this.holders += 1
    return this
  }

  release(): void {
    if (this.holders === 0) throw new Error("a slab was released twice")
    this.holders -= 1
    if (this.holders === 0) this.back(this)
  }
}

/**
 * A bounded set of equal slabs.
 *
 * @category models
 * @since 0.1.0
 */
export class BufferPool {
  private readonly options: BufferPoolOptions
  private readonly free: Array<Buffer> = []
  private readonly waiting: Array<(lease: SlabLease) => void> = []
  private slabs = 0
  private leases = 0
  private leased = 0
  private filledBytes = 0

  constructor(options: BufferPoolOptions) {
    this.options = options
  }

  /** A slab, at once or when one comes back. */
  readonly lease: Effect.Effect<SlabLease> = Effect.callback<SlabLease>((resume) => {
    const now = this.tryLease()
    if (now !== undefined) {
      resume(Effect.succeed(now))
      return
    }
    const waiter = (lease: SlabLease): void => resume(Effect.succeed(lease))
    this.waiting.push(waiter)
    return Effect.sync(() => {
      const index = this.waiting.indexOf(waiter)
      if (index >= 0) this.waiting.splice(index, 1)
    })
  })

  /** A slab at once, or `undefined` when all are in use. */
  tryLease(): SlabLease | undefined {
    const bytes = this.free.pop() ?? this.allocate()
    return bytes === undefined ? undefined : this.leaseOf(bytes)
  }

  /** `true`: the next lease has to wait. */
  get isExhausted(): boolean {
    return this.free.length === 0 && this.slabs === this.options.slabsMax
  }

  /** Tells how much of a lease was filled, for {@link BufferPoolStatus.utilisation}. */
  filled(bytes: number): void {
    this.filledBytes += bytes
  }

  get status(): BufferPoolStatus {
    const { slabBytes, slabsMax } = this.options
    return {
      slabBytes,
      slabsMax,
      slabs: this.slabs,
      leased: this.leased,
      leases: this.leases,
      // The first lease of a slab is the only one that is no reuse.
      reused: this.leases - this.slabs,
      utilisation: this.leases === 0 ? 0 : this.filledBytes / (this.leases * slabBytes),
    }
  }

  private allocate(): Buffer | undefined {
    if (this.slabs === this.options.slabsMax) return undefined
    this.slabs += 1
    // Shared memory: the thread that writes tiles reads the slab itself, not a copy of it.
    return Buffer.from(new SharedArrayBuffer(this.options.slabBytes))
  }

  private leaseOf(bytes: Buffer): SlabLease {
    this.leases += 1
    this.leased += 1
    return new SlabLease(bytes, (lease) => this.back(lease.bytes))
  }

  private back(bytes: Buffer): void {
    this.leased -= 1
    if (this.options.poison) bytes.fill(poisonByte)
    const waiter = this.waiting.shift()
    if (waiter === undefined) this.free.push(bytes)
    else waiter(this.leaseOf(bytes))
  }
}
