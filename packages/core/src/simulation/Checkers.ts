/**
 * What must hold of every history, each promise as a pure function that names where it is broken.
 *
 * @since 0.1.0
 */
import { classes } from "../event/EventClass.ts"
import { TreeHead } from "../trail/MerkleTree.ts"
import type { FoundRecord, FoundSink, Happening, History } from "./History.ts"
import { lossesAreSaid } from "./RunCheckers.ts"
import { eventType } from "./SimulatedEvent.ts"

/**
 * A promise that a history breaks.
 *
 * @category models
 * @since 0.1.0
 */
export interface Finding {
  readonly checker: string
  readonly detail: string
}

type Checker = (history: History) => ReadonlyArray<string>
type Of<W extends Happening["what"]> = Extract<Happening, { readonly what: W }>

const all = <W extends Happening["what"]>(history: History, what: W): ReadonlyArray<Of<W>> =>
  history.happenings.filter((each): each is Of<W> => each.what === what)

/** The sequence of each event's record. */
const places = ({ found }: History): ReadonlyMap<string, number> =>
  new Map(found.map(({ id }, sequence) => [id, sequence]))

/** Acknowledged ⊆ found, at the sequence that was named. */
export const acknowledgedIsFound: Checker = (history) => {
  const at = places(history)
  return all(history, "told").flatMap(({ id, sequence, told }) => {
    if (told !== "durable" && told !== "published") return []
    const found = at.get(id)
    if (found === undefined)
      return [`${id} was told ${told} at ${sequence} and is not in the trail`]
    return found === sequence ? [] : [`${id} was told ${told} at ${sequence} and is at ${found}`]
  })
}

/** What was accepted before a flush, or a process's last moments, is found unless it was lost by count. */
export const flushedIsFound: Checker = (history) => {
  const at = places(history)
  const sampled = new Set(
    all(history, "offered")
      .filter((each) => each.class === "telemetry")
      .map(({ id }) => id),
  )
  return all(history, "flushed").flatMap(({ lost, process, since }) => {
    const absent = history.happenings.slice(0, since).flatMap((each) => {
      if (each.what !== "told" || each.told !== "accepted" || each.process !== process) return []
      return sampled.has(each.id) || at.has(each.id) ? [] : [each.id]
    })
    return absent.length <= lost
      ? []
      : [
          `${absent.length} events, ${absent[0]} first, were flushed and are not found; ${lost} lost`,
        ]
  })
}

/** Whoever recorded with a process that closed in order was told what became of it. */
export const everyoneIsTold: Checker = (history) => {
  const told = new Set(all(history, "told").map(({ id }) => id))
  const closed = new Set(all(history, "closed").map(({ process }) => process))
  return all(history, "offered").flatMap(({ id, process }) =>
    closed.has(process) && !told.has(id)
      ? [`${id} was never told, and its process has closed`]
      : [],
  )
}

/** Each record was offered, is there once, and was not refused. */
export const nothingIsInvented: Checker = (history) => {
  const offered = new Set(all(history, "offered").map(({ id }) => id))
  const never = new Set(
    all(history, "told").flatMap(({ id, told }) =>
      told === "refused" || told === "dropped" ? [id] : [],
    ),
  )
  const seen = new Set<string>()
  const problemOf = ({ attempt, id, type }: FoundRecord): string | undefined => {
    // The outcome of an attempt has an id that nobody foresees.
    const key = attempt === undefined ? id : `the outcome of ${attempt}`
    if (seen.has(id) || seen.has(key)) return `is there twice (${key})`
    seen.add(id)
    seen.add(key)
    if (type.startsWith("audit.")) return undefined
    if (type !== eventType || !offered.has(attempt ?? id)) return "was never offered"
    return never.has(id) ? "was refused or dropped" : undefined
  }
  return history.found.flatMap((record, sequence) => {
    const problem = problemOf(record)
    return problem === undefined ? [] : [`record ${sequence}, ${record.id}, ${problem}`]
  })
}

/**
 * What was known before another was offered stands before it: in the lane of one process from the
 * acceptance on, everywhere once it was durable.
 */
