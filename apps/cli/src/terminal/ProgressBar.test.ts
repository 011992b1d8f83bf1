import { assert, describe, it } from "@effect/vitest"
import { ProgressBar } from "./ProgressBar.ts"

const screen = (isTTY: boolean) => {
  const written: Array<string> = []
  const stream = { isTTY, write: (text: string) => written.push(text) }
  return { stream, written }
}

describe("ProgressBar", () => {
  it("writes nothing where no person looks", () => {
    const { stream, written } = screen(false)
    let now = 0
    const bar = new ProgressBar(stream, "verifying", () => now)
    now = 5000
    bar.update(10, 0.5)
    bar.clear()
    assert.isEmpty(written)
  })

  it("draws how far it is and how fast, ten times a second at most, and goes away", () => {
    const { stream, written } = screen(true)
    let now = 1000
    const bar = new ProgressBar(stream, "verifying", () => now)
    now = 3000
    bar.update(10_000, 0.5)
    now = 3050
    bar.update(10_100, 0.51)
    assert.strictEqual(written.length, 1)
    assert.include(written[0], `${"█".repeat(12)}${"░".repeat(12)} 50 %  10,000  5,000/s`)
    bar.clear()
    assert.strictEqual(written.at(-1), "\r\u001b[2K")
  })

  it("says how many bytes were read and what was rejected, on one line of the terminal", () => {
    const written: Array<string> = []
    const stream = { isTTY: true, columns: 50, write: (text: string) => written.push(text) }
    let now = 1000
    const bar = new ProgressBar(stream, "decoding", () => now)
    now = 3000
    bar.update(10_000, undefined, { bytes: 4 * 1024 * 1024, faults: 3 })
    assert.include(written[0], "decoding  10,000  4.0 MiB  2.0 MiB/s  3 rejects")
    now = 4000
    bar.update(10_000_000, 0.5, { bytes: 4 * 1024 * 1024, faults: 3 })
    assert.strictEqual(written[1]?.length, "\r\u001b[2K".length + 49)
  })

  it("counts without a bar where the end is not known", () => {
    const { stream, written } = screen(true)
    let now = 1000
    const bar = new ProgressBar(stream, "recording", () => now)
    now = 2000
    bar.update(7, undefined)
    assert.strictEqual(written[0], "\r\u001b[2Krecording  7  7/s")
  })
})
