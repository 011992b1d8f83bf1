/**
 * Why something waits, in one sentence: from a snapshot alone, and so of any moment.
 *
 * A stage that waits names whom it waits on. Whoever is at the end of such a chain and does not wait
 * itself is the cause, and what is known of it stands behind the `because`.
 */
import type { Frame } from "@countersign/monitor/protocol/Update"
import { formatSpan } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { type ActorRow, briefMillis, fill } from "./ActorRows.ts"
import { bytes, count, many, rate, times } from "./Amount.ts"

/**
 * `failed`: it does not go on by itself. `blocked`: it waits for long. `lagging`: a sink is behind.
 * `busy`: the slowest stage sets the pace, as it is meant to. `none`: nothing waits.
 */
export type Trouble = "failed" | "blocked" | "lagging" | "busy" | "none"

export interface Cause {
  readonly trouble: Trouble
  readonly sentence: string
  /** Ids from who waits to who is waited for. */
  readonly actors: ReadonlyArray<string>
}

type Moment = Pick<Frame, "atMillis" | "snapshot">
type SinkRow = Frame["snapshot"]["sinks"][number]

const causeLengthMax = 160

/** The first line: stacks follow on the others. What an error is called inside is for programs. */
const firstLine = (text: string): string => {
  const line = (text.split("\n", 1)[0] ?? "").replace(/^@[\w./-]+: /, "")
  return visible(line, causeLengthMax).replace(/\.$/, "")
}

const age = ({ sinceMillis }: ActorRow, atMillis: number): string =>
  formatSpan(atMillis - sinceMillis)

const named = (id: string): string => visible(id, 80)

/** What it does now, as half a sentence. */
const doing = (actor: ActorRow, atMillis: number): string => {
  const id = named(actor.id)
  switch (actor.state) {
    case "starting":
      return `${id} has been starting for ${age(actor, atMillis)}`
    case "idle":
      return `${id} has had nothing to do for ${age(actor, atMillis)}`
    case "running":
      return `${id} has worked on one batch for ${age(actor, atMillis)}`
    case "blocked":
      return `${id} waits on ${named(actor.waitsOn ?? "somebody")} itself`
    case "backing-off":
      return `${id} rests before it is tried again`
    case "failed":
      return `${id} has failed`
    case "stopped":
      return `${id} has stopped`
  }
}

/** What else is known of it. */
const facts = (actor: ActorRow): ReadonlyArray<string> => {
  const { faults, lastCause, mailbox, perSecond, restarts } = actor
  return [
    ...(restarts > 0 ? [`it was restarted ${times(restarts)}`] : []),
    ...(faults > 0 ? [`it has tried again ${times(faults)}`] : []),
    ...(lastCause === null ? [] : [`the last cause was “${firstLine(lastCause)}”`]),
    ...(mailbox !== null && fill(actor) >= 0.5
      ? [`${count(mailbox.depthItems)} of ${count(mailbox.capacityItems)} wait before it`]
      : []),
    ...(perSecond > 0 ? [`it passes ${rate(perSecond)}`] : []),
  ]
}

const withFacts = (begin: string, known: ReadonlyArray<string>): string =>
  known.length === 0 ? `${begin}.` : `${begin}: ${known.join(", ")}.`

interface Chain {
  /** From who waits to the last that waits. */
  readonly waiting: ReadonlyArray<ActorRow>
  /** Who is waited for; `undefined` where nobody of that name lives here. */
  readonly end: ActorRow | undefined
  readonly isRing: boolean
}

const follow = (head: ActorRow, byId: ReadonlyMap<string, ActorRow>): Chain => {
  const waiting: Array<ActorRow> = []
  let at: ActorRow | undefined = head
  while (at !== undefined && at.state === "blocked" && at.waitsOn !== null) {
    if (waiting.includes(at)) return { waiting, end: undefined, isRing: true }
    waiting.push(at)
    at = byId.get(at.waitsOn)
  }
  return { waiting, end: at, isRing: false }
}

