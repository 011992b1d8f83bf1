import { assert, describe, it } from "@effect/vitest"
import { Trust } from "./Trust.ts"

describe("Trust", () => {
  it("falls with findings and rises with time", () => {
    const trust = new Trust({ halfLifeMillis: 1000 })
    assert.strictEqual(trust.of("u", 0), 1)
    trust.lower("u", 0, 0.8)
    assert.approximately(trust.of("u", 0), 0.6, 1e-9)
    trust.lower("u", 0, 0.8)
    assert.approximately(trust.of("u", 0), 0.36, 1e-9)
    assert.approximately(trust.of("u", 1000), 0.68, 1e-9)
    assert.isAbove(trust.of("u", 20_000), 0.999)
  })

  it("remembers so many, and forgets the oldest finding first", () => {
    const trust = new Trust({ subjectsMax: 2 })
    for (const subject of ["a", "b", "c"]) trust.lower(subject, 0, 1)
    assert.deepStrictEqual(
      ["a", "b", "c"].map((subject) => trust.of(subject, 0)),
      [1, 0.5, 0.5],
    )
  })
})
