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
const ownerOnly = 0o600

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
 * Writes the file, for the owner alone, and takes it away with the scope where it is still this one.
 *
 * @category running
 * @since 0.1.0
 */
export const announce = Effect.fnUntraced(function* (directory: string, said: Announcement) {
  const disk = yield* Disk
  const file = fileOf(directory)
  yield* disk.replaceFile(file, [Buffer.from(`${JSON.stringify(said)}\n`)], ownerOnly)
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
