import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit } from "../Audit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { type TestAuthority, testAuthority } from "../testing/TestAuthority.ts"
import * as TrailFixture from "../testing/TrailFixture.ts"
import { list } from "../timestamp/TimestampFiles.ts"
import { Timestamper } from "./Timestamper.ts"

const hour = 3_600_000

const timestamperOf = (directory: string, { ca, url }: TestAuthority): Timestamper =>
  new Timestamper({
    disk: AuditFixture.nodeDisk,
    directory,
    timestamp: { url, ca, intervalMillis: hour },
    nowMillis: () => Date.now(),
  })

const sizesOf = (directory: string) => Effect.provide(list(directory), NodeDisk.layer)

const asked = (authority: TestAuthority) =>
  Effect.promise(async () => {
    while (authority.requests === 0) await new Promise((resolve) => setImmediate(resolve))
  })

describe("Timestamper", () => {
  it.live("asks soon after the start, and then at intervals", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const authority = yield* testAuthority
      const stamper = timestamperOf(directory, authority)
      assert.isBelow(stamper.waitMillis, 10_000)
      yield* stamper.step
      assert.strictEqual(stamper.waitMillis, hour)
      TrailFixture.publish(directory, TrailFixture.entriesOf(9))
      yield* stamper.step
      assert.deepStrictEqual(yield* sizesOf(directory), [3, 9])
    }),
  )

  it.live("keeps to the interval across restarts", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const authority = yield* testAuthority
      yield* timestamperOf(directory, authority).step
      TrailFixture.publish(directory, TrailFixture.entriesOf(9))
      const next = timestamperOf(directory, authority)
      yield* next.step
      assert.strictEqual(authority.requests, 1)
      assert.isAtMost(next.waitMillis, hour)
      assert.isAbove(next.waitMillis, hour / 2)
      yield* next.step
      assert.deepStrictEqual(yield* sizesOf(directory), [3, 9])
    }),
  )

  it.live("asks an authority that fails again, later each time, up to the interval", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const authority = yield* testAuthority
      authority.behaviour = "fails"
      const stamper = timestamperOf(directory, authority)
      const waits: Array<number> = []
      for (let time = 0; time < 8; time += 1) {
        yield* stamper.step
        waits.push(stamper.waitMillis / 60_000)
      }
      assert.deepStrictEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60])
      authority.behaviour = "answers"
      yield* stamper.step
      assert.strictEqual(stamper.waitMillis, hour)
      assert.deepStrictEqual(yield* sizesOf(directory), [3])
    }),
  )

  it.live("goes on where the certificates to trust can't be read", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const authority = yield* testAuthority
      fs.rmSync(authority.ca)
      const stamper = timestamperOf(directory, authority)
      yield* stamper.step
      assert.strictEqual(authority.requests, 0)
      assert.deepStrictEqual(yield* sizesOf(directory), [])
    }),
  )

  it.live("has an engine's checkpoints timestamped", () =>
    Effect.gen(function* () {
      const directory = path.join(yield* temporaryDirectory, "trail")
      const authority = yield* testAuthority
      const { url, ca } = authority
      const fixture = AuditFixture.make(directory)
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record({ ...AuditFixture.event, class: "critical" })
          yield* audit.publish
          yield* Effect.promise(async () => {
            const isStored = () => fs.existsSync(path.join(directory, "timestamps"))
            while (!isStored()) await new Promise((resolve) => setTimeout(resolve, 5))
          })
        }),
        { timestamp: { url, ca, intervalMillis: hour } },
      )
      assert.strictEqual(yield* fixture.verdict, "verified")
    }),
  )

  it.live("holds nothing up where the authority hangs: neither events nor the close", () =>
    Effect.gen(function* () {
      const directory = path.join(yield* temporaryDirectory, "trail")
      const authority = yield* testAuthority
      authority.behaviour = "hangs"
      const fixture = AuditFixture.make(directory)
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* audit.record({ ...AuditFixture.event, class: "critical" })
          yield* asked(authority)
          yield* audit.record({ ...AuditFixture.event, class: "critical" })
          assert.isAbove(yield* audit.publish, 1)
          assert.strictEqual(audit.status().state, "open")
        }),
        { timestamp: { url: authority.url, ca: "", intervalMillis: hour } },
      )
      assert.strictEqual(yield* fixture.verdict, "verified")
      assert.deepStrictEqual(yield* sizesOf(directory), [])
    }),
  )
})
