import type { Frame } from "@countersign/monitor/protocol/Update"
import { assert, describe, it } from "@effect/vitest"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { framesMax, historyMillis, makeTimeline } from "./Timeline.ts"

const frame = (atMillis: number): Frame => ({
  sequence: atMillis,
  atMillis,
  snapshot: structuredClone(emptySnapshot),
})

describe("the frames of the last ten minutes", () => {
  it("are no more than they may be, however fast they come and however long a page is open", () => {
    const timeline = makeTimeline()
    timeline.addAll(Array.from({ length: framesMax + 500 }, (_, index) => frame(index + 1)))
    timeline.add(frame(framesMax + 501))
    const kept = timeline.history.get()
    assert.strictEqual(kept.length, framesMax)
    assert.strictEqual(kept.at(-1)?.atMillis, framesMax + 501)
  })

  it("share what did not change", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(1), frame(2)])
    const [first, second] = timeline.history.get()
    assert.strictEqual(first?.snapshot.actors, second?.snapshot.actors)
  })

  it("leave when they are older", () => {
    const timeline = makeTimeline()
    timeline.add(frame(1))
    timeline.add(frame(historyMillis + 2))
    assert.strictEqual(timeline.history.get().length, 1)
  })
})

describe("the moment that views show", () => {
  it("stays where it is while frames come, and is now again when asked", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(1000), frame(2000)])
    timeline.setMoment(1500)
    timeline.add(frame(3000))
    assert.strictEqual(timeline.shown.get()?.atMillis, 1000)
    assert.strictEqual(timeline.frame.get()?.atMillis, 3000)
    timeline.setMoment(undefined)
    assert.strictEqual(timeline.shown.get()?.atMillis, 3000)
  })

  it("before all that is known is the oldest that is", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(1000), frame(2000)])
    timeline.setMoment(1)
    assert.strictEqual(timeline.shown.get()?.atMillis, 1000)
  })
})
