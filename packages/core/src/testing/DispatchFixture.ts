/**
 * A dispatcher over a trail and a disk in memory, for tests on virtual time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { LetterAct, OpenLetter } from "../engine/DeadLetter.ts"
import { DeadLetters } from "../engine/DeadLetters.ts"
import * as Dispatcher from "../engine/Dispatcher.ts"
import type { PublishedBatch } from "../engine/RecentBatches.ts"
import type { DeliveredBatch, Sink } from "../engine/Sink.ts"
import * as Supervisor from "../engine/Supervisor.ts"
import { Disk } from "../platform/Disk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { Signer } from "../signer/Signer.ts"
import { FaultyDisk, type Fault } from "./FaultyDisk.ts"
import { MemoryDisk } from "./MemoryDisk.ts"
import type { MemorySink } from "./MemorySink.ts"

/** Origin of the trail. */
export const trail = "example.org/audit/dispatch"

/** Directory of the trail. */
export const directory = "/trail"

// What a slab is filled with when it is given back.
const garbage = 0xdb

/** Signs dead letters. */
export const signer: Signer["Service"] = Effect.runSync(
  Effect.provide(Effect.service(Signer), KeySigner.layerEphemeral),
)

export const entryOf = (sequence: number): Buffer => Buffer.from(`{"id":"record-${sequence}"}`)

/** The numbers `from` up to, not including, `to`. */
export const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from }, (_, at) => from + at)

/**
 * A trail in memory: what is durable, and which lent batches are still out.
 *
 * @category models
 * @since 0.1.0
 */
export class FakeTrail {
  size = 0
  reads = 0
  /** First sequences of the batches that were not released yet. */
  readonly lent = new Set<number>()
  /** Durable records at the end that `readFrom` does not show yet. */
  hidden = 0

  /** Makes records durable; the batch's memory turns to garbage on its release. */
  append(count: number): PublishedBatch {
    const firstSequence = this.size
    const entries = range(firstSequence, firstSequence + count).map(entryOf)
    this.size += count
    this.lent.add(firstSequence)
    return {
      ...this.batch(firstSequence, entries),
      release: () => {
        if (!this.lent.delete(firstSequence)) throw new Error("a batch was released twice")
        for (const entry of entries) entry.fill(garbage)
      },
    }
  }

  batch(firstSequence: number, entries: ReadonlyArray<Uint8Array>): DeliveredBatch {
    const bytes = entries.reduce((sum, entry) => sum + entry.byteLength, 0)
    return { trail, firstSequence, entries, bytes }
  }

  /** At most ten records at once. */
  readonly readFrom = (sequence: number): Effect.Effect<DeliveredBatch | undefined> =>
    Effect.sync(() => {
      this.reads += 1
      const end = Math.min(sequence + 10, this.size - this.hidden)
      return end <= sequence ? undefined : this.batch(sequence, range(sequence, end).map(entryOf))
    })
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Setup {
  readonly trail?: FakeTrail
  readonly disk?: MemoryDisk
  readonly faults?: ReadonlyArray<Fault>
  readonly options?: Partial<Dispatcher.DispatcherOptions>
}

/**
 * Starts a dispatcher over these sinks.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dispatch = Effect.fnUntraced(function* (
  sinks: ReadonlyArray<Sink>,
  setup: Setup = {},
) {
  const log = setup.trail ?? new FakeTrail()
  const memory = setup.disk ?? new MemoryDisk()
  const faulty = new FaultyDisk(memory.disk, setup.faults)
  const supervisor = yield* Supervisor.make("engine")
  const dispatcher = yield* Dispatcher.make(
    {
      trail,
      directory,
      sinks,
      nextSequence: log.size,
      readFrom: log.readFrom,
      signer: () => signer,
      ...setup.options,
    },
    supervisor,
  ).pipe(Effect.provideService(Disk, faulty.disk))
  const publish = (count: number): void => dispatcher.publish(log.append(count))
  const rows = () => supervisor.registry.snapshot()
  /** The registry's row of the first sink. */
  const row = () => rows().find(({ kind }) => kind === "sink")
  return { dispatcher, faulty, log, memory, publish, row, rows }
})

/** Sequences in the order they were stored; throws where the bytes are not the record's. */
export const stored = (sink: MemorySink): ReadonlyArray<number> => {
  for (const { bytes, sequence } of sink.store.records) {
    if (Buffer.compare(bytes, entryOf(sequence)) !== 0) {
      throw new Error(`the bytes of record ${sequence} were stored wrong`)
    }
  }
  return sink.store.sequences
}

/** The dead letters of the sink `memory`. */
const deadLetters = (disk: MemoryDisk): DeadLetters =>
  new DeadLetters({
    disk: disk.disk,
    directory,
    trail,
    sink: "memory",
    signer: () => signer,
    nowMillis: () => 0,
  })

/** The open dead letters of the sink `memory`. */
export const lettersOf = (disk: MemoryDisk): ReadonlyArray<OpenLetter> => {
  const letters = deadLetters(disk)
  Effect.runSync(letters.look)
  return letters.open.all()
}

/** A person with the key, who notes a decision about some records of the sink `memory`. */
export const decide = (disk: MemoryDisk, act: LetterAct, ...sequences: ReadonlyArray<number>) => {
  const letters = deadLetters(disk)
  const actor = { id: "u-1", type: "user" } as const
  const notes = sequences.map((sequence) => ({ act, sequence, reason: "mended", actor }))
  return Effect.andThen(letters.write(notes), letters.rest)
}

/** The saved cursor of a sink; `NaN` where there is none. */
export const cursorOf = (disk: MemoryDisk, sink = "memory"): number =>
  Number(/"sequence":(\d+)/u.exec(disk.text(`${directory}/cursors/${sink}`) ?? "")?.[1])
