import * as fs from "node:fs"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { testAuthority } from "@countersign/core/testing/TestAuthority"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { eventLines, run } from "../testing/CommandLine.ts"

// Each test starts many processes, one after the other.
const startsMillis = 180_000

/** A trail of a few events, and an authority. */
const prepared = Effect.gen(function* () {
  const cwd = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(path.join(tmpdir(), "countersign-timestamp-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true })),
  )
  const authority = yield* testAuthority
  const call = (...args: ReadonlyArray<string>) => Effect.promise(() => run(args, { cwd }))
  yield* Effect.promise(() => run(["record", "--trail", "t"], { cwd, input: eventLines(20) }))
  const stamp = call("timestamp", "t", "--url", authority.url, "--ca", authority.ca)
  return { cwd, authority, call, stamp }
})

describe("timestamp", () => {
  it.live(
    "gets one, and verify prints the oldest provable time",
    () =>
      Effect.gen(function* () {
        const { authority, call, cwd, stamp } = yield* prepared
        const bare = yield* call("verify", "t", "--timestamps", authority.ca)
        assert.strictEqual(bare.code, 3)
        assert.include(bare.stdout, "the trail has no timestamp")
        const made = yield* stamp
        assert.strictEqual(made.code, 0, made.stderr)
        assert.match(made.stdout, /✓ timestamped {2}22 entries existed at \d{4}-.*, says Test tsa/)
        assert.include((yield* stamp).stdout, "timestamped before")
        const verified = yield* call("verify", "t", "--timestamps", authority.ca)
        assert.strictEqual(verified.code, 0, verified.stdout)
        assert.match(verified.stdout, /existed {5}22 entries at \d{4}-.*the oldest of 1 timestamp/)
        const { stdout } = yield* call("verify", "t", "--json", "--timestamps", authority.ca)
        assert.strictEqual((yield* call("verify", "t", "--stamps", "kept")).code, 64)
        fs.cpSync(path.join(cwd, "t/timestamps"), path.join(cwd, "kept"), { recursive: true })
        const demand = ["verify", "t", "--timestamps", authority.ca, "--stamps", "kept"] as const
        assert.strictEqual((yield* call(...demand)).code, 0)
        assert.include(JSON.parse(stdout).timestamps.proven[0], { size: 22, authority: "Test tsa" })
        const doctor = yield* call("doctor", "t", "--json")
        assert.notInclude(doctor.stdout, "not of the trail")
      }),
    startsMillis,
  )

  it.live(
    "is found out by verify where it contradicts the trail",
    () =>
      Effect.gen(function* () {
        const { authority, call, cwd, stamp } = yield* prepared
        yield* stamp
        const answer = path.join(cwd, "t/timestamps/22.tsr")
        const bytes = fs.readFileSync(answer)
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
        fs.writeFileSync(answer, bytes)
        const { code, stdout } = yield* call("verify", "t", "--timestamps", authority.ca)
        assert.strictEqual(code, 1)
        assert.include(stdout, "first bad: timestamp, in timestamps/22.tsr")
        const foreign = yield* testAuthority
        yield* Effect.sync(() => rmSync(path.join(cwd, "t/timestamps"), { recursive: true }))
        yield* stamp
        const other = yield* call("verify", "t", "--timestamps", foreign.ca)
        assert.strictEqual(other.code, 3)
        assert.include(other.stdout, "vouch for none")
      }),
    startsMillis,
  )

  it.live(
    "says why there is none",
    () =>
      Effect.gen(function* () {
        const { authority, call, stamp } = yield* prepared
        authority.behaviour = "fails"
        const failed = yield* stamp
        assert.strictEqual(failed.code, 4)
        assert.include(failed.stderr, "AUD-3901")
        const wrong = yield* call("timestamp", "t", "--url", "ftp://example.org")
        assert.strictEqual(wrong.code, 64)
        const named = yield* call("timestamp", "t", "--url", "http://alice:s3cret@example.org")
        assert.strictEqual(named.code, 64)
        assert.include(named.stderr, "a user name or a password")
        assert.notInclude(named.stderr + named.stdout, "s3cret")
        const nobody = yield* call("verify", "t", "--timestamps", "absent.pem")
        assert.include(nobody.stderr, "AUD-3904: absent.pem")
      }),
    startsMillis,
  )
})
