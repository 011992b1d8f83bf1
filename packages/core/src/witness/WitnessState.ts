/**
 * What a witness remembers: of each origin, the largest checkpoint that it has cosigned.
 *
 * One file an origin, replaced as a whole and synced before a signature leaves. A witness that
 * loses these files can be shown an older tree as if it were the first, so they are worth a
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
    return `${this.code}: ${this.path}: what the witness has seen can't be read: ${this.detail}. Nothing is signed for this origin. The file is one signed checkpoint: put back the newest one that the log's users hold, never an older one`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessState {
  /** What was remembered last; `undefined`: nothing yet. */
  readonly seen: (
    origin: string,
  ) => Effect.Effect<SeenHead | undefined, DiskError | WitnessStateDamaged>
  /** Has returned when a power failure can't take it back. */
  readonly remember: (signed: SignedCheckpoint) => Effect.Effect<void, DiskError>
}

// An origin may hold any character, and a file's name may not.
const fileOf = (directory: string, origin: string): string =>
  path.join(directory, `${hash("sha256", origin)}.seen`)

/**
 * @param directory where the files are; it exists
 * @category constructors
 * @since 0.1.0
 */
export const make = (disk: Disk["Service"], directory: string): WitnessState => ({
  // Read each time: what a failed call has left is then seen as it is, not as it was meant.
  seen: (origin) =>
    Effect.gen(function* () {
      const file = fileOf(directory, origin)
      if ((yield* disk.status(file)) === undefined) return undefined
      const parsed = parseSigned(yield* disk.readRange(file, 0, noteBytesMax + 1))
      if (Result.isFailure(parsed)) {
        return yield* new WitnessStateDamaged({ path: file, detail: parsed.failure.message })
      }
      const { checkpoint } = parsed.success
      if (checkpoint.origin !== origin) {
        const detail = `it speaks of ${checkpoint.origin}, expected ${origin}`
        return yield* new WitnessStateDamaged({ path: file, detail })
      }
      return checkpoint
    }),
  remember: ({ checkpoint, note }) => {
    const { origin } = checkpoint
    // Whoever submits may add signatures of anyone; the log's own are the evidence.
    const signatures = note.signatures.filter(({ name }) => name === origin)
    return disk.replaceFile(fileOf(directory, origin), [
      Buffer.from(format({ text: note.text, signatures })),
    ])
  },
})
