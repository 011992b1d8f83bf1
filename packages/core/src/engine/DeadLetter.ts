/**
 * What is noted of the records that a sink refused for good, and what became of them.
 *
 * The notes are events of a trail of their own. They name a record by its place in the main trail
 * and by its leaf hash, and do not repeat it: what is personal lies in one place.
 *
 * @since 0.1.0
 */
import type { Actor, AuditEventInput } from "../event/AuditEvent.ts"
import { leafHash } from "../trail/MerkleTree.ts"

/** Every note's type begins with this. */
const prefix = "audit.dead-letter."

/**
 * What a note says of a record.
 *
 * - `buried`: the sink refused it, now or again.
 * - `requested`: somebody wants it to be delivered again.
 * - `replayed`: it was, and the sink took it.
 * - `dropped`: somebody wants it to be left at that.
 * - `shown`: somebody looked at the letters, or at the record.
 *
 * @category models
 * @since 0.1.0
 */
export type LetterAct = "buried" | "requested" | "replayed" | "dropped" | "shown"

const acts: ReadonlySet<string> = new Set<LetterAct>([
  "buried",
  "requested",
  "replayed",
  "dropped",
  "shown",
])

const isAct = (text: string): text is LetterAct => acts.has(text)

/**
 * @category models
 * @since 0.1.0
 */
export interface LetterNote {
  readonly act: LetterAct
  /** The record's place in the main trail; absent where a note is about all letters. */
  readonly sequence?: number
  /** The record's leaf hash in base64, where it was buried. */
  readonly leaf?: string
  /** Why the sink refused it; why somebody decided what. */
  readonly reason: string
  /** Who: the engine, unless a person. */
  readonly actor: Actor
  /** As in the note's event. */
  readonly time?: string
}

/** The engine itself. */
export const engineActor: Actor = { id: "countersign", type: "system" }

/**
 * A note that a record was refused.
 *
 * @category constructors
 * @since 0.1.0
 */
export const buried = (sequence: number, entry: Uint8Array, reason: string): LetterNote => ({
  act: "buried",
  sequence,
  leaf: leafOf(entry),
  reason,
  actor: engineActor,
})

/**
 * How a note names a record's content.
 *
 * @category encoding
 * @since 0.1.0
 */
export const leafOf = (entry: Uint8Array): string => Buffer.from(leafHash(entry)).toString("base64")

/**
 * The event that holds a note.
 *
 * @category encoding
 * @since 0.1.0
 */
export const eventOf = (trail: string, note: LetterNote): AuditEventInput => ({
  type: `${prefix}${note.act}`,
  class: "compliance",
  actor: note.actor,
  outcome: note.act === "buried" ? "failure" : "success",
  reason: note.reason,
  data: {
    trail,
    ...(note.sequence === undefined ? {} : { sequence: note.sequence }),
    ...(note.leaf === undefined ? {} : { leaf: note.leaf }),
  },
})

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/**
 * The note that an entry holds, or `undefined` where it holds none.
 *
 * @category encoding
 * @since 0.1.0
 */
export const noteOf = (entry: Uint8Array): LetterNote | undefined => {
  let event: unknown
  try {
    event = JSON.parse(Buffer.from(entry).toString("utf8"))
  } catch {
    return undefined
  }
  const type = textOf(memberOf(event, "type"))
  const act = type.startsWith(prefix) ? type.slice(prefix.length) : ""
  if (!isAct(act)) return undefined
  const data = memberOf(event, "data")
  const sequence = memberOf(data, "sequence")
  const leaf = memberOf(data, "leaf")
  const actor = memberOf(event, "actor")
  return {
    act,
    ...(typeof sequence === "number" && Number.isSafeInteger(sequence) ? { sequence } : {}),
    ...(typeof leaf === "string" ? { leaf } : {}),
    reason: textOf(memberOf(event, "reason")),
    actor: {
      id: textOf(memberOf(actor, "id")),
      type: memberOf(actor, "type") === "system" ? "system" : "user",
    },
    time: textOf(memberOf(event, "time")),
  }
}

/**
 * A record that is still refused.
 *
 * @category models
 * @since 0.1.0
 */
export interface OpenLetter {
  readonly sequence: number
  readonly leaf: string
  /** Why it was refused the last time. */
  readonly cause: string
  /** When that was. */
  readonly time: string
  /** How often it was refused. */
  readonly refusals: number
  /** Somebody has asked for a replay, which has not been tried since. */
  readonly isRequested: boolean
}

/**
 * What the notes come to: the letters that nothing has settled yet, in the order of the trail.
 *
 * @category models
 * @since 0.1.0
 */
export class OpenLetters {
  private readonly letters = new Map<number, OpenLetter>()
  private readonly causeLengthMax: number

  /** @param causeLengthMax how much of a cause is kept, for whoever keeps many for long */
  constructor(causeLengthMax = Infinity) {
    this.causeLengthMax = causeLengthMax
  }

  get size(): number {
    return this.letters.size
  }

  get(sequence: number): OpenLetter | undefined {
    return this.letters.get(sequence)
  }

  all(): ReadonlyArray<OpenLetter> {
    return [...this.letters.values()].toSorted((left, right) => left.sequence - right.sequence)
  }

  /** The first letters after a sequence that are to be replayed; those before it come last. */
  requested(countMax: number, after = -1): ReadonlyArray<OpenLetter> {
    const wanted = this.all().filter(({ isRequested }) => isRequested)
    const at = Math.max(
      0,
      wanted.findIndex(({ sequence }) => sequence > after),
    )
    return [...wanted.slice(at), ...wanted.slice(0, at)].slice(0, countMax)
  }

  private clipped(text: string): string {
    // A copy: a slice would keep the whole text.
    return Buffer.from(text.slice(0, this.causeLengthMax)).toString()
  }

  /** Takes the next note in. Notes about what is settled change nothing. */
  add({ act, leaf, reason, sequence, time }: LetterNote): void {
    if (sequence === undefined) return
    const open = this.letters.get(sequence)
    switch (act) {
      case "buried":
        this.letters.set(sequence, {
          sequence,
          leaf: leaf ?? open?.leaf ?? "",
          cause: reason.length > this.causeLengthMax ? this.clipped(reason) : reason,
          time: time ?? "",
          refusals: (open?.refusals ?? 0) + 1,
          isRequested: false,
        })
        return
      case "requested":
        if (open !== undefined) this.letters.set(sequence, { ...open, isRequested: true })
        return
      case "replayed":
      case "dropped":
        this.letters.delete(sequence)
        return
      case "shown":
    }
  }
}
