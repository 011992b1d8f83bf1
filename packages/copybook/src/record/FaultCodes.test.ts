import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { decodeFaults, encodeFaults, faultClasses } from "../field/FaultCode.ts"

const source = path.join(import.meta.dirname, "..")

/** Codes by the files of these rooms that name them. */
const named = (isTest: boolean): ReadonlySet<string> => {
  const codes = new Set<string>()
  for (const room of ["field", "record"]) {
    for (const file of fs.readdirSync(path.join(source, room))) {
      if (file.endsWith(".test.ts") !== isTest || file === "FaultCode.ts") continue
      const text = fs.readFileSync(path.join(source, room, file), "utf8")
      for (const [code] of text.matchAll(/CPY-[45]\d{3}/g)) codes.add(code)
    }
  }
  return codes
}

describe("the codes of faults", () => {
  const codes = Object.keys({ ...decodeFaults, ...encodeFaults })

  it("are all reached by a test", () => {
    const tested = named(true)
    assert.deepStrictEqual(
      codes.filter((code) => !tested.has(code)),
      [],
    )
  })

  it("are all in the table that are used, and all used that are in it", () => {
    assert.deepStrictEqual([...named(false)].sort(), codes.sort())
  })

  it("belong to the classes that policies are for", () => {
    const classes = new Set(Object.values(decodeFaults).map((each) => each.class))
    assert.deepStrictEqual([...classes].sort(), [...faultClasses].sort())
  })
})
