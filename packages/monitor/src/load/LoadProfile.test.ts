import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parse, parseSeconds, profileText, segmentText, steady, stretches } from "./LoadProfile.ts"

const parsed = (text: string) => Result.getOrThrow(parse(text))
const refusal = (text: string) => Result.getOrThrow(Result.flip(parse(text))).message

describe("a load as text", () => {
  it("is read part by part, and written as it is read", () => {
    const text =
      "constant:1000@10s,ramp:0..5000@500ms,step:1000..5000/5@50s,burst:100..2000/10s/1s@60s"
    const { segments } = parsed(text)
    assert.deepStrictEqual(segments, [
      { kind: "constant", perSecond: 1000, seconds: 10 },
      { kind: "ramp", from: 0, to: 5000, seconds: 0.5 },
      { kind: "step", from: 1000, to: 5000, steps: 5, seconds: 50 },
      { kind: "burst", base: 100, peak: 2000, everySeconds: 10, burstSeconds: 1, seconds: 60 },
    ])
    assert.strictEqual(segments.map(segmentText).join(","), text)
  })

  it("takes minutes and hours, and numbers alone as seconds", () => {
    assert.deepStrictEqual(
      ["90", "2m", "1h", "250ms", "1.5s"].map(parseSeconds),
      [90, 120, 3600, 0.25, 1.5],
    )
    assert.deepStrictEqual(["", "-1", "s", "1d", "1e3", " 1"].map(parseSeconds), [
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it("is refused where it is none, with the part that is wrong", () => {
    assert.match(refusal("constant:10@1s,wave:3@1s"), /AUD-6401: the load "wave:3@1s" is none of/)
    assert.match(refusal(""), /is none of constant:RATE@TIME/)
    assert.match(refusal("constant:2000000@1s"), /rates up to 1000000\/s/)
    assert.match(refusal("constant:10@0s"), /times from 1 ms/)
    assert.match(refusal("step:1..5/1@5s"), /needs rates/)
    assert.match(refusal("burst:1..5/1s/2s@5s"), /bursts that last longer/)
    assert.match(refusal("burst:1..5/1ms/1ms@1h"), /too many bursts/)
    assert.match(refusal("constant:0@10s"), /starts nothing/)
  })
})

describe("the stretches of a load", () => {
  it("are stairs for steps, both ends included", () => {
    assert.deepStrictEqual(stretches(parsed("step:100..300/3@6s")), [
      { seconds: 2, from: 100, to: 100 },
      { seconds: 2, from: 200, to: 200 },
      { seconds: 2, from: 300, to: 300 },
    ])
  })

  it("are cut at the end of bursts", () => {
    assert.deepStrictEqual(stretches(parsed("burst:1..9/4s/1s@5s")), [
      { seconds: 1, from: 9, to: 9 },
      { seconds: 3, from: 1, to: 1 },
      { seconds: 1, from: 9, to: 9 },
    ])
  })
})

describe("one rate", () => {
  it("warms up along its ramp", () => {
    const profile = Result.getOrThrow(steady(1000, 10, 60))
    assert.strictEqual(profileText(profile), "ramp:0..1000@10s to warm up, then constant:1000@60s")
    assert.strictEqual(profileText(Result.getOrThrow(steady(5, 0, 1))), "constant:5@1s")
    assert.isTrue(Result.isFailure(steady(0, 0, 60)))
    assert.isTrue(Result.isFailure(steady(Number.NaN, 0, 60)))
  })
})
