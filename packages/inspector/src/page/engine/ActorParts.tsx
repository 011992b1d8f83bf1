/** How an actor looks wherever it stands: its state, and how full its mailbox is. */
import { memo } from "react"
import { Icon } from "../shell/Icon.tsx"
import {
  type ActorRow,
  type ActorState,
  fill,
  levelOf,
  mailboxInWords,
  stateLooks,
} from "./ActorRows.ts"

export const StateLabel = memo(({ state }: { readonly state: ActorState }) => {
  const { icon, tone, word } = stateLooks[state]
  return (
    <span className={`state ${tone}`}>
      <Icon name={icon} /> {word}
    </span>
  )
})

/** A bar beside its text: the text alone says all of it. */
export const Gauge = ({
  filled,
  level,
}: {
  readonly filled: number
  readonly level: "low" | "high" | "full"
}) => (
  <span className="gauge" data-level={level} aria-hidden="true">
    {/* Moved and not made wider, which would lay the row out again. */}
    <span style={{ transform: `translateX(${Math.round(filled * 100) - 100}%)` }} />
  </span>
)

export const Mailbox = ({ actor }: { readonly actor: Pick<ActorRow, "mailbox"> }) => {
  if (actor.mailbox === null) return <span className="quiet">none</span>
  const filled = fill(actor)
  const isBounded = actor.mailbox.capacityItems > 0 || actor.mailbox.capacityBytes > 0
  return (
    <span className="mailbox">
      {isBounded ? <Gauge filled={filled} level={levelOf(filled)} /> : null}
      <span>{mailboxInWords(actor)}</span>
    </span>
  )
}
