import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Command } from "ioredis"
import { frame } from "./FramedCommand.ts"

const parts = Schema.Array(Schema.Union([Schema.String, Schema.Int]))

/** As the client itself lays a command out. */
const framedByClient = (args: ReadonlyArray<string | number | Buffer>): Buffer =>
  Buffer.from(new Command("EVALSHA", [...args]).toWritable({}))

describe("FramedCommand", () => {
  it.prop("lays out what the client would", { parts }, ({ parts: args }) => {
    const all = [...args, Buffer.from([0, 13, 10, 255]), "", "é漢🙂"]
    assert.deepStrictEqual(frame(["EVALSHA", ...all]), framedByClient(all))
  })

  it("copies the bytes", () => {
    const bytes = Buffer.from("record")
    const framed = frame(["X", bytes])
    bytes.fill(0)
    assert.strictEqual(framed.toString(), "*2\r\n$1\r\nX\r\n$6\r\nrecord\r\n")
  })
})
