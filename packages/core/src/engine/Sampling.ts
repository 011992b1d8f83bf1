/**
 * The sample stage: what of a batch goes on.
 *
 * @since 0.1.0
 */
import { laneOf } from "../event/EventClass.ts"
import type { AdmittedBatch, Intake, Run } from "./Intake.ts"
import type { Lane } from "./Lane.ts"
import type { Sampler } from "./Sampler.ts"

const lane = laneOf.telemetry

/**
 * The batch without the telemetry that the sampler skips.
 *
 * What somebody waits for is kept without asking the sampler: `record` was promised an answer.
 *
 * @category running
 * @since 0.1.0
 */
export const sample = (batch: AdmittedBatch, intake: Intake, sampler: Sampler): AdmittedBatch => {
  const ring = intake.lanes[lane]
  if (ring === undefined || batch.runs.every((run) => run.lane !== lane)) return batch
  // A batch that throws is sampled again, and must not be counted twice.
  const takeBack = sampler.mark()
  try {
    return sampled(batch, ring, sampler)
  } catch (error) {
    takeBack()
    throw error
  }
}

const sampled = (batch: AdmittedBatch, ring: Lane, sampler: Sampler): AdmittedBatch => {
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
      if (ring.waiterOf(slot) !== undefined || sampler.keeps(ring.idOf(slot))) continue
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
