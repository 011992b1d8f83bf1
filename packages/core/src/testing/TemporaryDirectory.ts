/**
 * A directory on the real disk for one test.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

/**
 * An empty directory that goes with its scope, with all that lies in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const temporaryDirectory: Effect.Effect<string, never, Scope> = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "countersign-"))),
  (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true, force: true })),
)
