/**
 * A write-ahead log on a disk that fails by plan, and what a reader finds in it.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as EntryBundle from "../trail/EntryBundle.ts"
import { listSegments, scan } from "../trail/WalReader.ts"
import { type WalBatch, WriteAheadLog } from "../trail/WriteAheadLog.ts"
import * as FaultyDisk from "./FaultyDisk.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const batch = (...entries: ReadonlyArray<string>): WalBatch => ({
  payload: EntryBundle.encode(entries.map((entry) => Buffer.from(entry))),
  count: entries.length,
})

/**
 * @category constructors
 * @since 0.1.0
 */
export const setup = Effect.fnUntraced(function* (segmentBytesMax = 1_000_000, nextSequence = 0) {
  const directory = yield* temporaryDirectory
  const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
  const open = (next: number) =>
    new WriteAheadLog(faulty.disk, { directory, segmentBytesMax, fence: 1, nextSequence: next })
  const wal = open(nextSequence)
  yield* Effect.addFinalizer(() => wal.roll)
  const names = (): ReadonlyArray<string> => fs.readdirSync(path.join(directory, "wal")).sort()
  /** What a reader finds: entries, frames, and what is torn. */
  const read = Effect.fnUntraced(function* () {
    const entries: Array<string> = []
    const groups: Array<number> = []
    const result = yield* scan(directory, yield* listSegments(directory), (frame) =>
      Effect.gen(function* () {
        const found = yield* Effect.fromResult(EntryBundle.decode(frame.payload, frame.count))
        entries.push(...found.map((entry) => Buffer.from(entry).toString()))
        groups.push(frame.groupOffset)
      }),
    )
    return { entries, groups, ...result }
  }, Effect.provide(faulty.layer))
  return { directory, faulty, names, open, read, wal }
})

/**
 * @category models
 * @since 0.1.0
 */
export const isSegment = (file: string): boolean => file.endsWith(".wal")
