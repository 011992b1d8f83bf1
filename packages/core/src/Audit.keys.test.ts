import { createPrivateKey } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Audit } from "./Audit.ts"
import { type Disk, DiskError } from "./platform/Disk.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import * as KeySigner from "./signer/KeySigner.ts"
import { Signer } from "./signer/Signer.ts"
import { dataOf, event, make, nodeDisk } from "./testing/AuditFixture.ts"
import { daily, notesIn, pemOf, withTrail } from "./testing/KeyedTrail.ts"
import { checkpointText, noteOf, origin, publish, tilePath } from "./testing/TrailFixture.ts"
import { decode } from "./trail/EntryBundle.ts"
import { rangesOf } from "./trail/KeyChain.ts"

const hourMillis = 3_600_000

describe("Audit, with a key that changes", () => {
  it.live("says so in the trail, has both keys sign it, and destroys the key before", () =>
    Effect.gen(function* () {
      const { directory, keyFile, report, run, trail } = yield* withTrail
      const before = yield* run((audit) => Effect.succeed(audit.status().verifierKey))
      const secret = fs.readFileSync(keyFile, "utf8")
      const old = fs.openSync(keyFile, "r")
      const rotated = yield* run((audit) =>
        Effect.gen(function* () {
          yield* audit.record(event)
          const done = yield* audit.rotateKey()
          assert.strictEqual(audit.status().verifierKey, done.after)
          yield* audit.record(event)
          return done
        }),
      )
      assert.include(rotated, { number: 1, before })
      assert.notStrictEqual(rotated.after, before)

      const left = Buffer.alloc(4096)
      const bytes = fs.readSync(old, left)
      fs.closeSync(old)
      assert.strictEqual(bytes, secret.length)
      assert.isTrue(
        left.every((byte) => byte === 0),
        "the old file's bytes are overwritten",
      )
      assert.notInclude(fs.readFileSync(keyFile, "utf8"), secret)
      assert.strictEqual(fs.statSync(keyFile).mode & 0o777, 0o600)
      assert.isFalse(fs.existsSync(`${keyFile}.next`))
      assert.strictEqual(fs.readFileSync(`${directory}.vkey`, "utf8").trim(), rotated.after)

      const records = (yield* trail).filter(({ type }) => type === "audit.key.rotated")
      assert.deepStrictEqual(
        records.map((record) => [record.outcome, dataOf(record)]),
        [
          ["attempt", { number: 1, before, after: rotated.after }],
          ["success", { number: 1, size: rotated.size, after: rotated.after }],
        ],
      )
      const note = fs.readFileSync(path.join(directory, "rotations", String(rotated.size)), "utf8")
      assert.lengthOf(note.match(/^— /gmu) ?? [], 2)

      for (const key of [before, rotated.after, undefined]) {
        assert.include(yield* report(key), { verdict: "verified", rotations: 1 })
      }
      const byNewest = yield* report(rotated.after)
      assert.include(byNewest.notChecked.join(), `who signed before size ${rotated.size}`)
      assert.notInclude((yield* report(before)).notChecked.join(), "who signed before")
    }),
  )

  it.live("is opened with the key in force, and changed again and again", () =>
    Effect.gen(function* () {
      const { directory, report, run } = yield* withTrail
      const first = yield* run((audit) => Effect.succeed(audit.status().verifierKey))
      for (let number = 1; number <= 4; number += 1) {
        const rotated = yield* run((audit) =>
          Effect.gen(function* () {
            for (let count = 0; count < 150; count += 1) audit.recordUnsafe(event)
            const done = yield* audit.rotateKey()
            yield* audit.record(event)
            return done
          }),
        )
        assert.strictEqual(rotated.number, number)
      }
      assert.lengthOf(rangesOf(yield* notesIn(directory)), 5)
      assert.include(yield* report(first), { verdict: "verified", rotations: 4 })
    }),
  )

  it.live("takes the next key as text, and refuses one that was in force before", () =>
    Effect.gen(function* () {
      const { keyFile, run } = yield* withTrail
      const pem = pemOf()
      const again = yield* run((audit) =>
        Effect.gen(function* () {
          const first = fs.readFileSync(keyFile, "utf8")
          yield* audit.rotateKey(pem)
          assert.strictEqual(fs.readFileSync(keyFile, "utf8"), pem)
          const nonsense = yield* Effect.flip(audit.rotateKey("nonsense"))
          assert.include(nonsense.message, "AUD-3301")
          return [
            yield* Effect.flip(audit.rotateKey(first)),
            yield* Effect.flip(audit.rotateKey(pem)),
          ]
        }),
      )
      for (const refused of again) {
        assert.strictEqual(refused._tag, "KeyRotationRefused")
        assert.include(refused.message, "has signed this trail before")
      }
      assert.isFalse(fs.existsSync(`${keyFile}.next`))
    }),
  )

  it.live("follows a signer whose key lies elsewhere, and opens with the new one alone", () =>
    Effect.gen(function* () {
      const { directory, report, withAudit } = yield* withTrail
      const next = yield* Effect.provide(Effect.service(Signer), KeySigner.layerPem(pemOf(), "$N"))
      const { before } = yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const refused = yield* Effect.flip(audit.rotateKey())
          assert.include(refused.message, "give the signer of the next one")
          return yield* audit.rotateKey(next)
        }),
      )
      assert.strictEqual((yield* report(before)).verdict, "verified")
      const withOld = yield* Effect.flip(withAudit(Effect.void))
      assert.strictEqual(withOld._tag, "TrailDamaged")
      assert.include(withOld.message, "by its newest rotation")
      yield* Effect.flatMap(Audit, ({ record }) => record(event)).pipe(
        Effect.provide(
          Audit.layerWith(make(directory).config).pipe(
            Layer.provide(Layer.succeed(Signer, next)),
            Layer.provide(NodeDisk.layer),
          ),
        ),
      )
      assert.strictEqual((yield* report(before)).verdict, "verified")
    }),
  )

  it.live("ends with the next checkpoint what a full disk has interrupted", () =>
    Effect.gen(function* () {
      const { report, run } = yield* withTrail
      const before = yield* run((audit) => Effect.succeed(audit.status().verifierKey))
      let failures = 2
      const full: Disk["Service"] = {
        ...nodeDisk,
        replaceFile: (file, chunks, mode) =>
          file.includes("rotations") && failures-- > 0
            ? Effect.fail(new DiskError({ call: "write", path: file, errno: "ENOSPC", detail: "" }))
            : nodeDisk.replaceFile(file, chunks, mode),
      }
      const rotated = yield* run(
        (audit) =>
          Effect.gen(function* () {
            const failed = yield* Effect.flip(audit.rotateKey())
            assert.include(failed.message, "ENOSPC")
            yield* audit.record(event)
            return yield* Effect.retry(audit.rotateKey(), { times: 2 })
          }),
        {},
        full,
      )
      assert.strictEqual(rotated.number, 1)
      assert.include(yield* report(before), { verdict: "verified", rotations: 1 })
    }),
  )
})

