/**
 * Waiting until everything accepted before a moment has reached the log.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { laneCount } from "./Intake.ts"
import type { Ledger } from "./Ledger.ts"

interface Goal {
  /** For each lane, the events that have to be settled. */
  readonly settled: ReadonlyArray<number>
  readonly done: () => void
}

/**
 * @category models
 * @since 0.1.0
 */
export class Progress {
  private readonly ledger: Ledger
  private goals: Array<Goal> = []

  constructor(ledger: Ledger) {
    this.ledger = ledger
  }

  /** Resolves when all that is accepted now is recorded, sampled out or lost. */
  reached(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const settled = Array.from(this.ledger.accepted)
      const goal = { settled, done: () => resume(Effect.void) }
      if (this.isReached(goal)) {
        goal.done()
        return
      }
      this.goals.push(goal)
      return Effect.sync(() => {
        this.goals = this.goals.filter((other) => other !== goal)
      })
    })
  }

  /** To be called when the ledger has moved. */
  check(): void {
    if (this.goals.length === 0) return
    const reached = this.goals.filter((goal) => this.isReached(goal))
    if (reached.length === 0) return
    this.goals = this.goals.filter((goal) => !reached.includes(goal))
    for (const goal of reached) goal.done()
  }

  private isReached(goal: Goal): boolean {
    const { lost, recorded, sampledOut } = this.ledger
    for (let lane = 0; lane < laneCount; lane++) {
      const settled = (recorded[lane] ?? 0) + (sampledOut[lane] ?? 0) + (lost[lane] ?? 0)
      if (settled < (goal.settled[lane] ?? 0)) return false
    }
    return true
  }
}