export const orderIsKept: Checker = (history) => {
  const at = places(history)
  const lanes = new Map<string, string>()
  const last = new Map<string, number>()
  const findings: Array<string> = []
  const raise = (key: string, sequence: number): void => {
    last.set(key, Math.max(last.get(key) ?? -1, sequence))
  }
  const bounds = new Map<string, number>()
  for (const each of history.happenings) {
    if (each.what === "offered") {
      const lane = `${each.process} ${each.class}`
      lanes.set(each.id, lane)
      bounds.set(each.id, Math.max(last.get(lane) ?? -1, last.get("durable") ?? -1))
    }
    if (each.what === "told") {
      const sequence = at.get(each.id)
      if (sequence === undefined) continue
      if (each.told === "durable" || each.told === "published") raise("durable", sequence)
      if (each.told === "accepted") raise(lanes.get(each.id) ?? "", sequence)
    }
  }
  for (const [id, bound] of bounds) {
    const sequence = at.get(id)
    if (sequence !== undefined && sequence < bound) {
      findings.push(`${id} is at ${sequence}, before ${bound}, which was known when it was offered`)
    }
  }
  return findings
}

/** No power loss at any later moment takes what was durable, or the signature of what was published. */
export const receiptsAreHonest: Checker = (history) => {
  const durable: Array<Of<"told">> = []
  let published = -1
  const findings: Array<string> = []
  for (const each of history.happenings) {
    if (each.what === "told" && each.sequence !== undefined) {
      if (each.told === "durable" || each.told === "published") durable.push(each)
      if (each.told === "published") {
        published = Math.max(published, each.sequence)
        if ((each.signed ?? 0) <= each.sequence) {
          findings.push(
            `${each.id} was told published, and ${each.signed ?? 0} records were signed`,
          )
        }
      }
    }
    if (each.what === "checkpoint" && each.size <= published) {
      findings.push(`a checkpoint of ${each.size} came after record ${published} was published`)
    }
    if (each.what === "probed") {
      if (each.error !== undefined) findings.push(`a power loss at ${each.at} ms: ${each.error}`)
      else {
        const gone = durable.filter(({ id, sequence }) => each.ids[sequence ?? -1] !== id)
        const [first] = gone
        if (first !== undefined) {
          findings.push(
            `a power loss at ${each.at} ms takes ${gone.length} durable records, ${first.id} first`,
          )
        }
      }
    }
  }
  return findings
}

/** Every checkpoint ever seen is signed and is a prefix of the trail, and so of every later one. */
export const checkpointsAgree: Checker = (history) => {
  const seen = all(history, "checkpoint")
  const sizes = new Set(seen.map(({ size }) => size))
  const roots = new Map<number, string>()
  const head = new TreeHead()
  const note = (size: number): void => {
    if (sizes.has(size)) roots.set(size, Buffer.from(head.root()).toString("base64"))
  }
  note(0)
  for (const [sequence, { leaf }] of history.found.entries()) {
    head.append(Buffer.from(leaf, "base64"), 0)
    note(sequence + 1)
  }
  return seen.flatMap(({ isSigned, origin, root, size }) => {
    if (!isSigned) return [`a checkpoint of ${size} has no valid signature`]
    if (origin !== history.origin) return [`a checkpoint of ${size} speaks of ${origin}`]
    return roots.get(size) === root ? [] : [`a checkpoint of ${size} is no prefix of the trail`]
  })
}

/** Lanes, slabs and the retained log stay within their bounds. */
export const limitsHold: Checker = (history) =>
  all(history, "measured").flatMap((each) => [
    ...(each.laneBytes > each.laneBytesMax ? [`${each.laneBytes} bytes in the lanes`] : []),
    ...(each.slabs > each.slabsMax ? [`${each.slabs} slabs`] : []),
    ...(each.spent > (each.spentMax ?? Infinity)
      ? [`${each.spent} segments of log that full tiles hold, at most ${each.spentMax}`]
      : []),
  ])

/** Accepted = recorded + sampled out + lost + in flight, whenever somebody looks. */
export const countsAreConserved: Checker = (history) =>
  all(history, "measured").flatMap(({ at, missing, process }) =>
    missing === 0 ? [] : [`process ${process} misses ${missing} events at ${at} ms`],
  )

