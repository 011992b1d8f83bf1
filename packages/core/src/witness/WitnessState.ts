/**
 * What a witness remembers: of each origin, the largest checkpoint that it has cosigned.
 *
 * One file an origin, replaced as a whole and synced before a signature leaves. Its name holds the
 * number of the lease under which it was written, and the largest counts: a witness that was
 * replaced while it was stopped can wake and write late, and never over what its successor knows.
 *
 * A witness that loses these files can be shown an older tree as if it were the first, so they are worth a
 * backup as little as a cache is: put back to an older state, they forget what they are for.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { parseSigned, type SignedCheckpoint } from "../trail/Checkpoint.ts"
import { format, noteBytesMax } from "../trail/SignedNote.ts"
import { type FollowedKeys, formatFollowed, splitFollowed } from "./FollowedKeys.ts"
import type { SeenHead } from "./WitnessDecision.ts"

/**
 * What a witness remembers can't be read. It signs nothing for this origin.
 *
 * @category errors
 * @since 0.1.0
 */
export class WitnessStateDamaged extends Schema.TaggedError<WitnessStateDamaged>(
  "@countersign/core/WitnessStateDamaged",
)("WitnessStateDamaged", {
  code: Schema.tag("AUD-3602"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path}: what the witness has seen can't be read: ${this.detail}. Nothing is signed for this origin. The file is one signed checkpoint, below a line of keys if the log has changed its key: put back the newest one that the log's users hold, never an older one, and leave the line as it is`
  }
}

/**
 * What is remembered of one origin.
 *
 * @category models
 * @since 0.1.0
 */
export interface Remembered extends SeenHead {
  /** Absent: the log has not changed its key before this witness's eyes. */
  readonly followed?: FollowedKeys
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessState {
  /** What was remembered last; `undefined`: nothing yet. */
  readonly seen: (
    origin: string,
  ) => Effect.Effect<Remembered | undefined, DiskError | WitnessStateDamaged>
  /** Has returned when a power failure can't take it back. */
  readonly remember: (
    signed: SignedCheckpoint,
    followed: FollowedKeys | undefined,
  ) => Effect.Effect<void, DiskError>
}

/** A note, and a line of as many keys as one may be given. */
const seenBytesMax = noteBytesMax * 2

// An origin may hold any character, and a file's name may not.
const nameOf = (origin: string, fence: number): string =>
  `${hash("sha256", origin)}.${String(fence).padStart(16, "0")}.seen`

const namePattern = /^[0-9a-f]{64}\.(\d{16})\.seen$/

/** The numbers of the leases under which something was written about an origin, ascending. */
const fencesOf = (
  disk: Disk["Service"],
  directory: string,
  origin: string,
): Effect.Effect<ReadonlyArray<number>, DiskError> =>
  Effect.map(disk.list(directory), (names) =>
    names
      .map((name) => ({ name, fence: Number(namePattern.exec(name)?.[1] ?? 0) }))
      .filter(({ fence, name }) => fence > 0 && name === nameOf(origin, fence))
      .map(({ fence }) => fence)
      .toSorted((left, right) => left - right),
  )

/**
 * @param directory where the files are; it exists
 * @param fence the number of the lease that is held over it
 * @category constructors
 * @since 0.1.0
 */
export const make = (disk: Disk["Service"], directory: string, fence: number): WitnessState => ({
  // Read each time: what a failed call has left is then seen as it is, not as it was meant.
  seen: (origin) =>
    Effect.gen(function* () {
      const newest = (yield* fencesOf(disk, directory, origin)).at(-1)
      if (newest === undefined) return undefined
      const file = path.join(directory, nameOf(origin, newest))
      const split = splitFollowed(Buffer.from(yield* disk.readRange(file, 0, seenBytesMax)))
      if (split === undefined) {
        const detail = "the line of keys before the checkpoint holds something else"
        return yield* new WitnessStateDamaged({ path: file, detail })
      }
      const { followed, rest } = split
      const parsed = parseSigned(rest)
      if (Result.isFailure(parsed)) {
        return yield* new WitnessStateDamaged({ path: file, detail: parsed.failure.message })
      }
      const { checkpoint } = parsed.success
      if (checkpoint.origin !== origin) {
        const detail = `it speaks of ${checkpoint.origin}, expected ${origin}`
        return yield* new WitnessStateDamaged({ path: file, detail })
      }
      return { ...checkpoint, ...(followed === undefined ? {} : { followed }) }
    }),
  remember: ({ checkpoint, note }, followed) =>
    Effect.gen(function* () {
      const { origin } = checkpoint
      // Whoever submits may add signatures of anyone; the log's own are the evidence.
      const signatures = note.signatures.filter(({ name }) => name === origin)
      yield* disk.replaceFile(path.join(directory, nameOf(origin, fence)), [
        Buffer.from(`${formatFollowed(followed)}${format({ text: note.text, signatures })}`),
      ])
      for (const old of yield* fencesOf(disk, directory, origin)) {
        // It counts for nothing any more, so that it stays is no failure.
        if (old < fence)
          yield* Effect.ignore(disk.remove(path.join(directory, nameOf(origin, old))))
      }
    }),
})
