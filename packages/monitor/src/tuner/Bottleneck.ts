/**
 * Which actor the others wait for, and what that one waits for itself.
 *
 * Work piles up before the slowest stage, and the stages before it are blocked; those behind it
 * are idle. So it is the last one along the way with a full mailbox, or that somebody waits on.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"

/**
 * What sets the pace: `outside` is what a sink delivers to; `fault`: the same work is tried again
 * and again, which is nothing to be tuned.
 *
 * @category models
 * @since 0.1.0
 */
export type Limit = "processor" | "disk" | "memory" | "outside" | "fault"

/**
 * @category models
 * @since 0.1.0
 */
export interface Bottleneck {
  /** Id of the actor. */
  readonly actor: string
  readonly limit: Limit
}

/** The stages in the order in which an event passes them, and what each of them needs most. */
const stages: ReadonlyArray<readonly [id: string, limit: Limit]> = [
  ["sample", "processor"],
  ["pool", "processor"],
  ["log", "disk"],
  ["tree", "processor"],
  ["publish", "disk"],
]

const pilesUpAt = 0.5

/**
 * How full an actor's mailbox is, by count or by bytes, whichever is more: 0 to 1. Mailboxes
 * without a capacity are never full.
 *
 * @category getters
 * @since 0.1.0
 */
export const fill = ({ mailbox }: ActorSnapshot): number => {
  if (mailbox === undefined) return 0
  const { capacityBytes, capacityItems, depthBytes, depthItems } = mailbox
  return Math.max(
    capacityItems > 0 ? depthItems / capacityItems : 0,
    capacityBytes > 0 ? depthBytes / capacityBytes : 0,
  )
}

/**
 * How full the fullest mailbox on the way of an event is: 0 to 1; `undefined` where there is none.
 *
 * @category getters
 * @since 0.1.0
 */
export const fullest = (actors: ReadonlyArray<ActorSnapshot>): number | undefined => {
  const fills = actors.filter(({ kind }) => kind === "stage").map(fill)
  return fills.length === 0 ? undefined : Math.max(...fills)
}

/**
 * The stage that the others wait for; `undefined` where none does.
 *
 * @category getters
 * @since 0.1.0
 */
export const bottleneckOf = (actors: ReadonlyArray<ActorSnapshot>): Bottleneck | undefined => {
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  const waitedOn = new Set(
    actors.flatMap(({ state, waitsOn }) => (state === "blocked" ? [waitsOn] : [])),
  )
  for (const [id, limit] of stages.toReversed()) {
    const actor = byId.get(id)
    if (actor === undefined) continue
    const isSlow = fill(actor) >= pilesUpAt || (waitedOn.has(id) && actor.state !== "blocked")
    if (isSlow) return { actor: id, limit: actor.state === "backing-off" ? "fault" : limit }
  }
  return undefined
}

/**
 * What a sink waits for that lags. While it is called, or is not called since it has failed, that
 * is what it delivers to; otherwise it reads the trail.
 *
 * @param sink its name, without the prefix of its actor
 * @category getters
 * @since 0.1.0
 */
export const sinkBottleneck = (
  actors: ReadonlyArray<ActorSnapshot>,
  sink: string,
): Bottleneck | undefined => {
  const actor = actors.find(({ id }) => id === `sink:${sink}`)
  if (actor === undefined) return undefined
  const isOutside = actor.state === "backing-off" || actor.waitsOn === sink
  return { actor: actor.id, limit: isOutside ? "outside" : "disk" }
}
