/**
 * The four contracts that an event can have, as one table.
 *
 * The table is checked when the engine starts and written into the trail's `opened`
 * record, so a reader knows under which promises the records after it were taken.
 *
 * @since 0.1.0
 */

/**
 * Which contract an event has.
 *
 * @category models
 * @since 0.1.0
 */
export type EventClass = "critical" | "compliance" | "standard" | "telemetry"

/**
 * What an engine promises for one class.
 *
 * @category models
 * @since 0.1.0
 */
export interface Contract {
  readonly name: EventClass
  /** When `record` resolves. */
  readonly resolves: "durable" | "accepted"
  /** What happens when the event can't be recorded. */
  readonly otherwise: "fail" | "wait-then-fail" | "wait" | "drop-and-count"
  readonly isSampled: boolean
  /** Part of the intake's bytes that only this class uses. Units: a ratio. */
  readonly share: number
}

/**
 * The contracts, in the order of their lanes.
 *
 * @category constants
 * @since 0.1.0
 */
export const contracts: readonly [Contract, Contract, Contract, Contract] = [
  { name: "critical", resolves: "durable", otherwise: "fail", isSampled: false, share: 0.25 },
  {
    name: "compliance",
    resolves: "durable",
    otherwise: "wait-then-fail",
    isSampled: false,
    share: 0.25,
  },
  { name: "standard", resolves: "accepted", otherwise: "wait", isSampled: false, share: 0.4 },
  {
    name: "telemetry",
    resolves: "accepted",
    otherwise: "drop-and-count",
    isSampled: true,
    share: 0.1,
  },
]

/**
 * The classes' names, in the order of their lanes.
 *
 * @category constants
 * @since 0.1.0
 */
export const classes: ReadonlyArray<EventClass> = contracts.map((contract) => contract.name)

/**
 * The lane of a class: 0 to 3.
 *
 * @category constants
 * @since 0.1.0
 */
export const laneOf: Readonly<Record<EventClass, 0 | 1 | 2 | 3>> = {
  critical: 0,
  compliance: 1,
  standard: 2,
  telemetry: 3,
}
