/**
 * The dead letters of one sink: a small trail of notes about what it refused.
 *
 * It is written by the writer of all trails, so it is signed and can be verified like any other.
 * A note is signed before the cursor moves past its record. The trail is held only while it is
 * written: a person with the key can note a decision while the engine runs, and the engine looks
 * for those.
 *
 * Each key has a directory of its own, `dead-letters/<sink>/<key id>`: a trail whose key was
 * destroyed can be verified for ever and written by nobody.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { EventEncoder } from "../event/EventEncoder.ts"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { FillRandom } from "../platform/RandomBytes.ts"
import { Signer, type SignerError } from "../signer/Signer.ts"
import * as EntryBundle from "../trail/EntryBundle.ts"
import { EntryHasher, inThisThread } from "../trail/EntryHasher.ts"
import { type OpenTrail, openTrail } from "../trail/OpenTrail.ts"
import type { TrailDamaged, TrailLocked } from "../trail/TrailError.ts"
import { verifierKeyOf } from "../trail/TrailKeys.ts"
import { entries, readEntry, type TrailReadError } from "../trail/TrailReader.ts"
import { boundedText } from "./CauseText.ts"
import { eventOf, type LetterNote, noteOf, OpenLetters } from "./DeadLetter.ts"
import type { SinkError } from "./Sink.ts"

/**
 * A sink has refused so much that its dead letters are full. Delivery to it waits.
 *
 * @category errors
 * @since 0.1.0
 */
export class DeadLettersFull extends Schema.TaggedError<DeadLettersFull>(
  "@countersign/core/DeadLettersFull",
)("DeadLettersFull", {
  code: Schema.tag("AUD-4103"),
  isRetryable: Schema.tag(true),
  path: Schema.String,
  lettersMax: Schema.Number,
}) {
  override get message(): string {
    return (
      `${this.code}: ${this.path} has ${this.lettersMax} open letters, which is the most; delivery waits. ` +
      `Find out why the sink refuses records, then replay or drop them: countersign dlq`
    )
  }
}

/**
 * What keeps a note from being written. All of it is tried again for as long as it takes.
 *
 * @category errors
 * @since 0.1.0
 */
export type LetterFault =
  | DiskError
  | SignerError
  | TrailDamaged
  | TrailLocked
  | TrailReadError
  | DeadLettersFull

/**
 * The words of a refusal, without the stack that would say nothing about the record.
 *
 * @category encoding
 * @since 0.1.0
 */
export const causeOf = (cause: Cause.Cause<SinkError>): string =>
  boundedText(
    cause.reasons
      .map((reason) => (Cause.isFailReason(reason) ? reason.error.message : reason._tag))
      .join("; "),
  )

/**
 * Where the dead letters of a sink lie, one trail a key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const directoryOf = (directory: string, sink: string): string =>
  path.join(directory, "dead-letters", sink)

/**
 * The origin of a sink's dead letters.
 *
 * @category constructors
 * @since 0.1.0
 */
export const originOf = (trail: string, sink: string): string => `${trail}/dead-letters/${sink}`

/**
 * Takes in the notes behind those that were read, in order; what is read is counted by key.
 *
 * - Memory: a bundle at once.
 *
 * @param isForgiven whether a key's trail that can't be read is passed over
 */
const readNotes = Effect.fnUntraced(function* (
  directory: string,
  read: Map<string, number>,
  add: (note: LetterNote) => void,
  isForgiven: (name: string) => boolean = () => false,
) {
  const disk = yield* Disk
  const names = (yield* disk.list(directory)).filter((name) => namePattern.test(name))
  const forgiving = <A>(name: string, reading: Effect.Effect<A, TrailReadError, Disk>) =>
    Effect.catch(reading, (error) =>
      isForgiven(name)
        ? Effect.as(Effect.logWarning(`countersign: ${error.message}`), undefined)
        : Effect.fail(error),
    )
  // One key follows the other, and so do their notes.
  const begins = new Map<string, string>()
  for (const name of names.length > 1 ? names : []) {
    const first = yield* forgiving(name, readEntry(path.join(directory, name), 0))
    begins.set(name, (first && noteOf(first.bytes)?.time) ?? "")
  }
  const beginOf = (name: string): string => begins.get(name) ?? ""
  for (const name of names.toSorted((a, b) => (beginOf(a) < beginOf(b) ? -1 : 1))) {
    const from = read.get(name) ?? 0
    const reading = Stream.runForEach(
      entries(path.join(directory, name), { from }),
      ({ bytes, sequence }) =>
        Effect.sync(() => {
          read.set(name, sequence + 1)
          const note = noteOf(bytes)
          if (note !== undefined) add(note)
        }),
    )
    yield* forgiving(name, reading)
  }
})

