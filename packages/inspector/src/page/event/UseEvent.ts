/** Asks for an event and checks it, again whenever another one is to be shown. */
import { useEffect, useState } from "react"
import { askEvidence, rememberJudged } from "../proof/AskEvidence.ts"
import { checkEvent, type CheckedEvent } from "../proof/EventCheck.ts"
import type { Scene } from "../shell/Contribution.ts"
import type { CopyFound } from "@countersign/monitor/protocol/TrailProof"

export interface ShownEvent {
  readonly sequence: number
  /** Published entries, as the checkpoint says. */
  readonly size: number
  readonly checked: CheckedEvent
  readonly copies: ReadonlyArray<CopyFound>
  readonly note: string
}

export type EventState =
  | { readonly _tag: "Asking" }
  | { readonly _tag: "Failed"; readonly detail: string }
  | { readonly _tag: "Shown"; readonly event: ShownEvent }

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const ask = async (
  { connection, host }: Scene,
  name: { readonly sequence: number } | { readonly id: string },
  signal: AbortSignal,
): Promise<ShownEvent> => {
  const found = await connection.ask((client) => client.Event(name), signal)
  const evidence = await askEvidence(connection, host, found.checkpoint, signal)
  const checked = checkEvent(found, evidence)
  rememberJudged(host, checked)
  const { sequence } = found
  const copies = await connection.ask((client) => client.Copies({ sequence }), signal)
  const size = checked.checkpoint?.size ?? found.size
  return { sequence, size, checked, copies, note: found.checkpoint }
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
    const place = Number(sequence ?? Number.NaN)
    const name =
      Number.isSafeInteger(place) && place >= 0
        ? { sequence: place }
        : id === undefined
          ? id
          : { id }
    if (name === undefined) {
      setState({ _tag: "Failed", detail: "this address names no event" })
      return undefined
    }
    const stop = new AbortController()
    ask(scene, name, stop.signal).then(
      (event) => stop.signal.aborted || setState({ _tag: "Shown", event }),
      (error: unknown) =>
        stop.signal.aborted || setState({ _tag: "Failed", detail: inWords(error) }),
    )
    return () => stop.abort()
  }, [scene, sequence, id, isVisible, round])
  return state
}
