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

const verifyAgainst = (
  directory: string,
  anchors: TrustAnchors,
  options: VerifyOptions = {},
  stamps?: string,
) =>
  verifyTimestamped(
    directory,
    anchors,
    options,
    Effect.map(verify(directory, options), (report) => ({ report })),
    stamps,
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

  it.live("finds a directory that was put back as a whole, with copies of its timestamps", () =>
    Effect.gen(function* () {
      const { anchors, directory, stamp, verified, verifierKey } = yield* prepared
      yield* stamp
      const yesterday = path.join(yield* temporaryDirectory, "yesterday")
      fs.cpSync(directory, yesterday, { recursive: true })
      TrailFixture.publish(directory, TrailFixture.entriesOf(700))
      yield* stamp
      const stamps = path.join(yield* temporaryDirectory, "stamps")
      fs.cpSync(path.join(directory, "timestamps"), stamps, { recursive: true })
      const against = verifyAgainst(directory, anchors, { verifierKey }, stamps)
      assert.strictEqual((yield* against).report.verdict, "verified")
      fs.rmSync(directory, { recursive: true })
      fs.cpSync(yesterday, directory, { recursive: true })
      // Its own timestamps went back with it.
      const alone = yield* verified
      assert.strictEqual(alone.report.verdict, "verified")
      assert.include(alone.report.notChecked.at(-1), "--stamps")
      const { report } = yield* against
      assert.strictEqual(report.verdict, "tampered")
      assert.include("firstBad" in report ? report.firstBad.path : "", "stamps/700.tsr")
      assert.include("firstBad" in report ? report.firstBad.detail : "", "put back to an earlier")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("finds a thief who deletes timestamps and asks again, with copies of them", () =>
    Effect.gen(function* () {
      const { anchors, directory, stamp, verified, verifierKey } = yield* prepared
      yield* stamp
      const stamps = path.join(yield* temporaryDirectory, "stamps")
      fs.renameSync(path.join(directory, "timestamps"), stamps)
      const entries = TrailFixture.entriesOf(300).map((entry) => entry.replace("e7", "x7"))
      TrailFixture.publish(directory, entries)
      yield* stamp
      assert.strictEqual((yield* verified).report.verdict, "verified")
      const { report } = yield* verifyAgainst(directory, anchors, { verifierKey }, stamps)
      assert.strictEqual(report.verdict, "tampered")
      assert.include("firstBad" in report ? report.firstBad.detail : "", "are not those that")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("is unverifiable against copies of which there are none", () =>
    Effect.gen(function* () {
      const { anchors, directory, stamp, verifierKey } = yield* prepared
      yield* stamp
      const empty = yield* temporaryDirectory
      const { report } = yield* verifyAgainst(directory, anchors, { verifierKey }, empty)
      assert.strictEqual(report.verdict, "unverifiable")
      assert.include(reasonOf(report), `no timestamp in ${empty}`)
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
