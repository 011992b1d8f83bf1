import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { type AuditConfig, configFields, profileNames } from "./AuditConfig.ts"
import { changesBetween } from "./ConfigChange.ts"
import { fromInput } from "./ConfigInput.ts"
import { settle } from "./Configuration.ts"
import { profiles } from "./Profile.ts"

const configOf = (profile: AuditConfig["profile"]): AuditConfig =>
  Result.getOrThrow(settle([fromInput({ directory: "./trail", profile })]))

const leavesOf = (values: object, prefix = ""): ReadonlyArray<string> =>
  Object.entries(values).flatMap(([name, value]) =>
    typeof value === "object" ? leavesOf(value, `${prefix}${name}.`) : [`${prefix}${name}`],
  )

describe("Profile", () => {
  for (const name of profileNames) {
    it(`${name} has a value for every field, and all fit together`, () => {
      const config = configOf(name)
      assert.strictEqual(config.profile, name)
      const own = new Set(["directory", "origin", "profile", "signer.path"])
      assert.sameMembers(
        [...leavesOf(profiles[name].values)],
        configFields.map((field) => field.path).filter((path) => !own.has(path)),
      )
    })
  }

  it("balanced is the default", () => {
    assert.strictEqual(
      Result.getOrThrow(settle([fromInput({ directory: "./trail" })])).profile,
      "balanced",
    )
  })

  it("none is another one under a second name", () => {
    for (const one of profileNames) {
      for (const other of profileNames) {
        if (one === other) continue
        assert.isAbove(changesBetween(configOf(one), configOf(other)).length, 5, `${one} ${other}`)
      }
    }
  })

  it("each does what its name says", () => {
    const balanced = configOf("balanced")
    const memoryOf = ({ dispatch, intake, pool }: AuditConfig): number =>
      intake.bytesMax + pool.slabBytes * pool.slabsMax + dispatch.ringBytesMax
    assert.isBelow(memoryOf(configOf("memory-constrained")), 3 * 1024 * 1024)
    assert.isAbove(configOf("high-volume").batch.countMax, balanced.batch.countMax)
    assert.strictEqual(configOf("low-latency").checkpoint.intervalMillis, 50)
    const { sampling, seals, signer } = configOf("high-security")
    assert.deepStrictEqual(
      [sampling.rate, sampling.adaptive, seals.hmac, signer.kind],
      [1, false, true, "environment"],
    )
  })
})