/**
 * What a sink has refused and nobody has settled, without writing anything.
 *
 * @category running
 * @since 0.1.0
 */
export const readOpenLetters = Effect.fnUntraced(function* (directory: string, sink: string) {
  const open = new OpenLetters()
  yield* readNotes(directoryOf(directory, sink), new Map(), (note) => open.add(note))
  return open
})

/**
 * @category models
 * @since 0.1.0
 */
export interface DeadLettersOptions {
  readonly disk: Disk["Service"]
  /** The main trail's directory. */
  readonly directory: string
  /** The main trail's origin. */
  readonly trail: string
  readonly sink: string
  /** Who signs now. */
  readonly signer: () => Signer["Service"]
  /** Open letters at which the sink has to wait. Default 65,536. */
  readonly lettersMax?: number
  readonly nowMillis: () => number
  readonly fillRandom?: FillRandom
}

interface Writing {
  readonly name: string
  readonly trail: OpenTrail
  readonly scope: Scope.Closeable
}

const lettersMaxDefault = 65_536
// Of each open letter, while the engine runs; the note has all of it.
const causeLengthMax = 200
// A frame of the log holds less than so many of the largest events.
const notesAtOnce = 512
const segmentBytesMax = 1024 * 1024
const namePattern = /^[0-9a-f]{8}$/
const limits = { depthMax: 16, keysMax: 4096, keyLengthMax: 256, eventBytesMax: 49_152 }

/**
 * The dead letters of one sink, read and written.
 *
 * @category models
 * @since 0.1.0
 */
export class DeadLetters {
  /** As of the newest look. */
  readonly open = new OpenLetters(causeLengthMax)
  private readonly options: DeadLettersOptions
  private readonly encoder: EventEncoder
  /** Notes read so far, by the key's directory. */
  private readonly read = new Map<string, number>()
  private writing: Writing | undefined

  constructor(options: DeadLettersOptions) {
    this.options = options
    this.encoder = new EventEncoder(limits, options.fillRandom)
  }

  /** Whether the trail is held, and has to be given back. */
  get isHeld(): boolean {
    return this.writing !== undefined
  }

  /** Where they lie. */
  get directory(): string {
    return directoryOf(this.options.directory, this.options.sink)
  }

  /** Reads the notes that were added since the last look, by whomever. */
  readonly look: Effect.Effect<void, TrailReadError> = Effect.suspend(() =>
    // Letters of a key that is gone must not keep a sink from its records.
    readNotes(
      this.directory,
      this.read,
      (note) => this.open.add(note),
      (name) => name !== this.name,
    ).pipe(Effect.provideService(Disk, this.options.disk)),
  )

  /** The first look. A crash may have left files that only the log can mend: it is opened. */
  readonly load: Effect.Effect<void, LetterFault> = Effect.suspend(() =>
    Effect.flatMap(
      this.options.disk.status(path.join(this.directory, this.name)),
      (status): Effect.Effect<unknown, LetterFault> =>
        status === undefined
          ? this.look
          : Effect.andThen(
              Effect.suspend(() => this.ready),
              this.rest,
            ),
    ),
  )

  /** Adds notes, signed when this returns. After a failure any of them may be there. */
  write(notes: ReadonlyArray<LetterNote>): Effect.Effect<void, LetterFault> {
    const parts: Array<ReadonlyArray<LetterNote>> = []
    for (let from = 0; from < notes.length; from += notesAtOnce) {
      parts.push(notes.slice(from, from + notesAtOnce))
    }
    return Effect.suspend(() => this.ready).pipe(
      Effect.flatMap((writing) =>
        Effect.forEach(parts, (part) => this.append(writing, part), { discard: true }),
      ),
      // What a failure leaves is for a recovery to judge.
      Effect.onError(() => this.letGo),
    )
  }

