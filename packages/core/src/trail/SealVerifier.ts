/**
 * Verifies the seals of a trail's batches: a fast, local alarm beside the real proof.
 *
 * A seal that fits says that whoever held the key wrote exactly these entries at this place. It
 * says so to the holder of the key alone, who could have made it as well. A seal that is absent
 * says nothing: a crash may take the newest ones, and whoever can delete files can delete seals.
 *
 * @since 0.1.0
 */
import type { KeyObject } from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { Disk, type DiskError } from "../platform/Disk.ts"
import {
  type BatchSeal,
  decodeSeal,
  parseSealName,
  SealCheck,
  sealBytes,
  sealDirectory,
} from "./BatchSeal.ts"
import * as EntryBundle from "./EntryBundle.ts"
import { requireDirectory } from "./TrailDirectory.ts"
import { TrailDamaged } from "./TrailError.ts"
import {
  checkpointName,
  entries,
  readCheckpoint,
  type TrailEntry,
  type TrailReadError,
} from "./TrailReader.ts"

/** Ranges without a seal that a report names; the rest is counted. */
const rangesMax = 100

// A whole number of records: 1,024 of them.
const readBytes = 1024 * sealBytes

/**
 * Neighbouring entries.
 *
 * @category models
 * @since 0.1.0
 */
export interface SequenceRange {
  readonly from: number
  /** The first sequence number that is not in it. */
  readonly to: number
}

/**
 * The first thing that is wrong.
 *
 * @category models
 * @since 0.1.0
 */
export interface SealFinding {
  /** The entry from which on the trail and its seals differ. */
  readonly sequence: number
  /** From the trail's directory. */
  readonly file: string
  readonly detail: string
}

/**
 * What was looked at, whatever the verdict.
 *
 * @category models
 * @since 0.1.0
 */
export interface SealFacts {
  readonly directory: string
  /** Entries that the checkpoint speaks of. */
  readonly size: number
  /** Files of seals that were read. */
  readonly files: number
  /** Batches whose seal fits, and their entries. */
  readonly batches: number
  readonly entries: number
  /** Seals of entries that no checkpoint covers yet; they were not compared with anything. */
  readonly unpublished: number
  /** Files that end within a seal: a run ended while it was being written. */
  readonly tornTails: number
  readonly unsealedEntries: number
  /** Where the entries without a seal lie. Bounds: the first 100 ranges. */
  readonly unsealed: ReadonlyArray<SequenceRange>
}

/**
 * The outcome of a verification of seals.
 *
 * - `verified`: every published entry is under a seal that fits.
 * - `tampered`: an entry or a file of seals was altered, or the key is another one.
 * - `incomplete`: the seals that are there fit, and some entries have none.
 *
 * @category models
 * @since 0.1.0
 */
export type SealReport =
  | (SealFacts & { readonly verdict: "verified" })
  | (SealFacts & { readonly verdict: "tampered"; readonly firstBad: SealFinding })
  | (SealFacts & { readonly verdict: "incomplete"; readonly reason: string })

type EntryPull = Pull.Pull<ReadonlyArray<TrailEntry>, TrailReadError, void, Disk>

/** The published entries, taken in order and laid out as they were sealed. */
class EntryCursor {
  /** The entry that is to be read next, or could not be. */
  position = 0
  private readonly pull: EntryPull
  private readonly ended: TrailDamaged
  private page: ReadonlyArray<TrailEntry> = []

  constructor(pull: EntryPull, directory: string) {
    this.pull = pull
    this.ended = new TrailDamaged({
      path: path.join(directory, checkpointName),
      detail: "was replaced by one of fewer entries meanwhile",
    })
  }

