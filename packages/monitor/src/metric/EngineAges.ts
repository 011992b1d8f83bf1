/**
 * How long the oldest events wait, by class and by stage, from what the engine counts anyhow.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot, ActorState } from "@countersign/core/engine/ActorRegistry"
import type { EngineStatus } from "@countersign/core/engine/EngineStatus"
import type { Account } from "@countersign/core/engine/Ledger"
import { instrument } from "./Instruments.ts"
import { OldestAge } from "./OldestAge.ts"
import { type Sample, sampleOf } from "./Sample.ts"

const eventsInstrument = instrument("countersign_events_oldest_seconds")
const queueInstrument = instrument("countersign_queue_oldest_seconds")

type Status = Pick<EngineStatus, "accounts">

/** The first stage takes events and counts batches; what waits for it is told by class. */
const firstStage = "sample"

const isTold = ({ id, kind, mailbox }: ActorSnapshot): boolean =>
  kind === "stage" && id !== firstStage && mailbox !== undefined

const leftOf = ({ accepted, inFlight }: Account): number => accepted - inFlight

/** In these states a stage has something in its hand, which is neither in the mailbox nor finished. */
const busy: ReadonlySet<ActorState> = new Set(["running", "blocked", "backing-off"])

/** How many are in a hand nobody says: one at least. */
const comeOf = ({ items, mailbox, state }: ActorSnapshot): number =>
  items + (mailbox?.depthItems ?? 0) + (busy.has(state) ? 1 : 0)

const isEmpty = ({ mailbox, state }: ActorSnapshot): boolean =>
  state === "stopped" || (state === "idle" && (mailbox?.depthItems ?? 0) === 0)

/**
 * @category models
 * @since 0.1.0
 */
export class EngineAges {
  private readonly classes = new Map<string, OldestAge>()
  private readonly stages = new Map<string, OldestAge>()

  /**
   * Looks at the queues: each interval, and by nobody else.
   *
   * @param nowMillis a time that only goes forward
   */
  look(nowMillis: number, { accounts }: Status, actors: ReadonlyArray<ActorSnapshot>): void {
    for (const account of accounts) {
      ageOf(this.classes, account.class).look(nowMillis, account.accepted, leftOf(account))
    }
    for (const actor of actors.filter(isTold)) {
      const age = ageOf(this.stages, actor.id)
      if (isEmpty(actor)) age.clear()
      else age.look(nowMillis, comeOf(actor), actor.items)
    }
  }

  samples(
    nowMillis: number,
    { accounts }: Status,
    actors: ReadonlyArray<ActorSnapshot>,
  ): ReadonlyArray<Sample> {
    return [
      ...accounts.map((account) => {
        const seconds = ageOf(this.classes, account.class).seconds(nowMillis, leftOf(account))
        return sampleOf(eventsInstrument, seconds, { class: account.class })
      }),
      ...actors.filter(isTold).map((actor) => {
        const age = ageOf(this.stages, actor.id)
        const seconds = isEmpty(actor) ? 0 : age.seconds(nowMillis, actor.items)
        return sampleOf(queueInstrument, seconds, { actor: actor.id, kind: actor.kind })
      }),
    ]
  }
}

const ageOf = (ages: Map<string, OldestAge>, key: string): OldestAge => {
  const found = ages.get(key) ?? new OldestAge()
  ages.set(key, found)
  return found
}
