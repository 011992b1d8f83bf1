import { PassThrough } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { hearLines } from "./Lines.ts"

const heard = (...said: ReadonlyArray<readonly [stream: 0 | 1, chunk: string]>) => {
  const streams = [new PassThrough(), new PassThrough()] as const
  const lines: Array<string> = []
  hearLines(streams, (line) => lines.push(line))
  for (const [stream, chunk] of said) {
    streams[stream].write(chunk)
    streams[stream].read()
  }
  return lines
}

describe("hearLines", () => {
  it("keeps a half line of one stream apart from what the other says", () => {
    const lines = heard([0, "ack 1"], [1, "a warning\n"], [0, "2 0-12\n"])
    assert.deepStrictEqual(lines, ["a warning", "ack 12 0-12"])
  })
  it("hears no line that was cut", () => {
    assert.deepStrictEqual(heard([0, "ack 1 0-1\nack 1"]), ["ack 1 0-1"])
  })
})
