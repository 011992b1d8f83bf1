import { assert, describe, it } from "@effect/vitest"
import {
  cellsOf,
  firstWrong,
  problemsIn,
  quarterReached,
  segmentsOf,
  started,
  summaryOf,
  type VerifyRun,
  wordOf,
} from "./VerifyRun.ts"

const finding = (index: number | null) => ({ index, kind: "entry", path: "", detail: "" })

describe("the segments of a trail", () => {
  it("are clean as far as was looked, and broken where something was found", () => {
    assert.deepStrictEqual([...segmentsOf(1000, 0, [])], [0, 0, 0, 0])
    assert.deepStrictEqual([...segmentsOf(1000, 600, [])], [1, 1, 0, 0])
    assert.deepStrictEqual([...segmentsOf(1000, 1000, [])], [1, 1, 1, 1])
    const found = [finding(300), finding(null), finding(5000)]
    assert.deepStrictEqual([...segmentsOf(1000, 1000, found)], [1, 2, 1, 1])
  })

  it("are several to a cell where there are many, and none that is broken is lost", () => {
    const segments = new Uint8Array(1000).fill(1)
    segments[777] = 2
    segments[999] = 0
    const cells = cellsOf(segments, 100)
    assert.strictEqual(cells.length, 100)
    assert.deepStrictEqual(
      cells.flatMap(({ from, state }) => (state === "clean" ? [] : [[from, state]])),
      [
        [770, "broken"],
        [990, "unchecked"],
      ],
    )
    assert.deepStrictEqual(cellsOf(new Uint8Array(), 100), [])
    assert.strictEqual(cells.at(-1)?.to, 1000)
  })

  it("are summed up in a sentence", () => {
    assert.strictEqual(
      summaryOf(Uint8Array.of(1, 1, 2, 0)),
      "4 segments of 256 entries: 2 clean, 1 broken, 1 unchecked",
    )
  })
})

describe("a verification", () => {
  it("says when it has got a quarter further, and only then", () => {
    assert.isUndefined(quarterReached(0, 24, 100))
    assert.strictEqual(quarterReached(24, 25, 100), 25)
    assert.strictEqual(quarterReached(10, 80, 100), 75)
    assert.strictEqual(quarterReached(99, 100, 100), 100)
    assert.isUndefined(quarterReached(0, 0, 0))
  })

  it("leads to the first entry that is wrong", () => {
    const run = { ...started("page", 0), findings: [finding(null), finding(9), finding(4)] }
    assert.strictEqual(firstWrong(run), 4)
    assert.isUndefined(firstWrong({ ...run, findings: [finding(null)] }))
    const older = { ...finding(0), kind: "copy" }
    assert.strictEqual(firstWrong({ ...run, findings: [older, finding(9)] }), 9)
  })

  it("never calls verified what was not", () => {
    const run = started("page", 0)
    assert.strictEqual(wordOf(run), "Verifying")
    assert.strictEqual(wordOf({ ...run, state: "failed" }), "Not verified")
    assert.strictEqual(wordOf({ ...run, state: "stopped", verdict: "verified" }), "Stopped")
    assert.strictEqual(wordOf({ ...run, state: "done", verdict: "verified" }), "Verified")
  })
})

describe("what is listed among the problems", () => {
  const run = { ...started("page", 0), state: "done", detail: "Entry 7 is another" } as const

  it("is a trail that was tampered with, and leads to the record", () => {
    const tampered = { ...run, verdict: "tampered" as const, findings: [finding(7)] }
    assert.deepInclude(problemsIn(tampered)[0], {
      severity: "error",
      title: "This page: TAMPERED WITH",
      link: "event?part=proof&sequence=7",
    })
  })

  it("is less where nobody could tell, and nothing where it holds or was stopped", () => {
    const severities = (part: Partial<VerifyRun>) =>
      problemsIn({ ...run, ...part }).map(({ severity }) => severity)
    assert.deepStrictEqual(severities({ verdict: "unverifiable" }), ["warning"])
    assert.deepStrictEqual(severities({ state: "failed" }), ["warning"])
    assert.deepStrictEqual(severities({ verdict: "verified" }), [])
    assert.deepStrictEqual(severities({ state: "stopped" }), [])
  })
})
