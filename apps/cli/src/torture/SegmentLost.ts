/** The log's newest segment goes after the kill: nobody is there to notice. */
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { CycleOptions } from "./Cycles.ts"
import { LoadChild } from "./LoadChild.ts"
import { emptyOutcome, type Outcome } from "./Outcome.ts"
import { signedSizeOf, TrailCheck } from "./TrailCheck.ts"

/**
 * Either the trail is refused as damaged, or it opens and all that was signed is in it. What was
 * acknowledged and not yet signed is lost with the only file that held it, and is no finding: no
 * program can know of it. The figures that are booked are those of the entries that were signed.
 */
export const runSegmentLost = async ({
  config,
  goesOn,
  onCycle,
  parent,
}: CycleOptions): Promise<Outcome> => {
  const outcome = emptyOutcome()
  for (let cycle = 0; goesOn(cycle); cycle += 1) {
    const directory = path.join(parent, `trail-${cycle}`)
    const trail = new TrailCheck(directory, config, outcome)
    const child = new LoadChild({ directory, cycle, orders: { config } })
    const isReady = (await child.until(/^ready/)) !== undefined
    await sleep(300)
    await child.kill()
    if (!isReady) outcome.problems.push(`cycle ${cycle}: the trail was not opened in time`)
    outcome.problems.push(...child.problems)
    outcome.tried += child.issued
    outcome.refused += child.refused
    await trail.checkPublished(child.published)
    if (!isReady) continue
    const signed = await signedSizeOf(directory)
    const log = path.join(directory, "wal")
    fs.rmSync(path.join(log, fs.readdirSync(log).toSorted().at(-1) ?? ""))
    const isRefused = await trail.recover().then(
      () => false,
      (cause: unknown) => {
        if (!String(cause).includes("AUD-3201")) outcome.problems.push(String(cause))
        return true
      },
    )
    if (isRefused) outcome.verifications += 1
    else {
      const acknowledged = child.acknowledged.filter(({ sequence }) => sequence < signed)
      const events = (await trail.read()) ?? []
      trail.compare(cycle, { acknowledged, issued: child.issued }, events)
      await trail.verify()
      trail.finish()
    }
    outcome.cycles += 1
    onCycle?.(outcome)
  }
  return outcome
}
