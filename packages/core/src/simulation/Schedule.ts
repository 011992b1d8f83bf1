/**
 * The schedule of one simulation: what is asked of the engine and what befalls it, from a seed.
 *
 * @since 0.1.0
 */
import type { EventClass } from "../event/EventClass.ts"
import { type Random, randomOf, wholeBelow } from "../testing/SeededRandom.ts"

/**
 * What befalls calls of the disk.
 *
 * `unsynced` is a call that fails where it often is a sync; `full` fails several calls in a row;
 * `short` writes a part of its bytes; `defect` throws what is no typed error; `slow` and `hang`
 * take their time.
 *
 * @category models
 * @since 0.1.0
 */
export type DiskTrouble = "fail" | "full" | "short" | "defect" | "slow" | "hang"

/**
 * What befalls deliveries to a sink.
 *
 * `fail` stores nothing; `store-and-fail` stores, and says it has not; `partial` stores the first
 * half and fails; `late` answers late; `hang` answers never and stores much later; `crash` throws;
 * `lost-position` can't say where it stands.
 *
 * @category models
 * @since 0.1.0
 */
export type SinkTrouble =
  | "fail"
  | "store-and-fail"
  | "partial"
  | "late"
  | "hang"
  | "crash"
  | "lost-position"

/**
 * What throws in a stage, at its next calls.
 *
 * @category models
 * @since 0.1.0
 */
export type StageTrouble = "sample" | "pool" | "tree" | "sign" | "sign-throws"

/**
 * How a process ends. In the end another one has opened the trail.
 *
 * `late` is a close that passes its deadline; `gasp` the last synchronous moments of a process;
 * `cut` loses power in the middle of a call; `takeover` lets the next one believe it dead.
 *
 * @category models
 * @since 0.1.0
 */
export type Ending = "close" | "late" | "kill" | "gasp" | "power" | "cut" | "takeover"

/**
 * @category models
 * @since 0.1.0
 */
export interface Burst {
  readonly do: "write"
  readonly writer: number
  readonly class: EventClass
  readonly door: "record" | "now" | "around"
  readonly until?: "durable" | "published"
  readonly count: number
  /** `false`: all at once, without waiting for one before the next. */
  readonly inTurn: boolean
  /** Length of a text in each event. */
  readonly textLength: number
  /** One in so many is refused by this sink; 0: none. */
  readonly refusedBy: 0 | 1 | 2
}

/**
 * @category models
 * @since 0.1.0
 */
export type Step =
  | Burst
  | { readonly do: "wait"; readonly millis: number }
  | {
      readonly do: "disk"
      readonly trouble: DiskTrouble
      /** How many calls from now on. */
      readonly after: number
      readonly times: number
      readonly bytes: number
    }
  | {
      readonly do: "sink"
      readonly sink: 0 | 1
      readonly trouble: SinkTrouble
      readonly times: number
    }
  | {
      readonly do: "stage"
      readonly trouble: StageTrouble
      readonly after: number
      readonly times: number
    }
  | { readonly do: "clock"; readonly to: "forward" | "back" | "frozen" }
  | { readonly do: "flush" }
  | { readonly do: "publish" }
  | { readonly do: "verify" }
  /** Nothing breaks any more for a while, and the engine comes to rest. */
  | { readonly do: "rest" }
  /** Asks what a recovery would find if the power went now; the real disk stays as it is. */
  | { readonly do: "probe" }
  | { readonly do: "end"; readonly how: Ending; readonly after: number }

const oneOf = <A>(random: Random, list: readonly [A, ...ReadonlyArray<A>]): A =>
  list[wholeBelow(random, list.length)] ?? list[0]

const burst = (random: Random): Burst => {
  const isFlood = random() < 0.12
  const until = random() < 0.2 ? oneOf(random, ["durable", "published"] as const) : undefined
  const name = oneOf<EventClass>(random, [
    "critical",
    "compliance",
    "standard",
    "standard",
    "telemetry",
  ])
  const door = oneOf(random, ["record", "record", "now", "around"] as const)
  return {
    do: "write",
    writer: wholeBelow(random, 4),
    class: name,
    // An outcome that is dropped is told to nobody, so telemetry would not add up.
    door: name === "telemetry" && door === "around" ? "record" : door,
    ...(until === undefined ? {} : { until }),
    count: isFlood ? 60 + wholeBelow(random, 120) : 1 + wholeBelow(random, 16),
    inTurn: !isFlood && random() < 0.6,
    textLength: random() < 0.1 ? 2000 : wholeBelow(random, 200),
    refusedBy: random() < 0.15 && door !== "around" ? oneOf(random, [1, 2] as const) : 0,
  }
}

const trouble = (random: Random): Step => {
  const pick = random()
  const after = wholeBelow(random, 30)
  if (pick < 0.45) {
    const kind = oneOf<DiskTrouble>(random, ["fail", "fail", "full", "short", "slow", "hang"])
    const kinds = random() < 0.1 ? "defect" : kind
    const times = kinds === "full" ? 2 + wholeBelow(random, 8) : 1 + wholeBelow(random, 2)
    return { do: "disk", trouble: kinds, after, times, bytes: wholeBelow(random, 700) }
  }
  if (pick < 0.8) {
    const kind = oneOf<SinkTrouble>(random, [
      "fail",
      "store-and-fail",
      "partial",
      "late",
      "crash",
      "lost-position",
    ])
    return {
      do: "sink",
      sink: oneOf(random, [0, 1] as const),
      trouble: random() < 0.06 ? "hang" : kind,
      times: 1 + wholeBelow(random, 3),
    }
  }
  if (pick < 0.92) {
    return {
      do: "stage",
      trouble: oneOf<StageTrouble>(random, ["sample", "pool", "tree", "sign", "sign-throws"]),
      after: wholeBelow(random, 6),
      times: random() < 0.3 ? 3 : 1,
    }
  }
  return { do: "clock", to: oneOf(random, ["forward", "back", "frozen"] as const) }
}

/** One process's steps but its end. */
const life = (random: Random): Array<Step> => {
  const steps: Array<Step> = []
  const length = 4 + wholeBelow(random, 8)
  // Some processes meet no trouble at all, so that others' is not always hidden behind more.
  const troubles = random() < 0.2 ? 0 : 0.4
  for (let step = 0; step < length; step++) {
    steps.push(burst(random))
    if (random() < troubles) steps.push(trouble(random))
    const pick = random()
    if (pick < 0.06) steps.push({ do: "flush" })
    else if (pick < 0.12) steps.push({ do: "publish" })
    else if (pick < 0.15) steps.push({ do: "verify" })
    else if (pick < 0.3) steps.push({ do: "probe" })
    else if (pick < 0.34) steps.push({ do: "rest" })
    if (random() < 0.6) steps.push({ do: "wait", millis: wholeBelow(random, 120) })
    else if (random() < 0.2) steps.push({ do: "wait", millis: wholeBelow(random, 1500) })
  }
  return steps
}

/**
 * The steps of a seed. The first `n` of them are a schedule as well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const scheduleOf = (seed: number): ReadonlyArray<Step> => {
  const random = randomOf(seed)
  const lives = 2 + wholeBelow(random, 3)
  return Array.from({ length: lives }, (): ReadonlyArray<Step> => {
    const steps = life(random)
    const how = oneOf<Ending>(random, [
      "close",
      "late",
      "kill",
      "kill",
      "gasp",
      "power",
      "power",
      "cut",
      "takeover",
    ])
    return [...steps, { do: "end", how, after: wholeBelow(random, 40) }]
  }).flat()
}
