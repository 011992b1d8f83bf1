/** The frames of the last ten minutes, and the moment of them that views show. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import { sharing } from "@countersign/monitor/protocol/Update"
import { type ReadonlyStore, makeStore } from "./Store.ts"

export interface Timeline {
  /** The newest frame of a running engine. */
  readonly frame: ReadonlyStore<Frame | undefined>
  /** Oldest first; frames share the rows that did not change. */
  readonly history: ReadonlyStore<ReadonlyArray<Frame>>
  /** The moment that views show; `undefined`: now. */
  readonly moment: ReadonlyStore<number | undefined>
  readonly setMoment: (atMillis: number | undefined) => void
  /** The frame of that moment. */
  readonly shown: ReadonlyStore<Frame | undefined>
  readonly add: (frame: Frame) => void
  /** Another engine has another history. */
  readonly clear: () => void
}

/** Units: milliseconds. */
export const historyMillis = 600_000

const frameAt = (frames: ReadonlyArray<Frame>, atMillis: number | undefined): Frame | undefined => {
  if (atMillis === undefined) return frames.at(-1)
  return frames.findLast((frame) => frame.atMillis <= atMillis) ?? frames[0]
}

export const makeTimeline = (): Timeline => {
  const frame = makeStore<Frame | undefined>(undefined)
  const history = makeStore<ReadonlyArray<Frame>>([])
  const moment = makeStore<number | undefined>(undefined)
  const shown = makeStore<Frame | undefined>(undefined)
  const show = () => shown.set(frameAt(history.get(), moment.get()) ?? frame.get())
  return {
    frame,
    history,
    moment,
    shown,
    setMoment: (atMillis) => {
      moment.set(atMillis)
      show()
    },
    add: (next) => {
      const before = history.get()
      const last = before.at(-1)
      const kept =
        last === undefined ? next : { ...next, snapshot: sharing(last.snapshot, next.snapshot) }
      const from = next.atMillis - historyMillis
      // A clock that was put back would leave frames of a future behind.
      const rest = before.filter(({ atMillis }) => atMillis > from && atMillis < next.atMillis)
      history.set([...rest, kept])
      frame.set(kept)
      show()
    },
    clear: () => history.set([]),
  }
}