  /** As `write`, for a refusal; bounded. */
  bury(note: LetterNote): Effect.Effect<void, LetterFault> {
    const { lettersMax = lettersMaxDefault } = this.options
    return Effect.suspend((): Effect.Effect<void, LetterFault> => {
      const isAgain = note.sequence !== undefined && this.open.get(note.sequence) !== undefined
      return this.open.size < lettersMax || isAgain
        ? this.write([note])
        : // Somebody may have settled some meanwhile.
          Effect.andThen(
            this.look,
            Effect.suspend(() =>
              this.open.size < lettersMax
                ? this.write([note])
                : Effect.fail(new DeadLettersFull({ path: this.directory, lettersMax })),
            ),
          )
    })
  }

  /** Gives the trail back, so that others can write to it. */
  readonly rest: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    if (this.writing === undefined) return Effect.void
    const { recovered, wal } = this.writing.trail
    return recovered.writer.syncAll.pipe(
      Effect.andThen(wal.roll),
      Effect.andThen(Effect.suspend(() => wal.prune(recovered.writer.syncedSize))),
      Effect.ensuring(this.letGo),
    )
  })

  private readonly letGo: Effect.Effect<void> = Effect.suspend(() => {
    const { writing } = this
    this.writing = undefined
    return writing === undefined ? Effect.void : Scope.close(writing.scope, Exit.void)
  })

  private readonly ready: Effect.Effect<Writing, LetterFault> = Effect.suspend(() => {
    const { name } = this
    if (this.writing?.name === name) return Effect.succeed(this.writing)
    return Effect.andThen(this.letGo, this.opened(name))
  })

  private get origin(): string {
    return originOf(this.options.trail, this.options.sink)
  }

  /** The directory of the key in force: its id. */
  private get name(): string {
    const { keyId } = verifierKeyOf(this.origin, this.options.signer())
    return keyId.toString(16).padStart(8, "0")
  }

  private opened(name: string): Effect.Effect<Writing, LetterFault> {
    const { directory: main, disk, nowMillis, signer } = this.options
    const { origin } = this
    const { place: _, ...alone } = signer()
    const directory = path.join(this.directory, name)
    return Effect.gen({ self: this }, function* () {
      yield* disk.makeDirectory(directory)
      for (const above of [this.directory, path.dirname(this.directory), main]) {
        yield* disk.syncDirectory(above)
      }
      const scope = yield* Scope.make()
      const opening = openTrail({ directory, origin, segmentBytesMax, nowMillis }).pipe(
        Effect.provideService(Scope.Scope, scope),
        // The key has no place of its own here: it changes with the main trail's.
        Effect.provideService(Signer, alone),
        Effect.provideService(Disk, disk),
        Effect.onError(() => Scope.close(scope, Exit.void)),
      )
      const trail = yield* opening
      const writing = { name, trail, scope }
      this.writing = writing
      // What a crash left unsigned is signed now, and read with the rest.
      yield* trail.recovered.writer.publish
      yield* this.look
      return writing
    }).pipe(Effect.uninterruptible)
  }

  private append(
    { name, trail: { recovered, wal } }: Writing,
    notes: ReadonlyArray<LetterNote>,
  ): Effect.Effect<void, DiskError | SignerError> {
    return Effect.suspend(() => {
      const { nowMillis, trail } = this.options
      const encoded = notes.map((note) => {
        const invalid = this.encoder.encodeSystem(eventOf(trail, note), nowMillis())
        // Notes follow the schema by construction.
        if (invalid !== undefined) throw invalid
        return Buffer.from(this.encoder.json)
      })
      const payload = EntryBundle.encode(encoded)
      const first = wal.nextSequence
      const written = [{ payload, count: encoded.length }]
      // A clock of a test may stand between two milliseconds.
      return wal.append(written, Math.floor(nowMillis())).pipe(
        Effect.andThen(recovered.writer.append(payload, payload.length, encoded.length, first)),
        Effect.andThen(recovered.writer.publish),
        Effect.map(() => {
          this.read.set(name, first + encoded.length)
          for (const entry of encoded) {
            const note = noteOf(entry)
            if (note !== undefined) this.open.add(note)
          }
        }),
        // A handful of notes: a thread would cost more than it spares.
        Effect.provideService(EntryHasher, inThisThread),
      )
    })
  }
}
