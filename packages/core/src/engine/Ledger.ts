/**
 * Conservation: where every accepted event is.
 *
 * For each class, accepted = recorded + sampled out + lost + in flight. The first four are
 * counted where they happen and the last is measured in the stages, so the equation is a
 * check and not a definition.
 *
 * @since 0.1.0
 */
import { classes, type EventClass } from "../event/EventClass.ts"

/**
 * The account of one class.
 *
 * @category models
 * @since 0.1.0
 */
export interface Account {
  readonly class: EventClass
  /** Events that the engine took responsibility for. */
  readonly accepted: number
  /** Durable in the trail. */
  readonly recorded: number
  /** Left out by the sampler, and counted in a signed record. */
  readonly sampledOut: number
  /** Accepted, not in the trail, and said so in a record. */
  readonly lost: number
  /** On their way. */
  readonly inFlight: number
  /** Never accepted, and the caller was told: no room, or past the deadline. */
  readonly refused: number
  /** Never accepted and counted in a signed record: telemetry without room. */
  readonly dropped: number
  /** accepted − recorded − sampled out − lost − in flight. Anything but 0 is a defect. */
  readonly missing: number
}

/**
 * Plain counters, one array a column, since they are touched for every event.
 *
 * @category models
 * @since 0.1.0
 */
export class Ledger {
  // One column more than there are classes: the engine's own records.
  readonly accepted = new Float64Array(classes.length + 1)
  readonly recorded = new Float64Array(classes.length + 1)
  readonly sampledOut = new Float64Array(classes.length + 1)
  readonly lost = new Float64Array(classes.length + 1)
  readonly refused = new Float64Array(classes.length + 1)
  readonly dropped = new Float64Array(classes.length + 1)

  /**
   * The account of each class.
   *
   * @param inFlight events of a lane that are in the lanes, in slabs or in the log's hands
   */
  accounts(inFlight: (lane: number) => number): ReadonlyArray<Account> {
    return classes.map((name, lane) => {
      const at = (column: Float64Array): number => column[lane] ?? 0
      const moving = inFlight(lane)
      return {
        class: name,
        accepted: at(this.accepted),
        recorded: at(this.recorded),
        sampledOut: at(this.sampledOut),
        lost: at(this.lost),
        inFlight: moving,
        refused: at(this.refused),
        dropped: at(this.dropped),
        missing:
          at(this.accepted) - at(this.recorded) - at(this.sampledOut) - at(this.lost) - moving,
      }
    })
  }
}