/** `sample waits on pool, pool on log`. */
const chainInWords = ({ waiting }: Chain): string =>
  waiting
    .map(({ id, waitsOn }, index) =>
      index === 0
        ? `${named(id)} waits on ${named(waitsOn ?? "")}`
        : `${named(id)} on ${named(waitsOn ?? "")}`,
    )
    .join(", ")

const chainCause = (chain: Chain, atMillis: number): Cause => {
  const { end, isRing, waiting } = chain
  const longest = Math.max(...waiting.map(({ sinceMillis }) => atMillis - sinceMillis))
  const begin = `${chainInWords(chain)}, ${formatSpan(longest)}`
  const actors = [...waiting.map(({ id }) => id), ...(end === undefined ? [] : [end.id])]
  if (isRing) {
    return { trouble: "failed", sentence: `${begin}: they wait on each other.`, actors }
  }
  if (end === undefined) {
    const outside = named(waiting.at(-1)?.waitsOn ?? "")
    return {
      trouble: "blocked",
      sentence: `${begin}; nothing more is known of ${outside}.`,
      actors,
    }
  }
  const isDead = end.state === "failed" || end.state === "stopped"
  const trouble = isDead ? "failed" : longest >= briefMillis ? "blocked" : "busy"
  const sentence = withFacts(`${begin}, because ${doing(end, atMillis)}`, facts(end))
  return { trouble, sentence, actors }
}

/** One chain for each end: the longest. Sinks wait for what is outside, and are spoken of apart. */
const chainCauses = ({ atMillis, snapshot }: Moment): ReadonlyArray<Cause> => {
  const stages = snapshot.actors.filter(({ kind }) => kind !== "sink")
  const byId = new Map(stages.map((actor) => [actor.id, actor]))
  const chains = stages
    .filter(({ state, waitsOn }) => state === "blocked" && waitsOn !== null)
    .map((head) => follow(head, byId))
    .toSorted((one, other) => other.waiting.length - one.waiting.length)
  const seen = new Set<ActorRow>()
  return chains.flatMap((chain) => {
    if (chain.waiting.some((actor) => seen.has(actor))) return []
    for (const actor of chain.waiting) seen.add(actor)
    return [chainCause(chain, atMillis)]
  })
}

const deadActors = ({ atMillis, snapshot }: Moment): ReadonlyArray<Cause> =>
  snapshot.actors.flatMap((actor): ReadonlyArray<Cause> => {
    if (actor.kind === "sink" || (actor.state !== "failed" && actor.state !== "backing-off"))
      return []
    const begin =
      actor.state === "failed" && actor.waitsOn !== null
        ? `${named(actor.id)} has failed, ${age(actor, atMillis)} ago, since ${named(actor.waitsOn)} did`
        : `${doing(actor, atMillis)}, ${age(actor, atMillis)}`
    return [
      {
        trouble: actor.state === "failed" ? "failed" : "blocked",
        sentence: withFacts(begin, facts(actor)),
        actors: [actor.id],
      },
    ]
  })

/** How far a sink is behind, and when it will not be. */
const lagInWords = (sink: SinkRow): ReadonlyArray<string> =>
  sink.lag === 0
    ? []
    : [
        `${many(sink.lag, "record")} (${bytes(sink.lagBytes)}) behind, the oldest by ${formatSpan(sink.oldestMillis)}`,
        sink.catchUpMillis === null
          ? "it falls further behind"
          : `it catches up in ${formatSpan(sink.catchUpMillis)}`,
      ]

const sinkBegin = (sink: SinkRow, actor: ActorRow | undefined, atMillis: number): string => {
  const name = named(sink.sink)
  const since = actor === undefined ? "" : `, ${age(actor, atMillis)}`
  if (actor?.state === "failed") return `${name} is given up${since}`
  if (sink.circuit === "open") return `${name} is not called${since}, because its circuit is open`
  if (sink.circuit === "half-open")
    return `${name} is tried with one call after its circuit was open`
  if (actor?.state === "backing-off") return `${name} rests${since}, before it is tried again`
  if (actor?.waitsOn === sink.sink) return `${name} has worked on one call for${since.slice(1)}`
  return `${name} lags`
}

