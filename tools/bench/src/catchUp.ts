/** How fast a sink takes a trail that was there before it: the engine delivers as to any sink that lags. */
import type { Sink } from "@countersign/core/engine/Sink"
import { endOf } from "@countersign/core/engine/Sink"
import * as Effect from "effect/Effect"
import { openEngine } from "./engine.ts"
import { prepare } from "./events.ts"
import { feed } from "./feed.ts"

/** A trail of at least so many records under `scratch`, closed. */
export const makeTrail = async (scratch: string, records: number): Promise<void> => {
  const engine = await openEngine(scratch)
  await feed(engine, prepare(20_000), (accepted) => accepted >= records)
  await engine.close()
}

export interface CaughtUp {
  /** From the first call of `deliver` until all were stored. */
  readonly seconds: number
  readonly deliveries: number
}

/** Opens the trail with the sink beside it, until the sink has the first `records` of it. */
export const catchUp = async (scratch: string, sink: Sink, records: number): Promise<CaughtUp> => {
  let from = 0
  let deliveries = 0
  let done: (caught: CaughtUp) => void = () => undefined
  let failed: (cause: Error) => void = () => undefined
  const caught = new Promise<CaughtUp>((resolve, reject) => {
    done = resolve
    failed = reject
  })
  const watched: Sink = {
    ...sink,
    name: sink.name,
    position: (trail) => sink.position(trail),
    deliver: (batch) => {
      if (from === 0) from = performance.now()
      deliveries += 1
      return sink.deliver(batch).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            if (endOf(batch) >= records)
              done({ seconds: (performance.now() - from) / 1000, deliveries })
          }),
        ),
        Effect.tapError((error) => Effect.sync(() => failed(error))),
      )
    },
    close: sink.close,
  }
  const engine = await openEngine(scratch, { sinks: [watched] })
  try {
    return await caught
  } finally {
    await engine.close()
  }
}
