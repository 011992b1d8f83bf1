import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Audit } from "./Audit.ts"
import * as AuditFixture from "./testing/AuditFixture.ts"
import { dataOf } from "./testing/AuditFixture.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-audit-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("around", () => {
  class Denied extends Data.TaggedError("Denied")<{ readonly secret: string }> {}
  const operation = { type: "account.limit.raised", actor: { id: "u-2" }, data: { to: 5 } }

  it.live("records attempt, outcome and duration, linked by the attempt's id", () =>
    Effect.gen(function* () {
      const result = yield* fixture.withAudit(
        Effect.flatMap(Audit, (audit) => audit.around(operation)(Effect.succeed(42))),
      )
      assert.strictEqual(result, 42)
      const [attempt, outcome] = (yield* fixture.trail).filter(
        ({ type }) => type === operation.type,
      )
      assert.strictEqual(attempt?.outcome, "attempt")
      assert.strictEqual(outcome?.outcome, "success")
      assert.strictEqual(outcome?.correlation, attempt?.id)
      assert.deepInclude(dataOf(outcome), { input: { to: 5 }, attempt: attempt?.id })
      assert.isAtLeast(Number(dataOf(outcome)["durationMillis"]), 0)
    }),
  )

  it.live("records a typed failure by its tag alone, and hands the failure on", () =>
    Effect.gen(function* () {
      const error = yield* fixture.withAudit(
        Effect.flatMap(Audit, (audit) =>
          Effect.flip(audit.around(operation)(new Denied({ secret: "hunter2" }))),
        ),
      )
      assert.strictEqual(error._tag, "Denied")
      const records = yield* fixture.trail
      const outcome = records.find((record) => record.outcome === "failure")
      assert.deepStrictEqual(dataOf(outcome)["failure"], { kind: "failure", tag: "Denied" })
      assert.notInclude(JSON.stringify(records), "hunter2")
    }),
  )

  it.live("records an interruption too", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const fiber = yield* Effect.forkChild(audit.around(operation)(Effect.never))
          yield* Effect.sleep("20 millis")
          yield* Fiber.interrupt(fiber)
        }),
      )
      const outcome = (yield* fixture.trail).find((record) => record.outcome === "failure")
      assert.deepStrictEqual(dataOf(outcome)["failure"], { kind: "interruption" })
    }),
  )

  it.live("gives a caller's id to the attempt alone", () =>
    Effect.gen(function* () {
      yield* fixture.withAudit(
        Effect.flatMap(Audit, (audit) =>
          audit.around({ ...operation, id: "own-id" })(Effect.succeed(1)),
        ),
      )
      const named = (yield* fixture.trail).filter(({ id }) => id === "own-id")
      assert.deepStrictEqual(
        named.map(({ outcome }) => outcome),
        ["attempt"],
      )
    }),
  )

  it.live("hands the operation's own failure on when its outcome can't be recorded", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        const failing = Effect.andThen(Effect.orDie(audit.close), new Denied({ secret: "s" }))
        const error = yield* Effect.flip(audit.around(operation)(failing))
        assert.strictEqual(error._tag, "Denied")
      }),
    ),
  )

  it.live("does not run an operation whose critical attempt can't be recorded", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.close
        let hasRun = false
        const exit = yield* Effect.exit(
          audit.around({ ...operation, class: "critical" })(
            Effect.sync(() => {
              hasRun = true
            }),
          ),
        )
        assert.isTrue(Exit.isFailure(exit))
        assert.isFalse(hasRun)
      }),
    ),
  )
})
