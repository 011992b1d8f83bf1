/**
 * The synchronous end: what was accepted reaches the log before the process is gone.
 *
 * For `process.on("exit")`, where nothing asynchronous runs any more. Sampling is skipped:
 * keeping too much is the honest side to err on.
 *
 * @since 0.1.0
 */
import { SlabLease } from "./BufferPool.ts"
import type { Intake } from "./Intake.ts"
import { type LogStageOptions, payloadOf, settle } from "./LogStage.ts"
import type { Pipeline } from "./Pipeline.ts"
import { encode } from "./Pooling.ts"

const batchBytesMax = 1024 * 1024

/**
 * Writes and syncs everything that is accepted and not durable. Throws `DiskError`.
 *
 * @returns the events written
 * @category running
 * @since 0.1.0
 */
export const lastGaspUnsafe = (
  intake: Intake,
  pipeline: Pipeline,
  options: LogStageOptions,
): number => {
  const { inSlabs, lease, ledger, nowMillis, wal } = options
  if (!lease.isHeldUnsafe()) return 0
  const { admitted, encoded, inHand } = pipeline.unloggedUnsafe()
  const unslabbed = [...admitted]
  for (;;) {
    const batch = intake.select(Infinity, batchBytesMax)
    if (batch === undefined) break
    unslabbed.push(batch)
  }
  const fresh = unslabbed.map((batch) => {
    const slab = new SlabLease(Buffer.allocUnsafeSlow(batch.bytes), () => undefined)
    const made = encode(batch, intake, slab)
    inSlabs.add(made.perLane, 1)
    if (batch.skipped > 0) ledger.sampledOut[3] = (ledger.sampledOut[3] ?? 0) + batch.skipped
    intake.free(batch)
    return made
  })
  // The lanes have them no more: where the log takes nothing, another try finds them here.
  pipeline.unwritten.push(...fresh)
  const rest = [...encoded, ...fresh]
  const firstSequence = wal.nextSequence
  wal.appendUnsafe(inHand.map(payloadOf), rest.map(payloadOf), nowMillis())
  const all = [...inHand, ...rest]
  settle(all, firstSequence, options)
  return all.reduce((total, batch) => total + batch.count, 0)
}