  /** Gives the bytes of all entries of a batch, and skips those before it. */
  readonly take = Effect.fnUntraced(
    { self: this },
    function* (
      this: EntryCursor,
      { count, firstSequence }: BatchSeal,
      use: (bytes: Uint8Array) => void,
    ) {
      const end = firstSequence + count
      this.position = firstSequence
      while (this.position < end) {
        const first = this.page[0]?.sequence ?? 0
        if (this.position >= first + this.page.length) {
          this.page = yield* Pull.catchDone(this.pull, () => this.ended)
          continue
        }
        const part = this.page.slice(this.position - first, end - first)
        use(EntryBundle.encode(part.map(({ bytes }) => bytes)))
        this.position += part.length
      }
    },
  )
}

/** What the seals have said so far. */
class Tally {
  files = 0
  batches = 0
  entries = 0
  unpublished = 0
  tornTails = 0
  misfits = 0
  unsealedEntries = 0
  firstBad: SealFinding | undefined
  /** Everything before it is sealed, or counted as being without a seal. */
  next = 0
  readonly unsealed: Array<SequenceRange> = []
  readonly size: number

  constructor(size: number) {
    this.size = size
  }

  bad(sequence: number, file: string, detail: string): void {
    this.firstBad ??= { sequence, file, detail }
  }

  gap(from: number, until: number): void {
    const to = Math.min(until, this.size)
    if (from >= to) return
    this.unsealedEntries += to - from
    const last = this.unsealed.at(-1)
    if (last?.to === from) this.unsealed[this.unsealed.length - 1] = { from: last.from, to }
    else if (this.unsealed.length < rangesMax) this.unsealed.push({ from, to })
  }

  report(directory: string): SealReport {
    const { batches, firstBad, misfits, size, unsealed, unsealedEntries } = this
    const { entries, files, tornTails, unpublished } = this
    const facts = {
      directory,
      size,
      files,
      batches,
      entries,
      unpublished,
      tornTails,
      unsealedEntries,
      unsealed,
    }
    if (firstBad !== undefined) {
      const isKeyDoubtful = misfits > 0 && batches === 0
      const hint = isKeyDoubtful ? "; not one seal fits, so the key may be another one" : ""
      const bad = { ...firstBad, detail: `${firstBad.detail}${hint}` }
      return { ...facts, verdict: "tampered", firstBad: bad }
    }
    if (unsealedEntries > 0) {
      const reason = `${unsealedEntries} of ${size} entries have no seal`
      return { ...facts, verdict: "incomplete", reason }
    }
    return size === 0
      ? { ...facts, verdict: "incomplete", reason: "nothing is published, so nothing was compared" }
      : { ...facts, verdict: "verified" }
  }
}

/** One file of seals, record by record. */
class SealFile {
  private readonly tally: Tally
  private readonly name: string
  /** Where the next batch must begin; unknown behind a record that can't be read. */
  private expected: number | undefined
  private isBlank = false

  constructor(tally: Tally, name: string, expected: number) {
    this.tally = tally
    this.name = name
    this.expected = expected
  }

  /** Judges a record by itself and by its place; returns the seal where it is to be computed again. */
  place(record: Buffer): BatchSeal | undefined {
    const { tally } = this
    const seal = decodeSeal(record)
    // A system that lost power may leave zeros where a file's last records were to be.
    if (seal === "blank") {
      this.isBlank = true
      return undefined
    }
    if (seal === "damaged" || this.isBlank) {
      const due = this.expected ?? tally.next
      tally.bad(due, this.name, `is altered: where the seal of entry ${due} is due, there is none`)
      this.expected = undefined
      this.isBlank = false
      if (seal === "damaged") return undefined
    }
    const { count, firstSequence } = seal
    if (this.expected !== undefined && firstSequence !== this.expected) {
      const detail = `has the seal of entry ${firstSequence} where that of ${this.expected} is due`
      tally.bad(Math.min(firstSequence, this.expected), this.name, detail)
    }
    this.expected = firstSequence + count
    if (firstSequence < tally.next) {
      tally.bad(firstSequence, this.name, `seals entry ${firstSequence} a second time`)
      return undefined
    }
    tally.gap(tally.next, firstSequence)
    tally.next = this.expected
    if (tally.next <= tally.size) return seal
    tally.gap(firstSequence, tally.next)
    tally.unpublished += 1
    return undefined
  }

