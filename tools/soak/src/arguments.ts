/** The command line of `npm run soak`. */
import { parseArgs } from "node:util"

export interface Arguments {
  readonly minutes: number
  readonly perSecond: number
  readonly seed: number
}

export const usage = `npm run soak -- [options]

Records events for minutes while PostgreSQL and Redis are killed, frozen, cut off and started again,
and then asks both what they have.

  --minutes N  how long; 0.1 to 600 (default 10)
  --rate N     events a second; 1 to 50,000 (default 5,000)
  --seed N     of the faults: which, when, for how long (default 1)`

const within = (value: number, low: number, high: number): boolean => value >= low && value <= high

/** The arguments, or what is wrong with them. */
export const parseArguments = (given: ReadonlyArray<string>): Arguments | string => {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        minutes: { type: "string", default: "10" },
        rate: { type: "string", default: "5000" },
        seed: { type: "string", default: "1" },
      },
    })
    const minutes = Number(values.minutes)
    const perSecond = Number(values.rate)
    const seed = Number(values.seed)
    if (!within(minutes, 0.1, 600)) return `--minutes ${values.minutes}: give 0.1 to 600`
    if (!within(perSecond, 1, 50_000)) return `--rate ${values.rate}: give 1 to 50000`
    if (!Number.isSafeInteger(seed)) return `--seed ${values.seed}: give a whole number`
    return { minutes, perSecond, seed }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}
