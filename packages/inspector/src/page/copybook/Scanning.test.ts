import { assert, describe, it } from "@effect/vitest"
import type { ScanState } from "./FaultScan.ts"
import { makeScanning } from "./Scanning.ts"

const state = (records: number, isDone = false): ScanState => ({
  bytes: records * 10,
  records,
  faulty: 0,
  found: [],
  isDone,
})

/** A run that ends when the test says so. */
const run = () => {
  const end = Promise.withResolvers<ScanState>()
  let signal: AbortSignal | undefined
  let say: (state: ScanState) => void = () => undefined
  return {
    end,
    isAborted: () => signal?.aborted,
    say: (one: ScanState) => say(one),
    scan: (given: AbortSignal, onState: (one: ScanState) => void) => {
      signal = given
      say = onState
      return end.promise
    },
  }
}

describe("looking through a file", () => {
  it("is heard while it goes on and when it ends", async () => {
    const [scanning, one, heard] = [makeScanning(), run(), new Array<number>()]
    const ended = scanning.start(one.scan, ({ records }) => heard.push(records))
    one.say(state(1))
    one.end.resolve(state(2, true))
    assert.strictEqual((await ended)?.records, 2)
    assert.deepStrictEqual(heard, [1, 2])
  })

  it("is heard no more once another file or copybook has taken its place", async () => {
    const [scanning, one, heard] = [makeScanning(), run(), new Array<number>()]
    const ended = scanning.start(one.scan, ({ records }) => heard.push(records))
    scanning.drop()
    assert.isTrue(one.isAborted())
    one.say(state(1))
    one.end.resolve(state(2))
    assert.isUndefined(await ended)
    assert.deepStrictEqual(heard, [])
  })

  it("that was stopped is heard as far as it got", async () => {
    const [scanning, one, heard] = [makeScanning(), run(), new Array<number>()]
    const ended = scanning.start(one.scan, ({ records }) => heard.push(records))
    scanning.stop()
    assert.isTrue(one.isAborted())
    one.end.resolve(state(5))
    assert.strictEqual((await ended)?.records, 5)
    assert.deepStrictEqual(heard, [5])
  })

  it("fails for whoever started it, and for nobody once it was dropped", async () => {
    const scanning = makeScanning()
    const [one, other] = [run(), run()]
    const first = scanning.start(one.scan, () => undefined)
    const second = scanning.start(other.scan, () => undefined)
    one.end.reject(new Error("of the first"))
    other.end.reject(new Error("of the second"))
    assert.isUndefined(await first)
    const failure = await second.then(String, String)
    assert.include(failure, "of the second")
  })
})
