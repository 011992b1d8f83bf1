/** What a running engine shows, for as long as the extension looks at one target. */
import type { MonitorPlace } from "@countersign/inspector/InspectorRelay"
import type { About } from "@countersign/monitor/protocol/MonitorProtocol"
import { advance, type Frame } from "@countersign/monitor/protocol/Update"
import { connect } from "@countersign/monitor/server/MonitorClient"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

export type EngineState =
  /** Nothing was chosen to look at. */
  | { readonly _tag: "Nothing" }
  /** There is no engine, or none that answers. */
  | { readonly _tag: "Silent" }
  | { readonly _tag: "Live"; readonly about: About; readonly frame: Frame | undefined }
  /** What was seen last; nobody answers now. */
  | { readonly _tag: "Stale"; readonly about: About; readonly frame: Frame | undefined }

export interface EngineWatch {
  readonly state: () => EngineState
  /** Looks there from now on, and nowhere else; `undefined`: nowhere. */
  readonly follow: (find: (() => Promise<MonitorPlace | undefined>) | undefined) => void
  readonly end: () => Promise<void>
}

/** Units: milliseconds. */
const retryMillisDefault = 2000

const watched = (
  find: () => Promise<MonitorPlace | undefined>,
  set: (change: (state: EngineState) => EngineState) => void,
  retryMillis: number,
) =>
  Effect.gen(function* () {
    const place = yield* Effect.promise(() => find().catch(() => undefined))
    if (place === undefined) return
    const client = yield* connect(place.url, Redacted.make(place.token))
    const about = yield* client.About()
    let seen: Frame | undefined
    set(() => ({ _tag: "Live", about, frame: undefined }))
    if (about.over === "directory") {
      // No frames come whose end would show that it went away.
      return yield* Effect.forever(Effect.andThen(Effect.sleep(retryMillis), client.About()))
    }
    yield* Stream.runForEach(client.Watch(), (update) => {
      seen = advance(seen, update)
      // It speaks of a frame that was missed: from the whole of it again.
      if (seen === undefined) return Effect.fail("a frame was missed")
      return Effect.sync(() => set(() => ({ _tag: "Live", about, frame: seen })))
    })
  }).pipe(Effect.scoped)

const left = (state: EngineState): EngineState =>
  state._tag === "Live" || state._tag === "Stale" ? { ...state, _tag: "Stale" } : { _tag: "Silent" }

export const makeEngineWatch = (
  changed: () => void,
  retryMillis: number = retryMillisDefault,
): EngineWatch => {
  let state: EngineState = { _tag: "Nothing" }
  let running: Fiber.Fiber<unknown, unknown> | undefined
  let round = 0

  const stop = async (): Promise<void> => {
    round += 1
    const before = running
    running = undefined
    if (before !== undefined) await Effect.runPromise(Fiber.interrupt(before))
  }

  return {
    state: () => state,
    follow: (find) => {
      void stop()
      const mine = round
      const set = (change: (before: EngineState) => EngineState): void => {
        if (mine !== round) return
        const next = change(state)
        if (next._tag === state._tag && next._tag !== "Live") return
        state = next
        changed()
      }
      state = { _tag: find === undefined ? "Nothing" : "Silent" }
      changed()
      if (find === undefined) return
      running = Effect.runFork(
        watched(find, set, retryMillis).pipe(
          Effect.ignoreCause,
          Effect.andThen(Effect.sync(() => set(left))),
          Effect.andThen(Effect.sleep(retryMillis)),
          Effect.forever,
        ),
      )
    },
    end: stop,
  }
}
