import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { type Behaviour, type TestAuthority, testAuthority } from "../testing/TestAuthority.ts"
import * as TrailFixture from "../testing/TrailFixture.ts"
import { ask } from "./TimestampAuthority.ts"
import * as TimestampFiles from "./TimestampFiles.ts"
import { readAnchors, timestampTrail } from "./Timestamping.ts"

const nowMillis = () => Date.now()

const stamp = (directory: string, { ca, url }: Pick<TestAuthority, "ca" | "url">) =>
  Effect.flatMap(readAnchors(ca), (anchors) =>
    timestampTrail({ directory, url, anchors, nowMillis }),
  )

const storedIn = (directory: string): ReadonlyArray<string> =>
  TrailFixture.filesOf(directory).filter((file) => file.startsWith("timestamps"))

describe("Timestamping", () => {
  it.live("stores what openssl accepts over the note beside it", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(300)
      const authority = yield* testAuthority
      const { isNew, size } = yield* stamp(directory, authority)
      assert.isTrue(isNew)
      assert.strictEqual(size, 300)
      assert.deepStrictEqual(storedIn(directory), ["timestamps/300.note", "timestamps/300.tsr"])
      const note = path.join(directory, "timestamps/300.note")
      assert.deepStrictEqual(
        fs.readFileSync(note),
        fs.readFileSync(path.join(directory, "checkpoint")),
      )
      const program = "openssl"
      const answer = path.join(directory, "timestamps/300.tsr")
      const args = ["ts", "-verify", "-data", note, "-in", answer, "-CAfile", authority.ca]
      const said = execFileSync(program, args, { encoding: "utf8", stdio: "pipe" })
      assert.include(said, "Verification: OK")
      assert.isDefined(yield* TimestampFiles.newestMillis(directory))
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("keeps the timestamp that a checkpoint has, since it proves an earlier time", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const authority = yield* testAuthority
      const first = yield* stamp(directory, authority)
      const again = yield* stamp(directory, authority)
      assert.isFalse(again.isNew)
      assert.deepStrictEqual(again.timestamp, first.timestamp)
      assert.strictEqual(authority.requests, 1)
      // One that proves nothing is no reason not to ask.
      fs.writeFileSync(path.join(directory, "timestamps/3.tsr"), "half")
      assert.isTrue((yield* stamp(directory, authority)).isNew)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  const refused: ReadonlyArray<readonly [Behaviour, string]> = [
    ["replays", "(nonce)"],
    ["refuses", "(refusal)"],
    ["fails", "answers with status 503"],
    ["floods", "more than 65536 bytes"],
  ]
  for (const [behaviour, message] of refused) {
    it.live(`stores nothing from an authority that ${behaviour}`, () =>
      Effect.gen(function* () {
        const directory = yield* TrailFixture.trail(3)
        const authority = yield* testAuthority
        // Something to play again: the same bytes, another request.
        yield* stamp(directory, authority)
        fs.rmSync(path.join(directory, "timestamps"), { recursive: true })
        authority.behaviour = behaviour
        const error = yield* Effect.flip(stamp(directory, authority))
        assert.include(error.message, message)
        assert.deepStrictEqual(storedIn(directory), [])
      }).pipe(Effect.provide(NodeDisk.layer)),
    )
  }

  it.live("gives up an authority that does not answer, and one that is not there", () =>
    Effect.gen(function* () {
      const authority = yield* testAuthority
      authority.behaviour = "hangs"
      const silent = yield* Effect.flip(ask(authority.url, new Uint8Array(8), 200))
      assert.strictEqual(silent._tag, "AuthorityUnavailable")
      assert.isTrue(silent.isRetryable)
      const nobody = yield* Effect.flip(ask("http://127.0.0.1:9/?key=s3cret", new Uint8Array(8)))
      assert.notInclude(JSON.stringify(nobody) + nobody.message, "s3cret")
      const named = yield* Effect.flip(ask("http://a:s3cret@127.0.0.1:9/", new Uint8Array(8)))
      assert.notInclude(JSON.stringify(named) + named.message, "s3cret")
      assert.include(nobody.message, "AUD-3901: timestamp authority http://127.0.0.1:9/")
    }),
  )

  it.live("stores nothing that the trusted certificates do not vouch for", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(3)
      const { url } = yield* testAuthority
      const { ca } = yield* testAuthority
      const error = yield* Effect.flip(stamp(directory, { url, ca }))
      assert.include(error.message, "(chain)")
      assert.deepStrictEqual(storedIn(directory), [])
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.live("says that there is nothing to timestamp, or nobody to trust", () =>
    Effect.gen(function* () {
      const authority = yield* testAuthority
      const empty = yield* temporaryDirectory
      const nothing = yield* Effect.flip(stamp(empty, authority))
      assert.include(nothing.message, "AUD-3905")
      const nobody = yield* Effect.flip(readAnchors(path.join(empty, "absent.pem")))
      assert.include(nobody.message, "absent.pem: can't be read (ENOENT)")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})
