/**
 * A process that takes the lease of a trail, says so, and lives until it is killed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { acquire } from "../trail/Lease.ts"

const lease = await Effect.runPromise(
  Effect.provide(acquire(process.argv[2] ?? "."), NodeDisk.layer),
)
process.stdout.write(`${lease.fence}\n`)
setInterval(() => undefined, 1_000_000)