/** No action has happened whose attempt is not recorded, and no outcome was promised and is absent. */
export const actionsAreRecorded: Checker = (history) => {
  const at = places(history)
  const outcomes = new Set(history.found.flatMap(({ attempt }) => attempt ?? []))
  const isDurable = (name: string): boolean => name === "critical" || name === "compliance"
  return [
    ...all(history, "acted").flatMap((each) =>
      isDurable(each.class) && !at.has(each.id) ? [`${each.id} happened without its attempt`] : [],
    ),
    ...all(history, "returned").flatMap((each) =>
      isDurable(each.class) && !outcomes.has(each.id) ? [`${each.id} has no outcome`] : [],
    ),
  ]
}

const sinkProblems = (
  { isExactlyOnce, letters, name, refuses, stored }: FoundSink,
  found: ReadonlyArray<FoundRecord>,
): ReadonlyArray<string> => {
  const findings: Array<string> = []
  const seen = new Set<number>()
  const refused = new Set(refuses)
  let last = -1
  for (const { digest, sequence } of stored) {
    if (found[sequence]?.digest !== digest) findings.push(`record ${sequence} is another one`)
    if (seen.has(sequence)) {
      if (isExactlyOnce) findings.push(`record ${sequence} is there twice`)
      continue
    }
    if (sequence < last) findings.push(`record ${sequence} came after ${last}`)
    last = Math.max(last, sequence)
    seen.add(sequence)
  }
  const buried = new Set(letters)
  for (const [sequence, { id }] of found.entries()) {
    if (refused.has(id) !== buried.has(sequence)) {
      findings.push(`record ${sequence} ${refused.has(id) ? "lacks" : "has"} a dead letter`)
    }
    if (refused.has(id) === seen.has(sequence)) {
      findings.push(
        `record ${sequence} is ${seen.has(sequence) ? "stored though refused" : "absent"}`,
      )
    }
  }
  return findings.map((finding) => `${name}: ${finding}`)
}

/** Each sink has each record in order, byte for byte, once where it says so; the rest has a letter. */
export const sinksAreComplete: Checker = ({ found, sinks }) =>
  sinks.flatMap((sink) => sinkProblems(sink, found).slice(0, 3))

/** A trail can be opened again whatever happened, and the verifier never cries wolf. */
export const trailStaysGood: Checker = (history) => [
  ...all(history, "not opened").flatMap(({ error, process }) =>
    error === "DiskError" ? [] : [`process ${process} could not open the trail: ${error}`],
  ),
  ...(history.verdict === "verified" ? [] : [history.verdict]),
  ...history.troubles,
]

/** What a process that closed says of its counts is what is in the trail. */
export const countsAreTrue: Checker = (history) => {
  const classOf = new Map(all(history, "offered").map((each) => [each.id, each]))
  return all(history, "closed").flatMap(({ accounts, process }) =>
    classes.flatMap((name) => {
      const account = accounts.find((each) => each.class === name)
      const records = history.found.filter(({ attempt, id }) => {
        const offered = classOf.get(attempt ?? id)
        return offered?.process === process && offered.class === name
      }).length
      return account?.recorded === records
        ? []
        : [`process ${process} recorded ${account?.recorded} ${name}, found are ${records}`]
    }),
  )
}

/**
 * The checkers by name.
 *
 * @category constants
 * @since 0.1.0
 */
export const checkers = {
  acknowledgedIsFound,
  flushedIsFound,
  everyoneIsTold,
  nothingIsInvented,
  orderIsKept,
  receiptsAreHonest,
  checkpointsAgree,
  limitsHold,
  countsAreConserved,
  countsAreTrue,
  lossesAreSaid,
  actionsAreRecorded,
  sinksAreComplete,
  trailStaysGood,
} satisfies Readonly<Record<string, Checker>>

/**
 * @category models
 * @since 0.1.0
 */
export type CheckerName = keyof typeof checkers

/**
 * Everything that is wrong with a history, at most three findings a checker.
 *
 * @category running
 * @since 0.1.0
 */
export const check = (history: History): ReadonlyArray<Finding> =>
  Object.entries<Checker>(checkers).flatMap(([checker, run]) =>
    run(history)
      .slice(0, 3)
      .map((detail) => ({ checker, detail })),
  )
