import type { Frame } from "@countersign/monitor/protocol/Update"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeStore } from "../connection/Store.ts"
import { makeTimeline } from "../connection/Timeline.ts"
import type { Scene } from "../shell/Contribution.ts"
import { emptySnapshot } from "./EmptySnapshot.ts"
import { decodeIncident, encodeIncident } from "./Incident.ts"
import { readIncident, saveIncident } from "./IncidentActions.ts"

const frame = (atMillis: number): Frame => ({
  sequence: atMillis,
  atMillis,
  snapshot: emptySnapshot,
})

/** A page at the trail `here`, and the text of the file that it saves next. */
const pageAt = (origin: string) => {
  const timeline = makeTimeline()
  timeline.addAll([frame(5000), frame(6000)])
  const saved = Promise.withResolvers<string>()
  const given = {
    connection: { ...timeline, about: makeStore({ origin }) },
    host: { save: (_name: string, _type: string, text: string) => saved.resolve(text) },
    workbench: { notify: () => undefined, announce: () => undefined },
  }
  // It is all that both use of one.
  return { scene: given as unknown as Scene, saved: saved.promise }
}

const readBack = (text: string) => Result.getOrThrow(decodeIncident(text))

describe("keeping the past in a file", () => {
  it("says of which trail it is", async () => {
    const { saved, scene } = pageAt("here")
    saveIncident(scene)
    const { frames, origin } = readBack(await saved)
    assert.strictEqual(origin, "here")
    assert.lengthOf(frames, 2)
  })

  it("keeps a file that is shown as what it was, at whichever engine the page is", async () => {
    const { saved, scene } = pageAt("here")
    const text = encodeIncident("elsewhere", [frame(1000), frame(2000), frame(3000)])
    await readIncident(scene, new File([text], "night.json"))
    saveIncident(scene)
    const { frames, origin } = readBack(await saved)
    assert.strictEqual(origin, "elsewhere")
    assert.deepStrictEqual(
      frames.map(({ atMillis }) => atMillis),
      [1000, 2000, 3000],
    )
  })
})
