import { shownFields } from "@countersign/core/config/ConfigChange"
import { fromInput } from "@countersign/core/config/ConfigInput"
import { settle } from "@countersign/core/config/Configuration"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { draftOf } from "./Draft.ts"
import { plannedChanges } from "./Preview.ts"
import { judgeYaml } from "./YamlIssues.ts"

describe("Draft", () => {
  it("says what is in force, and of the key nothing", () => {
    const input = fromInput({ directory: "./trail", sampling: { rate: 0.5 }, profile: "balanced" })
    const inForce = shownFields(Result.getOrThrow(settle([input])))
    const draft = draftOf(inForce)
    assert.notInclude(draft, "redacted")
    assert.notInclude(draft, "trail.key")
    const { config, issues } = judgeYaml(draft, "./trail")
    assert.isEmpty(issues)
    assert.isEmpty(config === undefined ? [config] : plannedChanges(inForce, config))
  })
})
