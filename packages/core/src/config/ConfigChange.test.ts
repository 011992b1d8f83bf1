import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { type AuditConfig, type AuditConfigInput, profileNames } from "./AuditConfig.ts"
import { changesBetween, livePaths, shownFields, withLiveOf } from "./ConfigChange.ts"
import { fromInput } from "./ConfigInput.ts"
import { settle } from "./Configuration.ts"

const configOf = (input: AuditConfigInput): AuditConfig =>
  Result.getOrThrow(settle([fromInput({ directory: "./trail", ...input })]))

describe("ConfigChange", () => {
  it("finds nothing between equal configurations", () => {
    assert.deepStrictEqual(changesBetween(configOf({}), configOf({ profile: "balanced" })), [])
  })

  it("names each changed field with both values and whether it takes effect at once", () => {
    assert.deepStrictEqual(
      changesBetween(
        configOf({}),
        configOf({ sampling: { rate: 0.5, windowMillis: 5000 }, heartbeatMillis: 0 }),
      ),
      [
        { path: "heartbeatMillis", before: 3_600_000, after: 0, isLive: true },
        { path: "sampling.rate", before: 1, after: 0.5, isLive: true },
        { path: "sampling.windowMillis", before: 10_000, after: 5000, isLive: false },
      ],
    )
  })

  it("says that the key's place changed, and not where it is", () => {
    const changes = changesBetween(
      configOf({}),
      configOf({ signer: { kind: "environment", path: "/root/key", variable: "MY_KEY" } }),
    )
    assert.deepStrictEqual(changes, [
      { path: "signer.kind", before: "file", after: "environment", isLive: false },
      { path: "signer.path", before: "(redacted)", after: "(redacted)", isLive: false },
      { path: "signer.variable", before: "(redacted)", after: "(redacted)", isLive: false },
    ])
  })

  it("shows every field in force but what is secret", () => {
    const shown = shownFields(configOf({ signer: { path: "/root/key" }, heartbeatMillis: 5000 }))
    const valueOf = (path: string) => shown.find((field) => field.path === path)?.value
    assert.strictEqual(valueOf("heartbeatMillis"), 5000)
    assert.strictEqual(valueOf("signer.path"), "(redacted)")
    assert.deepStrictEqual(
      shown.filter(({ isLive }) => isLive).map(({ path }) => path),
      [...livePaths],
    )
    assert.notInclude(JSON.stringify(shown), "/root/key")
  })

  it("takes every live field of another configuration, and no other", () => {
    const other: AuditConfigInput = {
      deadlines: { criticalMillis: 1, complianceMillis: 2, deliveredMillis: 7 },
      checkpoint: { intervalMillis: 10 },
      heartbeatMillis: 3,
      sampling: { rate: 0.5, rateMin: 0.4, rateMax: 0.6, adaptive: false, targetOverhead: 0.3 },
      archive: { compress: false, afterBundles: 1, bundlesPerSecondMax: 1 },
      witness: { intervalMillis: 100, timeoutMillis: 101 },
      shutdown: { drainMillis: 4 },
    }
    for (const profile of profileNames) {
      const running = configOf({})
      const wanted = configOf({ profile, ...other })
      const reloaded = withLiveOf(running, wanted)
      const taken = changesBetween(running, reloaded).map((change) => change.path)
      assert.sameMembers(taken, [...livePaths])
      assert.isTrue(changesBetween(reloaded, wanted).every((change) => !change.isLive))
    }
  })
})
