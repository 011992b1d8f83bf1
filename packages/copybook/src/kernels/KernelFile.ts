/**
 * The kernels' file in the package.
 *
 * @since 0.1.0
 */
import { fileURLToPath } from "node:url"
import { Disk } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { compile, type KernelModule } from "./Kernels.ts"

// The same place from source and from the compiled package.
const file = fileURLToPath(new URL("../../dist/kernels.wasm", import.meta.url))

/**
 * The compiled module, to be given to threads and to `fromModule`; nothing where the file is
 * missing or the engine refuses it, with a warning in the log: then the kernels in TypeScript do
 * the same many times slower.
 *
 * @category constructors
 * @since 0.1.0
 */
export const load: Effect.Effect<KernelModule | undefined, never, Disk> = Effect.gen(function* () {
  const disk = yield* Disk
  const bytes = yield* disk.readFile(file)
  // The engine's refusal is a defect here, and what is made of it is the same.
  return yield* Effect.sync(() => compile(bytes))
}).pipe(
  Effect.catchCause((cause) =>
    Effect.logWarning("countersign: records are decoded without WebAssembly", cause).pipe(
      Effect.as(undefined),
    ),
  ),
)
