import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Audit } from "../Audit.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { makeTimes, timed } from "./EngineTimes.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-times-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

describe("what an engine says to those who watch it", () => {
  it.live("has how long each sync of the log and each checkpoint took", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        const { log, publish } = audit.times
        const [logged, published] = [log.count, publish.count]
        assert.isUndefined(audit.status().verification)
        for (let count = 0; count < 3; count++) {
          yield* audit.record(
            { type: "a.b", actor: { id: "u" }, outcome: "success" },
            { until: "durable" },
          )
        }
        const from = yield* Clock.currentTimeMillis
        yield* audit.publish
        assert.isAtLeast(log.count - logged, 3)
        assert.isAtLeast(publish.count - published, 1)
        assert.isAbove(log.max, 0)
        assert.isAtLeast(audit.status().publishedMillis ?? 0, from)
        yield* audit.verify
        assert.strictEqual(audit.status().verification?.verdict, "verified")
      }),
    ),
  )

  it.live("names every actor with its owner", () =>
    fixture.withAudit(
      Effect.gen(function* () {
        const actors = (yield* Audit).actors()
        const ids = new Set(actors.map(({ id }) => id))
        for (const { parent } of actors) if (parent !== undefined) assert.isTrue(ids.has(parent))
        assert.isAbove(actors.filter(({ kind }) => kind === "stage").length, 2)
      }),
    ),
  )

  it.live("tells those who listen each time, until they have heard enough", () =>
    Effect.gen(function* () {
      const times = makeTimes()
      const heard: Array<readonly [string, number]> = []
      const end = times.listen((which, micros) => void heard.push([which, micros]))
      yield* timed(times, "publish", Effect.void)
      times.add("log", 7)
      end()
      times.add("log", 8)
      assert.deepStrictEqual(
        heard.map(([which]) => which),
        ["publish", "log"],
      )
      assert.strictEqual(heard[1]?.[1], 7)
      assert.strictEqual(times.log.count, 2)
    }),
  )

  it.live("records no time of what failed", () =>
    Effect.gen(function* () {
      const times = makeTimes()
      yield* Effect.exit(timed(times, "log", Effect.fail("no")))
      assert.strictEqual(times.log.count, 0)
    }),
  )
})
