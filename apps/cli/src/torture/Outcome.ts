/** What a scenario has cost. */
export interface Outcome {
  /** Cycles that were run to their end. */
  cycles: number
  /** Events that a process began to record and waited for, as it says before each. */
  tried: number
  acknowledged: number
  /** Refused with a typed error: an honest answer, no loss. */
  refused: number
  /** Those of the acknowledged that were said to be under a checkpoint. */
  published: number
  /** Those of the published that the checkpoint on the disk does not cover. */
  uncovered: number
  found: number
  duplicated: number
  lost: number
  invented: number
  disordered: number
  /** Whole trails recomputed and compared with what was signed. */
  verifications: number
  failedVerifications: number
  /** Entries read back, those that nobody waited for and the engine's own included. */
  entries: number
  /** Trails begun: one that has grown large is followed by a new one. */
  trails: number
  readonly recoveryMillis: Array<number>
  readonly problems: Array<string>
}

export const emptyOutcome = (): Outcome => ({
  cycles: 0,
  tried: 0,
  acknowledged: 0,
  refused: 0,
  published: 0,
  uncovered: 0,
  found: 0,
  duplicated: 0,
  lost: 0,
  invented: 0,
  disordered: 0,
  verifications: 0,
  failedVerifications: 0,
  entries: 0,
  trails: 0,
  recoveryMillis: [],
  problems: [],
})

export const sumOf = (outcomes: ReadonlyArray<Outcome>): Outcome => {
  const total = emptyOutcome()
  for (const one of outcomes) {
    total.cycles += one.cycles
    total.tried += one.tried
    total.acknowledged += one.acknowledged
    total.refused += one.refused
    total.published += one.published
    total.uncovered += one.uncovered
    total.found += one.found
    total.duplicated += one.duplicated
    total.lost += one.lost
    total.invented += one.invented
    total.disordered += one.disordered
    total.verifications += one.verifications
    total.failedVerifications += one.failedVerifications
    total.entries += one.entries
    total.trails += one.trails
    total.recoveryMillis.push(...one.recoveryMillis)
    total.problems.push(...one.problems)
  }
  return total
}

/** Whether everything that was promised was kept, and anything was promised at all. */
export const isSound = (outcome: Outcome): boolean =>
  outcome.uncovered + outcome.lost + outcome.duplicated + outcome.invented + outcome.disordered ===
    0 &&
  outcome.failedVerifications === 0 &&
  outcome.problems.length === 0 &&
  outcome.cycles > 0 &&
  outcome.verifications > 0
