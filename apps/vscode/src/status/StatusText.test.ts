import { emptySnapshot } from "@countersign/inspector/page/engine/EmptySnapshot"
import type { About } from "@countersign/monitor/protocol/MonitorProtocol"
import { assert, describe, it } from "@effect/vitest"
import type { Verdict } from "../command/Verdict.ts"
import type { EngineState } from "../monitor/EngineWatch.ts"
import { statusText } from "./StatusText.ts"

const target = { _tag: "Trail", directory: "/srv/trail" } as const

const about: About = {
  protocol: 1,
  over: "engine",
  origin: "example.test/trail",
  directory: "/srv/trail",
  verifierKey: "",
  pid: 1,
  node: "v26",
  startedMillis: 1,
  frameMillis: 250,
  isWritable: false,
}

type Said = Verdict["verdict"]

const verdict = (said: Said, entries: number): Verdict => ({
  _tag: "Verdict",
  verdict: said,
  detail: "",
  entries,
  size: entries,
  root: null,
  bytes: 0,
  rotations: 0,
  findings: [],
  notChecked: [],
})

const live = (said: Said | undefined, publishedSize: number): EngineState => ({
  _tag: "Live",
  about,
  frame: {
    sequence: 1,
    atMillis: 1000,
    snapshot: {
      ...emptySnapshot,
      engine: {
        ...emptySnapshot.engine,
        publishedSize,
        verification: said === undefined ? null : { verdict: said, atMillis: 1 },
      },
    },
  },
})

describe("what the status bar says of a verdict", () => {
  it("is how much of the trail it is about, once there is more", () => {
    const state = live(undefined, 3000)
    const same = statusText(target, state, verdict("verified", 3000))
    assert.match(same.text, /\$\(pass\) verified$/)
    const grown = statusText(target, state, verdict("verified", 1200))
    assert.match(grown.text, /\$\(pass\) the first 1,200 verified$/)
    const files = statusText(target, { _tag: "Silent" }, verdict("verified", 1200), 1300)
    assert.match(files.text, /the first 1,200 verified$/)
  })

  it("is the engine's own word where nothing was verified here, and called so", () => {
    const { text } = statusText(target, live("verified", 10), undefined)
    assert.match(text, /the engine says verified$/)
  })

  it("is the engine's word as well, where that is worse", () => {
    const { spoken, tone } = statusText(target, live("tampered", 10), verdict("verified", 10))
    assert.match(spoken, /verified, the engine says tampered$/)
    assert.strictEqual(tone, "error")
    const both = statusText(target, live("verified", 10), verdict("tampered", 10))
    assert.match(both.spoken, /, tampered$/)
  })
})
