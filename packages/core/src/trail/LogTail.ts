/**
 * The end of a log that another process left: from an opening on it counts, so it has to last.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Disk } from "../platform/Disk.ts"
import type { FrameGroup, SegmentFile, TornTail, WalScan } from "./WalReader.ts"

/**
 * Cuts what is torn, and makes all before it survive a power failure.
 *
 * A killed process leaves frames in the system's cache that no sync has covered. They count from
 * here on, and a checkpoint may cover them. If a sync of them has failed, the kernel may hold them
 * for clean, so that another sync covers nothing: the group that no later one vouches for is
 * written again.
 *
 * Segments without a whole frame go: a write that their writer began before it was replaced would
 * fill them once they count for nothing.
 *
 * - Memory: one group.
 *
 * @returns the segments that stay
 * @category running
 * @since 0.1.0
 */
export const makeDurable = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  segments: ReadonlyArray<SegmentFile>,
  { newest, torn }: Pick<WalScan, "newest" | "torn">,
) {
  const log = path.join(directory, "wal")
  const fileOf = ({ name }: SegmentFile): string => path.join(log, name)
  const hollow = new Set(segments.filter(({ content }) => content !== "whole").map(fileOf))
  for (const file of hollow) yield* disk.remove(file)
  for (const tail of torn) if (!hollow.has(tail.path)) yield* cut(disk, tail)
  if (newest !== undefined) yield* rewrite(disk, newest)
  const kept = segments.filter((segment) => !hollow.has(fileOf(segment)))
  for (const segment of kept) yield* disk.syncFile(fileOf(segment))
  if (segments.length > 0) yield* disk.syncDirectory(log)
  return kept
})

const cut = Effect.fnUntraced(function* (disk: Disk["Service"], tail: TornTail) {
  const file = yield* disk.open(tail.path, "update")
  yield* file.truncate(tail.offset).pipe(Effect.andThen(file.datasync), Effect.ensuring(file.close))
})

/** The same bytes to the same place, so that it does no harm to stop in the middle. */
const rewrite = Effect.fnUntraced(function* (disk: Disk["Service"], group: FrameGroup) {
  const { end, offset } = group
  const bytes = yield* disk.readRange(group.path, offset, end - offset)
  const file = yield* disk.open(group.path, "update")
  yield* file
    .write([bytes], offset)
    .pipe(Effect.andThen(file.datasync), Effect.ensuring(file.close))
})
