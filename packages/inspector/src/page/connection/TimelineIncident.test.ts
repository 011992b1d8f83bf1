import type { Frame } from "@countersign/monitor/protocol/Update"
import { assert, describe, it } from "@effect/vitest"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { makeTimeline } from "./Timeline.ts"

const frame = (atMillis: number): Frame => ({
  sequence: atMillis,
  atMillis,
  snapshot: emptySnapshot,
})
const moments = (frames: ReadonlyArray<Frame>) => frames.map(({ atMillis }) => atMillis)

describe("an incident in place of the running engine", () => {
  const file = { name: "night.json", frames: [frame(10), frame(20)] }

  it("shows the last frame of the file, and its moments", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(1000), frame(2000)])
    timeline.setIncident(file)
    assert.deepStrictEqual(moments(timeline.history.get()), [10, 20])
    assert.strictEqual(timeline.shown.get()?.atMillis, 20)
    timeline.setMoment(15)
    assert.strictEqual(timeline.shown.get()?.atMillis, 10)
  })

  it("keeps the running engine's frames meanwhile, and shows them once it is closed", () => {
    const timeline = makeTimeline()
    timeline.add(frame(1000))
    timeline.setIncident(file)
    timeline.add(frame(2000))
    assert.strictEqual(timeline.shown.get()?.atMillis, 20)
    assert.strictEqual(timeline.frame.get()?.atMillis, 2000)
    timeline.setIncident(undefined)
    assert.deepStrictEqual(moments(timeline.history.get()), [1000, 2000])
    assert.strictEqual(timeline.shown.get()?.atMillis, 2000)
  })

  it("keeps a file open when another engine begins", () => {
    const timeline = makeTimeline()
    timeline.add(frame(1000))
    timeline.setIncident(file)
    timeline.clear()
    assert.deepStrictEqual(moments(timeline.history.get()), [10, 20])
    timeline.setIncident(undefined)
    assert.deepStrictEqual(timeline.history.get(), [])
  })
})

describe("an engine that went away and left the files alone", () => {
  it("shows nothing as now, and its last frames as of the past", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(1000), frame(2000)])
    timeline.retire()
    assert.isUndefined(timeline.frame.get())
    assert.deepStrictEqual(moments(timeline.incident.get()?.frames ?? []), [1000, 2000])
    assert.strictEqual(timeline.shown.get()?.atMillis, 2000)
    timeline.setIncident(undefined)
    assert.isUndefined(timeline.shown.get())
  })

  it("leaves an open file open, and no frames behind where it had none", () => {
    const timeline = makeTimeline()
    timeline.retire()
    assert.isUndefined(timeline.incident.get())
    timeline.add(frame(1000))
    timeline.setIncident({ name: "night.json", frames: [frame(10)] })
    timeline.retire()
    assert.strictEqual(timeline.incident.get()?.name, "night.json")
    timeline.setIncident(undefined)
    assert.isUndefined(timeline.shown.get())
  })

  it("makes room again for the next one", () => {
    const timeline = makeTimeline()
    timeline.add(frame(1000))
    timeline.retire()
    timeline.clear()
    timeline.add(frame(3000))
    assert.isUndefined(timeline.incident.get())
    assert.strictEqual(timeline.shown.get()?.atMillis, 3000)
  })
})

describe("ten minutes at once", () => {
  it("tells views once, and of the last", () => {
    const timeline = makeTimeline()
    const heard: Array<number | undefined> = []
    timeline.shown.subscribe(() => heard.push(timeline.shown.get()?.atMillis))
    timeline.addAll([frame(1000), frame(2000), frame(3000)])
    assert.deepStrictEqual(heard, [3000])
    assert.strictEqual(timeline.history.get().length, 3)
  })

  it("keeps ten minutes, and nothing of a future that a clock was put back from", () => {
    const timeline = makeTimeline()
    timeline.addAll([frame(0), frame(600_001), frame(900_000), frame(700_000)])
    assert.deepStrictEqual(moments(timeline.history.get()), [600_001, 700_000])
  })
})
