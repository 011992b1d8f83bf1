/**
 * The engine's door: four lanes with reserved shares, one for each class, and a small one for
 * the engine's own records.
 *
 * A full lane never takes room from another, so a flood of one class can't refuse the next.
 * Batches keep the order in which events came; only when more is waiting than one batch
 * holds, the lanes get their shares of it, so no class starves another.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import { Done } from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { contracts } from "../event/EventClass.ts"
import type { BatchPolicy } from "./BatchPolicy.ts"
import { Lane, lengthBytes, type Waiter } from "./Lane.ts"
import type { Mailbox } from "./Mailbox.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface IntakeOptions {
  /** Memory of the four lanes together. Units: bytes. */
  readonly bytesMax: number
  /** Events held at once in the four lanes together. */
  readonly countMax: number
  /** Shortest time between two batches that somebody waits for. Units: milliseconds. */
  readonly paceMillis: number
}

/** The stage that waits for a batch, and what it wants to hear of. */
interface Reader {
  readonly until: "any" | "urgent" | "full"
  readonly countMax: number
  readonly bytesMax: number
  readonly resume: () => void
}

/**
 * Slots `from` to `to` of one lane, which follow each other in the trail.
 *
 * @category models
 * @since 0.1.0
 */
export interface Run {
  readonly lane: number
  readonly from: number
  readonly to: number
}

/**
 * A batch as references into the lanes: nothing is copied until the pool stage.
 *
 * @category models
 * @since 0.1.0
 */
export interface AdmittedBatch {
  readonly runs: ReadonlyArray<Run>
  readonly count: number
  readonly bytes: number
  /** Telemetry that the sampler left out of the runs. */
  readonly skipped: number
  /** For each lane, the slot up to which it can be freed once the batch is copied. */
  readonly ends: ReadonlyArray<number>
}

/** The lane of the engine's own records. */
export const systemLane = 4

/** Lanes, the engine's own included. */
export const laneCount = 5

const systemBytes = 256 * 1024
const systemItems = 256

// A wait that can be cut short takes two fibers more. Whoever is in a hurry has that long to wait.
const unbrokenMillis = 2

/**
 * What the intake needs to know of an encoded event.
 *
 * @category models
 * @since 0.1.0
 */
export interface Encoded {
  readonly json: string
  readonly bytes: number
  readonly isAscii: boolean
  readonly id: string
}

/**
 * The lanes and the mailbox over them.
 *
 * @category models
 * @since 0.1.0
 */
export class Intake implements Mailbox<AdmittedBatch> {
  readonly lanes: ReadonlyArray<Lane>
  readonly capacityItems: number
  readonly capacityBytes: number
  private readonly paceMillis: number
  private ticket = 0
  private isClosed = false
  /** Events and bytes that no batch has taken. */
  private waitingCount = 0
  private waitingBytes = 0
  /** When the oldest of them was seen, and when the last batch was taken. Monotonic milliseconds. */
  private seenAt: number | undefined
  private takenAt = Number.NEGATIVE_INFINITY
  /** Somebody waits for one of them. */
  private isUrgent = false
  /** The next batch is due whatever the pace says. */
  private isHurried = false
  private reader: Reader | undefined
  /** Which lane's share comes first in the next batch that can't hold everything. */
  private turn = 0
  private readonly roomWaiters: Array<Array<() => void>> = []

  constructor(options: IntakeOptions) {
    const shares = contracts.map(
      (contract) =>
        new Lane(
          Math.floor(options.bytesMax * contract.share),
          Math.max(2, Math.floor(options.countMax * contract.share)),
          contract.isSampled,
        ),
    )
    this.paceMillis = options.paceMillis
    this.lanes = [...shares, new Lane(systemBytes, systemItems, false)]
    this.capacityBytes = this.sum((lane) => lane.capacityBytes)
    this.capacityItems = this.sum((lane) => lane.capacityItems)
    for (let lane = 0; lane < laneCount; lane++) this.roomWaiters.push([])
  }

  private sum(of: (lane: Lane) => number): number {
    return this.lanes.reduce((total, lane) => total + of(lane), 0)
  }

  readonly depthItems = (): number => this.sum((lane) => lane.tail - lane.head)

  readonly depthBytes = (): number => this.sum((lane) => lane.heldBytes)

  /** Events of a lane that no slab holds yet. */
  inFlight(lane: number): number {
    const at = this.lanes[lane]
    return at === undefined ? 0 : at.tail - at.head
  }