describe("Audit, with a key a day", () => {
  it.live("brings in a new one when the UTC day changes, while it runs and at an opening", () =>
    Effect.gen(function* () {
      const { directory, report, run } = yield* withTrail
      const real = yield* Clock.clockWith(Effect.succeed)
      let offset = Date.UTC(2026, 0, 1, 12) - real.currentTimeMillisUnsafe()
      const now = (): number => real.currentTimeMillisUnsafe() + offset
      const nanos = (): bigint => BigInt(now()) * 1_000_000n
      const clock: Clock.Clock = {
        currentTimeMillisUnsafe: now,
        currentTimeMillis: Effect.sync(now),
        currentTimeNanosUnsafe: nanos,
        currentTimeNanos: Effect.sync(nanos),
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(duration),
      }
      const today = <A>(use: (audit: Audit["Service"]) => Effect.Effect<A, unknown>) =>
        Effect.provideService(run(use, daily), Clock.Clock, clock)
      const key = (audit: Audit["Service"]) => Effect.sync(() => audit.status().verifierKey)
      const changes = () => Effect.map(notesIn(directory), (notes) => notes.length)

      const first = yield* today((audit) =>
        Effect.gen(function* () {
          const one = yield* key(audit)
          yield* audit.record(event)
          offset += 11 * hourMillis
          yield* audit.record(event)
          assert.strictEqual(yield* key(audit), one, "it is the same day")
          offset += hourMillis
          yield* Effect.repeat(Effect.delay(key(audit), "5 millis"), {
            until: (other) => other !== one,
          })
          yield* audit.record(event)
          return one
        }),
      )
      assert.strictEqual(yield* changes(), 1)
      yield* today(key)
      assert.strictEqual(yield* changes(), 1, "it was opened again on the same day")
      offset += 24 * hourMillis
      yield* today(key)
      assert.strictEqual(yield* changes(), 2, "it was opened a day later")
      assert.include(yield* report(first), { verdict: "verified", rotations: 2 })
    }),
  )

  it.live("changes the key of a trail that was begun without, once", () =>
    Effect.gen(function* () {
      const { directory, run } = yield* withTrail
      yield* run((audit) => audit.record(event))
      yield* run((audit) => audit.record(event), daily)
      assert.lengthOf(yield* notesIn(directory), 1)
      yield* run((audit) => audit.record(event), daily)
      assert.lengthOf(yield* notesIn(directory), 1)
    }),
  )

  it.live("leaves whoever steals today's key without a word on yesterday", () =>
    Effect.gen(function* () {
      const { directory, keyFile, report, run } = yield* withTrail
      const first = yield* run((audit) =>
        Effect.as(audit.record(event), audit.status().verifierKey),
      )
      const yesterday = fs.readFileSync(keyFile, "utf8")
      yield* run((audit) => audit.record(event), daily)
      const beside = fs.readdirSync(path.dirname(directory), { withFileTypes: true })
      for (const file of beside.filter((entry) => entry.isFile())) {
        const text = fs.readFileSync(path.join(file.parentPath, file.name), "utf8")
        assert.notInclude(text, yesterday, `yesterday's key is still in ${file.name}`)
      }

      // The whole trail once more, with another first event, as the engine would have signed it.
      const stolen = createPrivateKey(fs.readFileSync(keyFile))
      const note = fs.readFileSync(path.join(directory, "checkpoint"), "utf8")
      const [name = "", size = ""] = note.split("\n")
      const since = note.split("\n").find((line) => line.startsWith("countersign/key-since "))
      assert.isDefined(since)
      const bundle = path.join(directory, tilePath("entries", 0, Number(size)))
      const entries = Result.getOrThrow(decode(fs.readFileSync(bundle))).map(String)
      const rewrite = (from: string, to: string): void => {
        assert.isTrue(entries.some((entry) => entry.includes(from)))
        const forged = entries.map((entry) => entry.replace(from, to))
        fs.rmSync(path.join(directory, "tile"), { recursive: true })
        publish(directory, forged)
        const text = `${checkpointText(forged).replace(origin, name)}${since}\n`
        fs.writeFileSync(path.join(directory, "checkpoint"), noteOf(text, stolen, name))
      }
      rewrite("patient", "patient")
      assert.strictEqual((yield* report(first)).verdict, "verified", "the thief knows the craft")
      rewrite("patient.record.read", "patient.record.kept")
      for (const key of [first, undefined]) {
        const found = yield* report(key)
        assert.strictEqual(found.verdict, "tampered")
        assert.include(JSON.stringify(found), "both keys signed other entries")
      }
    }),
  )
})
