import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { compressions } from "./Compression.ts"
import * as FileName from "./FileName.ts"

const first = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const seconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 250_000_000_000 }))

describe("FileName", () => {
  it.prop("gives a name back, whatever kind it is of", { first, seconds }, (given) => {
    const name = { first: given.first, begunMillis: given.seconds * 1000 }
    assert.deepStrictEqual(FileName.parse(FileName.open(name)), { kind: "open", name })
    for (const compression of compressions) {
      const file = FileName.finished(name, compression)
      assert.deepStrictEqual(FileName.parse(file), { kind: "finished", name, compression })
      assert.deepStrictEqual(FileName.parse(FileName.sidecarOf(file)), { kind: "sidecar", name })
      assert.deepStrictEqual(FileName.parse(`${file}.tmp`), { kind: "temporary" })
    }
  })

  it.prop("orders files as their records are", { first, seconds }, (given) => {
    const begunMillis = given.seconds * 1000
    const later = { first: given.first + 1, begunMillis: 0 }
    assert.isTrue(FileName.open({ first: given.first, begunMillis }) < FileName.open(later))
  })

  it.prop(
    "names a directory by its origin, and by no other",
    { origin: Schema.String },
    (given) => {
      const directory = FileName.directoryOf(given.origin)
      if (directory === undefined) return
      assert.strictEqual(FileName.originOf(directory), given.origin)
      assert.strictEqual(path.basename(path.join("/out", directory)), directory)
    },
  )

  it("leads out of no directory, and refuses what no disk could name", () => {
    for (const origin of [".", "..", "../up", "a/../../b", "/etc", "a\\b", "*"]) {
      const directory = FileName.directoryOf(origin) ?? ""
      assert.strictEqual(path.dirname(path.join("/out", directory)), "/out", origin)
      assert.notMatch(directory, /^\.|[/\\*]/)
    }
    assert.isUndefined(FileName.directoryOf(""))
    assert.isUndefined(FileName.directoryOf("\ud800"))
    assert.isUndefined(FileName.directoryOf("é".repeat(100)))
    assert.isUndefined(FileName.originOf("lost+found/"))
    assert.isUndefined(FileName.originOf("%zz"))
  })

  it("has a name by any clock", () => {
    for (const nowMillis of [-8.64e15, -1, 0, 1999, 8.64e15]) {
      const name = FileName.begun(7, nowMillis)
      assert.deepStrictEqual(FileName.parse(FileName.open(name)), { kind: "open", name })
    }
    assert.strictEqual(FileName.begun(7, 1999).begunMillis, 1000)
  })

  it("takes no other file for one of its own", () => {
    for (const file of ["notes.txt", "0.ndjson", `${"0".repeat(16)}-20261321T000000Z.ndjson`]) {
      assert.isUndefined(FileName.parse(file), file)
    }
  })
})
