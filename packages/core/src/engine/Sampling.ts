/**
 * The sample stage: what of a batch goes on.
 *
 * @since 0.1.0
 */
import { laneOf } from "../event/EventClass.ts"
import type { AdmittedBatch, Intake, Run } from "./Intake.ts"
import type { Sampler } from "./Sampler.ts"

const lane = laneOf.telemetry

/**
 * The batch without the telemetry that the sampler skips.
 *
 * A waiter never stands on telemetry that is skipped: its `record` resolved when it was accepted.
 *
 * @category running
 * @since 0.1.0
 */
export const sample = (batch: AdmittedBatch, intake: Intake, sampler: Sampler): AdmittedBatch => {
  const ring = intake.lanes[lane]
  if (ring === undefined || batch.runs.every((run) => run.lane !== lane)) return batch
  const runs: Array<Run> = []
  let { bytes, count } = batch
  let skipped = 0
  for (const run of batch.runs) {
    if (run.lane !== lane) {
      runs.push(run)
      continue
    }
    let from = run.from
    for (let slot = run.from; slot < run.to; slot++) {
      if (sampler.keeps(ring.idOf(slot))) continue
      if (slot > from) runs.push({ lane, from, to: slot })
      from = slot + 1
      bytes -= ring.sizeOf(slot)
      skipped += 1
    }
    if (run.to > from) runs.push({ lane, from, to: run.to })
  }
  count -= skipped
  return { runs, count, bytes, skipped, ends: batch.ends }
}
