import { MonitorRefused } from "@countersign/monitor/protocol/MonitorError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Client, Connection } from "../connection/Connection.ts"
import type { Scene } from "../shell/Contribution.ts"
import { askedBy, type EventState, followEvent } from "./UseEvent.ts"

const never = Effect.callback<never>(() => undefined)

const found = (sequence: number) => ({
  sequence,
  entry: "e30=",
  leafHash: "",
  tileHash: "",
  hashes: [],
  size: 0,
  root: "",
  checkpoint: "",
  proof: "",
  problem: "",
})

/** A scene of which nothing is used but what asks; a signal that is aborted changes no answer. */
const sceneOf = (over: { readonly Copies?: () => Effect.Effect<unknown, unknown> }): Scene => {
  const client = {
    Event: ({ sequence }: { sequence: number }) => Effect.succeed(found(sequence)),
    Keys: () => Effect.succeed({ verifierKey: "", source: "none", rotations: [], next: null }),
    Copies: () => Effect.succeed([]),
    ...over,
  }
  const ask: Connection["ask"] = (request) =>
    // The three requests that an event takes.
    Effect.runPromise(request(client as unknown as Client))
  // No more of it is looked at.
  return { connection: { ask }, host: { read: () => undefined } } as unknown as Scene
}

const follower = () => {
  let state: EventState = { _tag: "Asking" }
  return {
    get: () => state,
    say: (change: (before: EventState) => EventState) => {
      state = change(state)
    },
  }
}

describe("an event that is asked for", () => {
  it("is named by its place, or by its id, and by nothing else", () => {
    assert.deepStrictEqual(askedBy("7", "x"), { sequence: 7 })
    assert.deepStrictEqual(askedBy("abc", "x"), { id: "x" })
    for (const text of [undefined, "", "-1", "1.5", "abc"])
      assert.isUndefined(askedBy(text, undefined))
  })

  it("is shown before other stores have answered, and though they never do", async () => {
    const { get, say } = follower()
    void followEvent(
      sceneOf({ Copies: () => never }),
      { sequence: 7 },
      say,
      new AbortController().signal,
    )
    while (get()._tag !== "Shown") await new Promise((resolve) => setTimeout(resolve, 0))
    assert.deepInclude(get(), { copies: undefined, isAsking: false })
  })

  it("is shown where other stores can't be asked, and says so", async () => {
    const { get, say } = follower()
    const refused = new MonitorRefused({ reason: "unavailable", detail: "the line is cut" })
    const scene = sceneOf({ Copies: () => Effect.fail(refused) })
    await followEvent(scene, { sequence: 7 }, say, new AbortController().signal)
    const state = get()
    assert.strictEqual(state._tag, "Shown")
    assert.include(JSON.stringify(state), "the line is cut")
  })

  it("is called old while another one is asked for, whose answer alone replaces it", async () => {
    const { get, say } = follower()
    const scene = sceneOf({})
    await followEvent(scene, { sequence: 7 }, say, new AbortController().signal)
    const stop = new AbortController()
    const left = followEvent(scene, { sequence: 8 }, say, stop.signal)
    assert.deepInclude(get(), { isAsking: true })
    stop.abort()
    await followEvent(scene, { sequence: 9 }, say, new AbortController().signal)
    await left
    const state = get()
    assert.strictEqual(state._tag === "Shown" ? state.event.sequence : undefined, 9)
    assert.deepInclude(state, { isAsking: false })
  })
})
