/** Asks for an event and checks it, again whenever another one is to be shown. */
import { useEffect, useState } from "react"
import { askEvidence, rememberJudged } from "../proof/AskEvidence.ts"
import { type AskedEvent, checkEvent, type CheckedEvent } from "../proof/EventCheck.ts"
import type { Scene } from "../shell/Contribution.ts"
import type { CopyFound } from "@countersign/monitor/protocol/TrailProof"

export interface ShownEvent {
  readonly sequence: number
  /** Published entries, as the checkpoint says. */
  readonly size: number
  readonly checked: CheckedEvent
  readonly note: string
}

export type EventState =
  | { readonly _tag: "Asking" }
  | { readonly _tag: "Failed"; readonly detail: string }
  | {
      readonly _tag: "Shown"
      readonly event: ShownEvent
      /** What other stores hold; `undefined`: they are still asked. */
      readonly copies: ReadonlyArray<CopyFound> | undefined
      /** It is asked for anew, or another one is: what is shown may be old. */
      readonly isAsking: boolean
    }

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const ask = async (
  { connection, host }: Scene,
  asked: AskedEvent,
  signal: AbortSignal,
): Promise<ShownEvent> => {
  const found = await connection.ask((client) => client.Event(asked), signal)
  const evidence = await askEvidence(connection, host, found.checkpoint, signal)
  const checked = checkEvent(asked, found, evidence)
  rememberJudged(host, checked)
  const { sequence } = found
  const size = checked.checkpoint?.size ?? found.size
  return { sequence, size, checked, note: found.checkpoint }
}

const askCopies = async (
  { connection }: Scene,
  sequence: number,
  signal: AbortSignal,
): Promise<ReadonlyArray<CopyFound>> => {
  try {
    return await connection.ask((client) => client.Copies({ sequence }), signal)
  } catch (error) {
    return [{ name: "Second copy", entry: null, detail: inWords(error) }]
  }
}

/** What an address names; `undefined`: no event. */
export const askedBy = (
  sequence: string | undefined,
  id: string | undefined,
): AskedEvent | undefined => {
  const place = sequence === undefined || sequence === "" ? Number.NaN : Number(sequence)
  if (Number.isSafeInteger(place) && place >= 0) return { sequence: place }
  return id === undefined ? undefined : { id }
}

/** Says what is known by and by: the proof waits for no other store. */
export const followEvent = async (
  scene: Scene,
  asked: AskedEvent | undefined,
  say: (change: (before: EventState) => EventState) => void,
  signal: AbortSignal,
): Promise<void> => {
  const tell: typeof say = (change) => {
    if (!signal.aborted) say(change)
  }
  if (asked === undefined)
    return tell(() => ({ _tag: "Failed", detail: "this address names no event" }))
  tell((before) => (before._tag === "Shown" ? { ...before, isAsking: true } : before))
  try {
    const event = await ask(scene, asked, signal)
    tell(() => ({ _tag: "Shown", event, copies: undefined, isAsking: false }))
    const copies = await askCopies(scene, event.sequence, signal)
    tell((before) => (before._tag === "Shown" ? { ...before, copies } : before))
  } catch (error) {
    tell(() => ({ _tag: "Failed", detail: inWords(error) }))
  }
}

/**
 * @param round another number asks again
 */
export const useEvent = (
  scene: Scene,
  sequence: string | undefined,
  id: string | undefined,
  isVisible: boolean,
  round: number,
): EventState => {
  const [state, setState] = useState<EventState>({ _tag: "Asking" })
  useEffect(() => {
    if (!isVisible) return undefined
    const stop = new AbortController()
    void followEvent(scene, askedBy(sequence, id), setState, stop.signal)
    return () => stop.abort()
  }, [scene, sequence, id, isVisible, round])
  return state
}
