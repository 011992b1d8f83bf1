/** Load at one rate that does not wait for answers: the generator of `countersign bench`, for the rows here. */
import { LoadSchedule } from "@countersign/monitor/load/LoadSchedule"
import { OpenLoop } from "@countersign/monitor/load/OpenLoop"

export interface OpenLoopOptions {
  readonly perSecond: number
  readonly seconds: number
  /** `intended`: when the event should have been sent, by `performance.now()`. */
  readonly send: (index: number, intended: number) => void
  /** After each slice that was sent. */
  readonly ticked?: (tick: number) => void
}

/** Sends all that is due, a slice at a time; returns how late a slice was at most. */
export const openLoop = async ({
  perSecond,
  seconds,
  send,
  ticked,
}: OpenLoopOptions): Promise<{ readonly sent: number; readonly lateMillisMax: number }> => {
  const schedule = new LoadSchedule({
    warmup: [],
    segments: [{ kind: "constant", perSecond, seconds }],
  })
  let tick = 0
  let lateMillisMax = 0
  const loop = new OpenLoop({
    schedule,
    target: {
      isFull: () => false,
      room: () => Promise.resolve(),
      start: (from, to) => {
        const { beganMillis } = loop
        for (let index = from; index < to; index++) {
          send(index, beganMillis + schedule.startOf(index))
        }
        return to - from
      },
    },
    started: (from, _to, beganMillis) => {
      const late = beganMillis - loop.beganMillis - schedule.startOf(from)
      lateMillisMax = Math.max(lateMillisMax, late)
      ticked?.(tick)
      tick += 1
    },
  })
  const { started } = await loop.ended
  return { sent: started, lateMillisMax }
}
