import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { testAuthority } from "../testing/TestAuthority.ts"
import * as TrailFixture from "../testing/TrailFixture.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import { readAnchors, timestampTrail } from "./Timestamping.ts"
import { type CheckTimestampsOptions, checkTimestamps } from "./TimestampVerifier.ts"

const sizes = [3, 257, 600] as const

/** A trail with a timestamp at each of three sizes. */
const timestamped = Effect.gen(function* () {
  const directory = yield* TrailFixture.trail(sizes[0])
  const authority = yield* testAuthority
  const anchors = yield* readAnchors(authority.ca)
  for (const size of sizes) {
    TrailFixture.publish(directory, TrailFixture.entriesOf(size))
    yield* timestampTrail({ directory, url: authority.url, anchors, nowMillis: () => Date.now() })
  }
  const key = yield* Effect.fromResult(parseVerifierKey(TrailFixture.verifierKeyText()))
  const options: CheckTimestampsOptions = {
    directory,
    origin: TrailFixture.origin,
    size: 600,
    anchors,
    sizes,
    keys: [{ key, from: 0, to: undefined }],
    nowMillis: yield* Clock.currentTimeMillis,
  }
  const file = (name: string): string => path.join(directory, "timestamps", name)
  return { directory, authority, options, file }
})

const detailsOf = (options: CheckTimestampsOptions) =>
  Effect.map(checkTimestamps(options), ({ findings }) =>
    findings.map(({ detail, kind, path: at }) => {
      assert.strictEqual(kind, "timestamp")
      return `${at}: ${detail}`
    }),
  )

describe("TimestampVerifier", () => {
  it.live("proves since when the first entries have existed", () =>
    Effect.gen(function* () {
      const { options } = yield* timestamped
      const { findings, proven } = yield* checkTimestamps(options)
      assert.deepStrictEqual(findings, [])
      assert.deepStrictEqual(
        proven.map(({ size }) => size),
        [...sizes],
      )
      const now = yield* Clock.currentTimeMillis
      for (const { millis } of proven) assert.isAtMost(millis, now)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("checks the newest where there are too many, and says how many it did not", () =>
    Effect.gen(function* () {
      const { options } = yield* timestamped
      const { proven, uncheckedCount } = yield* checkTimestamps({ ...options, countMax: 2 })
      assert.deepStrictEqual(
        proven.map(({ size }) => size),
        sizes.slice(1),
      )
      assert.strictEqual(uncheckedCount, 1)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("finds a history that was written anew, even by the holder of the key", () =>
    Effect.gen(function* () {
      const { directory, options } = yield* timestamped
      const forged = TrailFixture.entriesOf(600).map((entry, index) =>
        index === 2 ? entry.replace("e2", "x2") : entry,
      )
      for (const size of sizes) TrailFixture.publish(directory, forged.slice(0, size))
      assert.deepStrictEqual(
        yield* detailsOf(options),
        sizes.map(
          (size) =>
            `timestamps/${size}.tsr: the first ${size} entries are not those that existed then`,
        ),
      )
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("finds a trail that was put back", () =>
    Effect.gen(function* () {
      const { directory, options } = yield* timestamped
      TrailFixture.publish(directory, TrailFixture.entriesOf(257))
      assert.deepStrictEqual(yield* detailsOf({ ...options, size: 257 }), [
        "timestamps/600.tsr: it is over 600 entries, and the checkpoint speaks of 257: the trail was put back to an earlier state",
      ])
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("finds an altered answer, and one over another checkpoint", () =>
    Effect.gen(function* () {
      const { file, options } = yield* timestamped
      const bytes = fs.readFileSync(file("600.tsr"))
      // The signature's last byte.
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
      fs.writeFileSync(file("600.tsr"), bytes)
      fs.copyFileSync(file("257.tsr"), file("3.tsr"))
      const [other, altered, ...more] = yield* detailsOf(options)
      assert.include(other, "timestamps/3.tsr: AUD-3902: the timestamp proves nothing (imprint)")
      assert.include(
        altered,
        "timestamps/600.tsr: AUD-3902: the timestamp proves nothing (signature)",
      )
      assert.deepStrictEqual(more, [])
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("finds a note that is missing, of another size, of another trail, or unsigned", () =>
    Effect.gen(function* () {
      const { authority, directory, file, options } = yield* timestamped
      fs.rmSync(file("3.note"))
      fs.copyFileSync(file("600.note"), file("257.note"))
      fs.copyFileSync(file("600.tsr"), file("257.tsr"))
      const text = TrailFixture.checkpointText(TrailFixture.entriesOf(600))
      const foreign = generateKeyPairSync("ed25519").privateKey
      fs.writeFileSync(path.join(directory, "checkpoint"), TrailFixture.noteOf(text, foreign))
      fs.rmSync(file("600.tsr"))
      yield* timestampTrail({
        directory,
        url: authority.url,
        anchors: options.anchors,
        nowMillis: () => Date.now(),
      })
      assert.deepStrictEqual(yield* detailsOf(options), [
        "timestamps/3.tsr: the note that it is over is missing",
        "timestamps/257.tsr: it is over 600 entries, not 257",
        "timestamps/600.tsr: its note has no signature by the trail's key",
      ])
      const elsewhere = yield* detailsOf({ ...options, origin: "example.org/other" })
      assert.include(elsewhere[2], `it is over the trail ${TrailFixture.origin}`)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("believes no authority that is not trusted", () =>
    Effect.gen(function* () {
      const { options } = yield* timestamped
      const { ca } = yield* testAuthority
      const checked = yield* checkTimestamps({ ...options, anchors: yield* readAnchors(ca) })
      assert.deepStrictEqual(checked, {
        proven: [],
        findings: [],
        unvouched: [...sizes],
        uncheckedCount: 0,
      })
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("holds a note to the key in whose range its size lies", () =>
    Effect.gen(function* () {
      const { options } = yield* timestamped
      const [range] = options.keys
      assert.isDefined(range)
      const until = { ...range, to: 257 }
      assert.deepStrictEqual(yield* detailsOf({ ...options, keys: [until] }), [
        "timestamps/600.tsr: its note has no signature by the trail's key",
      ])
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("does not mind a missing tile: it says so", () =>
    Effect.gen(function* () {
      const { directory, options } = yield* timestamped
      fs.rmSync(path.join(directory, "tile/0/000"))
      const details = yield* detailsOf(options)
      assert.include(details[0], "can't be computed: is missing")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})
