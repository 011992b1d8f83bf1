/** The frames of the last ten minutes or of a file, and the moment of them that views show. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import { sharing } from "@countersign/monitor/protocol/Update"
import { type ReadonlyStore, makeStore } from "./Store.ts"

/** Frames that somebody kept in a file. */
export interface Incident {
  readonly name: string
  /** Of the trail that they were kept beside; without it, of the one that is looked at. */
  readonly origin?: string
  readonly frames: ReadonlyArray<Frame>
}

export interface Timeline {
  /** The newest frame of a running engine. */
  readonly frame: ReadonlyStore<Frame | undefined>
  /** Oldest first, those of the incident while one is open; they share the rows that did not change. */
  readonly history: ReadonlyStore<ReadonlyArray<Frame>>
  /** What is shown instead of the running engine. */
  readonly incident: ReadonlyStore<Incident | undefined>
  /** `undefined`: shows the running engine again. */
  readonly setIncident: (incident: Incident | undefined) => void
  /** The moment that views show; `undefined`: now. */
  readonly moment: ReadonlyStore<number | undefined>
  readonly setMoment: (atMillis: number | undefined) => void
  /** The frame of that moment. */
  readonly shown: ReadonlyStore<Frame | undefined>
  readonly add: (frame: Frame) => void
  /** Several at once, oldest first: views hear of the last. */
  readonly addAll: (frames: ReadonlyArray<Frame>) => void
  /** Another engine has another history. */
  readonly clear: () => void
  /** There is no engine any more: its last frames are of the past alone, and stay as an incident. */
  readonly retire: () => void
}

/** Units: milliseconds. */
export const historyMillis = 600_000
/** As many as a monitor keeps: what a page holds does not grow with how often frames come. */
export const framesMax = 2400

/** What the frames of an engine are called that went away. */
const retiredName = "last-frames-of-the-engine"

const frameAt = (frames: ReadonlyArray<Frame>, atMillis: number | undefined): Frame | undefined => {
  if (atMillis === undefined) return frames.at(-1)
  return frames.findLast((frame) => frame.atMillis <= atMillis) ?? frames[0]
}

/** The frames kept, and those that are new. */
const joined = (
  before: ReadonlyArray<Frame>,
  added: ReadonlyArray<Frame>,
): ReadonlyArray<Frame> => {
  const all = [...before]
  for (const next of added) {
    // A clock that was put back would leave frames of a future behind.
    while ((all.at(-1)?.atMillis ?? -Infinity) >= next.atMillis) all.pop()
    const last = all.at(-1)
    all.push(
      last === undefined ? next : { ...next, snapshot: sharing(last.snapshot, next.snapshot) },
    )
  }
  const from = (all.at(-1)?.atMillis ?? 0) - historyMillis
  return all.filter(({ atMillis }) => atMillis > from).slice(-framesMax)
}

export const makeTimeline = (): Timeline => {
  const frame = makeStore<Frame | undefined>(undefined)
  const live = makeStore<ReadonlyArray<Frame>>([])
  const history = makeStore<ReadonlyArray<Frame>>([])
  const moment = makeStore<number | undefined>(undefined)
  const incident = makeStore<Incident | undefined>(undefined)
  const shown = makeStore<Frame | undefined>(undefined)
  const show = () => {
    history.set(incident.get()?.frames ?? live.get())
    shown.set(frameAt(history.get(), moment.get()) ?? frame.get())
  }
  let retired: Incident | undefined
  const setIncident = (next: Incident | undefined) => {
    incident.set(next)
    moment.set(undefined)
    show()
  }
  const addAll = (frames: ReadonlyArray<Frame>) => {
    live.set(joined(live.get(), frames))
    frame.set(live.get().at(-1) ?? frame.get())
    show()
  }
  return {
    frame,
    history,
    incident,
    moment,
    shown,
    setMoment: (atMillis) => {
      moment.set(atMillis)
      show()
    },
    setIncident,
    add: (next) => addAll([next]),
    addAll,
    retire: () => {
      const frames = live.get()
      live.set([])
      frame.set(undefined)
      if (incident.get() !== undefined || frames.length === 0) return show()
      retired = { name: retiredName, frames }
      setIncident(retired)
    },
    clear: () => {
      live.set([])
      if (incident.get() === retired) incident.set(undefined)
      if (incident.get() === undefined) {
        moment.set(undefined)
        history.set([])
      }
    },
  }
}