  compared(seal: BatchSeal, fits: boolean): void {
    const { tally } = this
    if (fits) {
      tally.batches += 1
      tally.entries += seal.count
      return
    }
    const last = seal.firstSequence + seal.count - 1
    const detail = `the seal over entries ${seal.firstSequence} to ${last} doesn't fit them`
    tally.bad(seal.firstSequence, this.name, detail)
    tally.misfits += 1
  }

  end(isCut: boolean): void {
    if (isCut || this.isBlank) this.tally.tornTails += 1
  }
}

/**
 * Computes every seal again from the published entries; a writer may be at work on the trail.
 *
 * It reads the entries as they lie there and doesn't look at tiles, root or signature: a trail
 * cut short together with its checkpoint is the business of `verify`.
 *
 * - Errors: `DiskError` where something can't be read; what is read and wrong is in the report.
 * - Memory: one bundle, and 64 KiB of seals.
 *
 * @param directory the trail's directory
 * @param key the key that the seals were made with, as `readSealKey` gives it
 * @category running
 * @since 0.1.0
 */
export const verifySeals = (
  directory: string,
  key: KeyObject,
): Effect.Effect<SealReport, DiskError, Disk> =>
  Effect.gen(function* () {
    yield* requireDirectory(directory)
    const signed = yield* Effect.result(readCheckpoint(directory))
    if (signed._tag === "Failure") {
      const error = signed.failure
      if (error._tag === "DiskError") return yield* error
      const tally = new Tally(0)
      tally.bad(0, checkpointName, error.message)
      return tally.report(directory)
    }
    const tally = new Tally(signed.success?.checkpoint.size ?? 0)
    yield* compareAll(directory, key, tally)
    return tally.report(directory)
  })

const compareAll = (
  directory: string,
  key: KeyObject,
  tally: Tally,
): Effect.Effect<void, DiskError, Disk> =>
  Effect.scoped(
    Effect.gen(function* () {
      const published = entries(directory, { to: tally.size })
      const cursor = new EntryCursor(yield* Stream.toPull(published), directory)
      yield* compareFiles(directory, key, tally, cursor).pipe(
        Effect.catch((error) => {
          if (error._tag === "DiskError") return Effect.fail(error)
          const file =
            error._tag === "TrailDamaged" ? path.relative(directory, error.path) : checkpointName
          return Effect.sync(() => tally.bad(cursor.position, file, error.message))
        }),
      )
    }),
  )

const compareFiles = Effect.fnUntraced(function* (
  directory: string,
  key: KeyObject,
  tally: Tally,
  cursor: EntryCursor,
) {
  const disk = yield* Disk
  const parent = path.join(directory, sealDirectory)
  for (const name of yield* disk.list(parent)) {
    const first = parseSealName(name)
    if (first === undefined) continue
    tally.files += 1
    const file = new SealFile(tally, path.join(sealDirectory, name), first)
    yield* compareFile(path.join(parent, name), file, cursor, key)
  }
  tally.gap(tally.next, tally.size)
})

const compareFile = Effect.fnUntraced(function* (
  whole: string,
  file: SealFile,
  cursor: EntryCursor,
  key: KeyObject,
) {
  const disk = yield* Disk
  for (let position = 0; ; position += readBytes) {
    const bytes = Buffer.from(yield* disk.readRange(whole, position, readBytes))
    const end = bytes.length - (bytes.length % sealBytes)
    for (let at = 0; at < end; at += sealBytes) {
      const seal = file.place(bytes.subarray(at, at + sealBytes))
      if (seal === undefined) continue
      const check = new SealCheck(key, seal)
      yield* cursor.take(seal, (part) => check.update(part))
      file.compared(seal, check.fits())
    }
    if (bytes.length < readBytes) return file.end(end < bytes.length)
  }
})
