/**
 * Baselines as files.
 *
 * @since 0.1.0
 */
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { type Baseline, baselineLimits, decode, encodeChecked } from "./Baseline.ts"
import type { BaselineMalformed } from "./BaselineError.ts"

/**
 * Reads a baseline; `undefined` where there is no file.
 *
 * @category running
 * @since 0.1.0
 */
export const read: (
  path: string,
) => Effect.Effect<Baseline | undefined, BaselineMalformed | DiskError, Disk> = Effect.fnUntraced(
  function* (path: string) {
    const disk = yield* Disk
    const status = yield* disk.status(path)
    if (status === undefined) return undefined
    // One byte more than allowed is enough to refuse it.
    const bytes = yield* disk.readRange(path, 0, baselineLimits.fileBytesMax + 1)
    return yield* Effect.fromResult(decode(Buffer.from(bytes).toString("utf8"), path))
  },
)

/** A baseline is no secret: whoever can read the code may read it. */
const fileMode = 0o644

/**
 * Writes a baseline, whole or not at all: one that could not be read again is refused.
 *
 * @category running
 * @since 0.1.0
 */
export const write: (
  path: string,
  baseline: Baseline,
) => Effect.Effect<void, BaselineMalformed | DiskError, Disk> = Effect.fnUntraced(function* (
  path: string,
  baseline: Baseline,
) {
  const disk = yield* Disk
  const text = yield* Effect.fromResult(encodeChecked(baseline, path))
  yield* disk.replaceFile(path, [Buffer.from(text)], fileMode)
})
