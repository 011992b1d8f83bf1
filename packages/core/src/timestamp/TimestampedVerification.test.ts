import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit } from "../Audit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { testAuthority } from "../testing/TestAuthority.ts"
import * as TrailFixture from "../testing/TrailFixture.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import { verify, type VerifyOptions } from "../trail/Verifier.ts"
import type { TrustAnchors } from "./TimestampToken.ts"
import { verifyTimestamped } from "./TimestampedVerification.ts"
import { readAnchors, timestampTrail } from "./Timestamping.ts"

const nowMillis = () => Date.now()

const prepared = Effect.gen(function* () {
  const directory = yield* TrailFixture.trail(300)
  const authority = yield* testAuthority
  const anchors = yield* readAnchors(authority.ca)
  const verifierKey = yield* Effect.fromResult(parseVerifierKey(TrailFixture.verifierKeyText()))
  const stamp = timestampTrail({ directory, url: authority.url, anchors, nowMillis })
  const verified = verifyAgainst(directory, anchors, { verifierKey })
  return { directory, authority, anchors, verifierKey, stamp, verified }
})

const verifyAgainst = (directory: string, anchors: TrustAnchors, options: VerifyOptions = {}) =>
  verifyTimestamped(
    directory,
    anchors,
    options,
    Effect.map(verify(directory, options), (report) => ({ report })),
  )

const reasonOf = (report: object): unknown => ("reason" in report ? report.reason : undefined)

describe("TimestampedVerification", () => {
  it.live("is verified where a timestamp holds, though the trail has grown since", () =>
    Effect.gen(function* () {
      const { directory, stamp, verified } = yield* prepared
      yield* stamp
      TrailFixture.publish(directory, TrailFixture.entriesOf(700))
      const { proven, report } = yield* verified
      assert.strictEqual(report.verdict, "verified")
      assert.deepStrictEqual(
        proven.map(({ size }) => size),
        [300],
      )
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("is unverifiable without a timestamp, and without one that anybody vouches for", () =>
    Effect.gen(function* () {
      const { directory, stamp, verified, verifierKey } = yield* prepared
      const bare = yield* verified
      assert.strictEqual(bare.report.verdict, "unverifiable")
      assert.include(reasonOf(bare.report), "has no timestamp")
      yield* stamp
      const { ca } = yield* testAuthority
      const foreign = yield* verifyAgainst(directory, yield* readAnchors(ca), { verifierKey })
      assert.strictEqual(foreign.report.verdict, "unverifiable")
      assert.include(reasonOf(foreign.report), "vouch for none of its 1 timestamps")
      assert.deepStrictEqual(foreign.unvouched, [300])
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("is tampered for a thief of the key who writes again what existed before", () =>
    Effect.gen(function* () {
      const { directory, stamp, verified, verifierKey } = yield* prepared
      yield* stamp
      // Signed with the trail's own key: without the timestamp nothing would be wrong with it.
      const entries = TrailFixture.entriesOf(700).map((entry) => entry.replace("e7", "x7"))
      TrailFixture.publish(directory, entries.slice(0, 300))
      TrailFixture.publish(directory, entries)
      const { report } = yield* verified
      assert.strictEqual(report.verdict, "tampered")
      assert.include("firstBad" in report ? report.firstBad : {}, {
        kind: "timestamp",
        path: "timestamps/300.tsr",
      })
      fs.rmSync(path.join(directory, "timestamps"), { recursive: true })
      const without = yield* verified
      assert.strictEqual(without.report.verdict, "unverifiable")
      assert.strictEqual(without.report.origin, verifierKey.name)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("says what is tampered beside the timestamps, too", () =>
    Effect.gen(function* () {
      const { directory, stamp, verified } = yield* prepared
      yield* stamp
      TrailFixture.put(directory, "tile/entries/000", "")
      const { report } = yield* verified
      assert.strictEqual(report.verdict, "tampered")
      fs.rmSync(path.join(directory, "checkpoint"))
      assert.strictEqual((yield* verified).report.verdict, "incomplete")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("holds across a change of the key", () =>
    Effect.gen(function* () {
      const { anchors, authority } = yield* prepared
      const directory = path.join(yield* temporaryDirectory, "trail")
      const input = { directory } as const
      const stamp = timestampTrail({ directory, url: authority.url, anchors, nowMillis })
      yield* Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.record({ ...AuditFixture.event, class: "critical" })
        yield* audit.publish
        yield* stamp
        yield* audit.rotateKey()
        yield* audit.record({ ...AuditFixture.event, class: "critical" })
        yield* audit.publish
        yield* stamp
      }).pipe(Effect.provide(Audit.layer(input, { env: {} })))
      const { proven, report } = yield* verifyAgainst(directory, anchors)
      assert.strictEqual(report.verdict, "verified")
      assert.strictEqual(proven.length, 2)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})
