/**
 * The file beside a trail that says where its monitor listens, with the token: whoever may read it,
 * which is the user of the process alone, may connect.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Announcement = Schema.Struct({
  /** Such as `ws://127.0.0.1:4100/monitor`. */
  url: Schema.String,
  token: Schema.String,
  pid: Schema.Int,
})

/**
 * @category models
 * @since 0.1.0
 */
export type Announcement = typeof Announcement.Type

const Text = Schema.fromJsonString(Announcement)
const textBytesMax = 4096

/**
 * The file of a trail.
 *
 * @category accessors
 * @since 0.1.0
 */
export const fileOf = (directory: string): string => `${path.resolve(directory)}.monitor`

/**
 * What the file says; nothing where there is none, or none of this form.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (
  directory: string,
): Effect.Effect<Option.Option<Announcement>, DiskError, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const file = fileOf(directory)
    if ((yield* disk.status(file)) === undefined) return Option.none()
    const bytes = yield* disk.readRange(file, 0, textBytesMax)
    return yield* Effect.option(
      Schema.decodeUnknownEffect(Text)(Buffer.from(bytes).toString("utf8")),
    )
  })

/**
 * A whole file or none, which was made by this process alone: what lies under the temporary name,
 * a link that somebody planted or a file that others may read, is taken away and never written to.
 */
const replaced = Effect.fnUntraced(function* (file: string, text: string) {
  const disk = yield* Disk
  const temporary = `${file}.tmp`
  yield* disk.remove(temporary)
  yield* disk
    .writeFile(temporary, [Buffer.from(text)], { sync: true, mode: 0o600, exclusive: true })
    .pipe(
      Effect.andThen(disk.rename(temporary, file)),
      Effect.tapError(() => Effect.ignore(disk.remove(temporary))),
      Effect.andThen(disk.syncDirectory(path.dirname(file))),
    )
})

/**
 * Writes the file, for the owner alone, and takes it away with the scope where it is still this one.
 *
 * @category running
 * @since 0.1.0
 */
export const announce = Effect.fnUntraced(function* (directory: string, said: Announcement) {
  const disk = yield* Disk
  const file = fileOf(directory)
  yield* replaced(file, `${JSON.stringify(said)}\n`)
  yield* Effect.addFinalizer(() =>
    read(directory).pipe(
      Effect.flatMap((found) =>
        Option.isSome(found) && found.value.token === said.token ? disk.remove(file) : Effect.void,
      ),
      Effect.provideService(Disk, disk),
      // What is left behind names a server that nobody reaches.
      Effect.ignore,
    ),
  )
})