  /** Puts an encoded event into a lane; `false` when there is no room. Runs in the caller's turn. */
  offer(laneIndex: number, event: Encoded, waiter: Waiter | undefined): boolean {
    const lane = this.lanes[laneIndex]
    // Behind a closed door nobody takes it any more.
    if (lane === undefined || this.isClosed) return false
    if (!lane.offer(event.json, event.bytes, event.isAscii, event.id, this.ticket, waiter)) {
      return false
    }
    this.ticket += 1
    this.waitingCount += 1
    this.waitingBytes += event.bytes + lengthBytes
    if (waiter !== undefined) this.isUrgent = true
    const reader = this.reader
    if (
      reader !== undefined &&
      (reader.until === "any" ||
        (waiter !== undefined && reader.until === "urgent") ||
        this.isFull(reader))
    ) {
      this.wake(reader)
    }
    return true
  }

  /** Takes what waits at once: somebody wants all of it durable, or wants room. */
  hurry(): void {
    if (this.waitingCount === 0) return
    this.isHurried = true
    if (this.reader !== undefined) this.wake(this.reader)
  }

  /** Resolves when a slot of the lane was given back. */
  room(laneIndex: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const waiting = this.roomWaiters[laneIndex]
      // Nobody will ever give a slot of an empty lane back: it was freed after it had been full.
      if (waiting === undefined || this.inFlight(laneIndex) === 0) {
        resume(Effect.void)
        return
      }
      const done = (): void => resume(Effect.void)
      waiting.push(done)
      this.hurry()
      return Effect.sync(() => {
        const index = waiting.indexOf(done)
        if (index >= 0) waiting.splice(index, 1)
      })
    })
  }

  readonly take = (
    policy: BatchPolicy,
  ): Effect.Effect<ReadonlyArray<AdmittedBatch>, Cause.Done> => {
    const waitMillis = Duration.toMillis(Duration.fromInputUnsafe(policy.waitMax))
    // The slots change hands in a step that can't be interrupted: a stopped reader loses none.
    return Effect.uninterruptibleMask((restore) => {
      const next: Effect.Effect<ReadonlyArray<AdmittedBatch>, Cause.Done> = Clock.clockWith(
        (clock) => {
          const now = Number(clock.monotonicTimeNanosUnsafe()) / 1e6
          const due = this.dueIn(now, waitMillis, policy)
          if (due <= 0) return Effect.succeed(this.takeAt(now, policy))
          if (this.isClosed && this.waitingCount === 0) return Effect.fail(Done())
          if (due <= unbrokenMillis) return Effect.andThen(restore(Effect.sleep(due)), next)
          const until = this.waitingCount === 0 ? "any" : this.isUrgent ? "full" : "urgent"
          const change = this.change(until, policy)
          const rest = due === Infinity ? change : Effect.timeoutOption(change, due)
          return Effect.andThen(restore(rest), next)
        },
      )
      return next
    })
  }

  /**
   * How long the next batch should wait. Units: milliseconds.
   *
   * Where nobody waits, events gather for `waitMillis`; where somebody does, they go at once,
   * but for the shortest time between two batches: each costs the same however many it holds.
   */
  private dueIn(now: number, waitMillis: number, policy: BatchPolicy): number {
    if (this.waitingCount === 0) return Infinity
    if (this.isClosed || this.isHurried || this.isFull(policy)) return 0
    this.seenAt ??= now
    const paced = this.takenAt + this.paceMillis
    return (this.isUrgent ? paced : Math.max(paced, this.seenAt + waitMillis)) - now
  }

  private takeAt(now: number, policy: BatchPolicy): ReadonlyArray<AdmittedBatch> {
    this.seenAt = undefined
    this.takenAt = now
    this.isHurried = false
    const batch = this.select(policy.countMax, policy.bytesMax)
    // What is left waits behind a full batch, which is due at once anyway.
    if (this.waitingCount === 0) this.isUrgent = false
    return batch === undefined ? [] : [batch]
  }

  private isFull({ bytesMax, countMax }: Pick<BatchPolicy, "bytesMax" | "countMax">): boolean {
    return this.waitingCount >= countMax || this.waitingBytes >= bytesMax
  }

  /** Resolves when something has come that may make the next batch due. */
  private change(until: Reader["until"], policy: BatchPolicy): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const reader: Reader = {
        until,
        countMax: policy.countMax,
        bytesMax: policy.bytesMax,
        resume: () => resume(Effect.void),
      }
      // A fiber may yield between looking and waiting; what came meanwhile has woken nobody.
      if (this.isNews(reader)) {
        reader.resume()
        return
      }
      this.reader = reader
      return Effect.sync(() => {
        if (this.reader === reader) this.reader = undefined
      })
    })
  }

  private isNews(reader: Reader): boolean {
    if (this.isClosed || this.isHurried) return true
    if (reader.until === "any") return this.waitingCount > 0
    return this.isFull(reader) || (reader.until === "urgent" && this.isUrgent)
  }

  /** After the caller's turn: the stage's work is not the caller's. */
  private wake(reader: Reader): void {
    this.reader = undefined
    setImmediate(reader.resume)
  }

  /** No event will come any more; what waits is still handed out. */
  close(): void {
    this.isClosed = true
    if (this.reader !== undefined) this.wake(this.reader)
  }

  /** Gives the slots of a copied batch back, and tells those who wait for room. */
  free(batch: AdmittedBatch): void {
    for (let index = 0; index < laneCount; index++) {
      const lane = this.lanes[index]
      const end = batch.ends[index] ?? 0
      if (lane === undefined || end <= lane.head) continue
      lane.free(end)
      const waiting = this.roomWaiters[index]
      if (waiting !== undefined && waiting.length > 0) {
        for (const done of waiting.splice(0)) done()
      }
    }
  }

  /** Takes the next batch, or `undefined` when nothing waits. */
  select(countMax: number, bytesMax: number): AdmittedBatch | undefined {
    if (this.waitingCount === 0) return undefined
    const fits = this.waitingCount <= countMax && this.waitingBytes <= bytesMax
    const ends = fits ? this.lanes.map((lane) => lane.tail) : this.quotas(countMax, bytesMax)
    const runs = this.merge(ends)
    let count = 0
    let bytes = 0
    for (const [index, lane] of this.lanes.entries()) {
      const end = ends[index] ?? lane.taken
      const taken = end === lane.tail ? lane.waitingBytes : this.bytesBetween(lane, end)
      count += end - lane.taken
      bytes += taken
      lane.take(end, taken)
    }
    this.waitingCount -= count
    this.waitingBytes -= bytes
    return { runs, count, bytes, skipped: 0, ends }
  }

  private waitsIn(index: number): boolean {
    const lane = this.lanes[index]
    return lane !== undefined && lane.taken < lane.tail
  }

  private bytesBetween(lane: Lane, end: number): number {
    let bytes = 0
    for (let slot = lane.taken; slot < end; slot++) bytes += lane.sizeOf(slot)
    return bytes
  }

  /** Each lane's share of a batch first; what a lane leaves goes to the others, critical first. */
  private quotas(countMax: number, bytesMax: number): Array<number> {
    let count = countMax
    let bytes = bytesMax
    const ends = this.lanes.map((lane) => lane.taken)
    const extend = (index: number, laneBytes: number, laneCount: number): void => {
      const lane = this.lanes[index]
      let end = ends[index]
      if (lane === undefined || end === undefined) return
      let bytesLeft = Math.min(laneBytes, bytes)
      let countLeft = Math.min(laneCount, count)
      // A lane's first event may exceed its share: it could never go otherwise.
      if (end === lane.taken && end < lane.tail) {
        bytesLeft = Math.min(bytes, Math.max(bytesLeft, lane.sizeOf(end)))
      }
      while (end < lane.tail && countLeft > 0 && lane.sizeOf(end) <= bytesLeft) {
        bytesLeft -= lane.sizeOf(end)
        bytes -= lane.sizeOf(end)
        countLeft -= 1
        count -= 1
        end += 1
      }
      ends[index] = end
    }
    // The engine's own records are few, and say what went wrong: they go first.
    extend(systemLane, bytesMax, countMax)
    // Each lane is the first of them in turn, so that one with large events gets its room too.
    const turn = this.turn
    this.turn = (turn + 1) % contracts.length
    for (const offset of contracts.keys()) {
      const index = (turn + offset) % contracts.length
      const share = contracts[index]?.share ?? 0
      extend(index, bytesMax * share, Math.ceil(countMax * share))
    }
    for (const index of contracts.keys()) extend(index, bytesMax, countMax)
    if (ends.every((end, index) => end === this.lanes[index]?.taken)) {
      // Nothing fits: an event larger than a batch is a batch of its own.
      const index = [systemLane, ...contracts.keys()].find((each) => this.waitsIn(each)) ?? 0
      ends[index] = (ends[index] ?? 0) + 1
    }
    return ends
  }

  /** The order of arrival across lanes, as the fewest runs. */
  private merge(ends: ReadonlyArray<number>): ReadonlyArray<Run> {
    const cursors = this.lanes.map((lane) => lane.taken)
    const open = [...cursors.keys()].filter((index) => (cursors[index] ?? 0) < (ends[index] ?? 0))
    const runs: Array<Run> = []
    const ticketAt = (index: number): number =>
      this.lanes[index]?.ticketOf(cursors[index] ?? 0) ?? 0
    while (open.length > 0) {
      open.sort((left, right) => ticketAt(left) - ticketAt(right))
      const [first, second] = open
      if (first === undefined) break
      const lane = this.lanes[first]
      const from = cursors[first] ?? 0
      const end = ends[first] ?? 0
      // Up to the arrival of the next lane's first, everything is one run.
      const before = second === undefined ? Infinity : ticketAt(second)
      let to = from + 1
      if (before === Infinity) to = end
      else while (to < end && lane !== undefined && lane.ticketOf(to) < before) to += 1
      runs.push({ lane: first, from, to })
      cursors[first] = to
      if (to === end) open.shift()
    }
    return runs
  }
}