const sinkCause = (
  sink: SinkRow,
  actor: ActorRow | undefined,
  atMillis: number,
): ReadonlyArray<Cause> => {
  const isDead = actor?.state === "failed"
  const isTried = sink.circuit !== "closed" || actor?.state === "backing-off"
  if (!isDead && !isTried && sink.oldestMillis < briefMillis) return []
  const known =
    actor === undefined ? [] : facts(actor).filter((fact) => !fact.startsWith("it passes"))
  const required = sink.isRequired ? ["events wait for it"] : []
  return [
    {
      trouble: isDead ? "failed" : isTried ? "blocked" : "lagging",
      sentence: withFacts(sinkBegin(sink, actor, atMillis), [
        ...lagInWords(sink),
        ...known,
        ...required,
      ]),
      actors: actor === undefined ? [] : [actor.id],
    },
  ]
}

const engineCauses = ({ snapshot: { engine, ledger } }: Moment): ReadonlyArray<Cause> => {
  const missing = ledger.filter((account) => account.missing !== 0)
  const detail = engine.detail === "" ? "" : `: ${firstLine(engine.detail)}`
  return [
    ...(engine.state === "open"
      ? []
      : [
          {
            trouble: engine.state === "failed" ? ("failed" as const) : ("blocked" as const),
            sentence: `The engine ${engine.state === "closing" ? "is closing" : engine.state === "closed" ? "is closed" : "has failed"}${detail}.`,
            actors: [],
          },
        ]),
    ...missing.map((account) => ({
      trouble: "failed" as const,
      sentence: `${many(account.missing, "event")} of the class ${account.class} ${account.missing === 1 ? "is" : "are"} missing in the count, which is a defect.`,
      actors: [],
    })),
  ]
}

/** Work that waits while nobody is blocked yet, and memory that is used up. */
const pileCauses = ({ snapshot }: Moment, spoken: ReadonlySet<string>): ReadonlyArray<Cause> => {
  const { actors, engine } = snapshot
  const isUsedUp = engine.slabsMax > 0 && engine.slabs >= engine.slabsMax
  return [
    ...(isUsedUp && spoken.size === 0
      ? [
          {
            trouble: "busy" as const,
            sentence: `No memory is free for the next batch: all ${count(engine.slabsMax)} slabs are in use.`,
            actors: [],
          },
        ]
      : []),
    ...actors
      .filter((actor) => actor.kind === "stage" && fill(actor) >= 0.5 && !spoken.has(actor.id))
      .map((actor) => ({
        trouble: "busy" as const,
        sentence: withFacts(`Work piles up before ${named(actor.id)}`, facts(actor)),
        actors: [actor.id],
      })),
  ]
}

const order: ReadonlyArray<Trouble> = ["failed", "blocked", "lagging", "busy", "none"]

const nothing = ({ snapshot }: Moment): Cause => {
  const passing = snapshot.flow.find(({ step }) => step === "accepted")?.perSecond ?? 0
  const sentence =
    passing > 0
      ? `Nothing waits: ${rate(passing)} come and pass.`
      : "Nothing waits, and nothing comes."
  return { trouble: "none", sentence, actors: [] }
}

/** The worst first; always at least one. */
export const causesOf = (moment: Moment): ReadonlyArray<Cause> => {
  const { atMillis, snapshot } = moment
  const byId = new Map(snapshot.actors.map((actor) => [actor.id, actor]))
  const chains = chainCauses(moment)
  const spoken = new Set(chains.flatMap(({ actors }) => actors))
  const dead = deadActors(moment).filter(({ actors }) => !actors.some((id) => spoken.has(id)))
  for (const { actors } of dead) for (const id of actors) spoken.add(id)
  const sinks = snapshot.sinks.flatMap((sink) =>
    sinkCause(sink, byId.get(`sink:${sink.sink}`), atMillis),
  )
  const all = [
    ...engineCauses(moment),
    ...chains,
    ...dead,
    ...sinks,
    ...pileCauses(moment, spoken),
  ].toSorted((one, other) => order.indexOf(one.trouble) - order.indexOf(other.trouble))
  return all.length === 0 ? [nothing(moment)] : all
}
