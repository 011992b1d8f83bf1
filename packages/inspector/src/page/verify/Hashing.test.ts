import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { startHashing } from "./Hashing.ts"

/** A thread that never says anything, but that it has ended. */
class DumbThread extends EventTarget {
  static last: DumbThread | undefined
  constructor() {
    super()
    DumbThread.last = this
  }
  postMessage(): void {}
  terminate(): void {}
}

const failureOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => "none",
    (error: unknown) => String(error),
  )

describe("hashing in a thread", () => {
  afterEach(() => void vi.unstubAllGlobals())

  it("says so where the thread ends, whether before it was asked or after", async () => {
    vi.stubGlobal("Worker", DumbThread)
    const after = startHashing(1, [])
    const waiting = failureOf(after.add([]))
    DumbThread.last?.dispatchEvent(new Event("error"))
    assert.include(await waiting, "has ended")
    const before = startHashing(1, [])
    DumbThread.last?.dispatchEvent(new Event("error"))
    assert.include(await failureOf(before.add([])), "has ended")
    assert.include(await failureOf(before.finish(new Uint8Array())), "has ended")
  })

  it("hashes in the page where no thread may be started", async () => {
    vi.stubGlobal("Worker", undefined)
    const { add } = startHashing(0, [])
    assert.deepStrictEqual(await add([]), { entries: 0, bytes: 0, bundles: [] })
  })
})
