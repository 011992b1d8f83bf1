import { createPrivateKey, generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Audit } from "./Audit.ts"
import { type Disk, DiskError } from "./platform/Disk.ts"
import * as KeyFile from "./signer/KeyFile.ts"
import { type Signer, SignerError } from "./signer/Signer.ts"
import { event, isWal, nodeDisk } from "./testing/AuditFixture.ts"
import { daily, notesIn, withTrail } from "./testing/KeyedTrail.ts"

describe("Audit, closed while its key changes", () => {
  it.live("destroys the key before alone, on a disk that takes its time over that", () =>
    Effect.gen(function* () {
      const { keyFile, report, run } = yield* withTrail
      const opened = yield* Deferred.make<void>()
      const overwritten = yield* Deferred.make<void>()
      let opens = 0
      const slow: Disk["Service"] = {
        ...nodeDisk,
        open: (file, how) =>
          file !== keyFile || how !== "update"
            ? nodeDisk.open(file, how)
            : Effect.suspend(() => {
                opens += 1
                // A second one is late: the first has put the new key there meanwhile.
                return opens === 1
                  ? Effect.andThen(
                      Deferred.succeed(opened, undefined),
                      Effect.andThen(Effect.sleep(100), nodeDisk.open(file, how)),
                    )
                  : Effect.andThen(Deferred.await(overwritten), nodeDisk.open(file, how))
              }),
        rename: (from, to) =>
          Effect.andThen(
            nodeDisk.rename(from, to),
            to === keyFile ? Deferred.succeed(overwritten, undefined) : Effect.void,
          ),
      }
      const first = yield* run(
        (audit) =>
          Effect.gen(function* () {
            const before = audit.status().verifierKey
            yield* audit.record(event)
            const rotating = yield* Effect.forkChild(Effect.result(audit.rotateKey()))
            yield* Deferred.await(opened)
            yield* audit.close
            yield* Fiber.join(rotating)
            return before
          }),
        {},
        slow,
      )
      assert.strictEqual(createPrivateKey(fs.readFileSync(keyFile)).asymmetricKeyType, "ed25519")
      assert.isFalse(fs.existsSync(`${keyFile}.next`))
      yield* run((audit) => audit.record(event))
      assert.include(yield* report(first), { verdict: "verified", rotations: 1 })
    }),
  )

  it.live("makes no key that could follow once it is closed", () =>
    Effect.gen(function* () {
      const { keyFile, run } = yield* withTrail
      const refused = yield* run((audit) =>
        Effect.andThen(audit.close, Effect.flip(audit.rotateKey())),
      )
      assert.strictEqual(refused._tag, "AuditUnavailable")
      assert.isFalse(fs.existsSync(`${keyFile}.next`))
    }),
  )
})

describe("Audit, over a trail that has lost what its keys have signed", () => {
  it.live("does not sign on without its rotation notes, and leaves all as it is", () =>
    Effect.gen(function* () {
      const { directory, report, run } = yield* withTrail
      const rotate = (audit: Audit["Service"]) =>
        Effect.gen(function* () {
          const key = audit.status().verifierKey
          yield* audit.record(event)
          const { size } = yield* audit.rotateKey()
          yield* audit.record(event)
          return { key, size }
        })
      const [first, second] = [yield* run(rotate), yield* run(rotate)]
      const notes = path.join(directory, "rotations")
      const [kept, checkpoint] = [`${directory}.notes`, path.join(directory, "checkpoint")]
      const signed = fs.readFileSync(checkpoint, "utf8")
      fs.cpSync(notes, kept, { recursive: true })
      fs.rmSync(notes, { recursive: true })
      const refuse = Effect.gen(function* () {
        const error = yield* Effect.flip(run((audit) => audit.record(event)))
        assert.strictEqual(error._tag, "TrailDamaged")
        assert.strictEqual(fs.readFileSync(checkpoint, "utf8"), signed)
        return error.message
      })
      assert.include(yield* refuse, `rests on the rotation of the key at size ${second.size}`)
      fs.cpSync(kept, notes, { recursive: true })
      fs.rmSync(path.join(notes, String(second.size)))
      assert.include(yield* refuse, "by its newest rotation")
      fs.cpSync(kept, notes, { recursive: true })
      yield* run((audit) => audit.record(event))
      assert.include(yield* report(first.key), { verdict: "verified", rotations: 2 })
    }),
  )
})

describe("Audit, given a next key that does not sign", () => {
  const signerOf = (name: string) =>
    KeyFile.signerOf(generateKeyPairSync("ed25519").privateKey, name, false)
  const refusing: Signer["Service"]["sign"] = () =>
    Effect.fail(new SignerError({ key: "$NEXT", isRetryable: false, detail: "the PIN is locked" }))
  const other = signerOf("$OTHER").sign
  const cases: ReadonlyArray<
    readonly [string, Signer["Service"]["sign"], number, string, ReadonlyArray<string>]
  > = [
    ["refuses", refusing, 0, "the PIN is locked", []],
    ["signs with another key", other, 0, "the key that it says it has", []],
    ["refuses when it is its turn", refusing, 1, "the PIN is locked", ["attempt", "failure"]],
    [
      "signs with another key when it is its turn",
      other,
      1,
      "the signature of the key after",
      ["attempt", "failure"],
    ],
  ]
  it.live.each(cases)(
    "keeps the key in force where the next one %s",
    ([, wrong, from, text, told]) =>
      Effect.gen(function* () {
        const { directory, report, trail, withAudit } = yield* withTrail
        const [next, good] = [signerOf("$NEXT"), signerOf("$GOOD")]
        let calls = 0
        const bad: Signer["Service"] = {
          ...next,
          sign: (bytes) => (calls++ < from ? next.sign(bytes) : wrong(bytes)),
        }
        const first = yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const key = audit.status().verifierKey
            yield* audit.record(event)
            const refused = yield* Effect.flip(audit.rotateKey(bad))
            assert.strictEqual(refused._tag, "KeyRotationRefused")
            assert.include(refused.message, text)
            yield* audit.record(event)
            yield* audit.publish
            assert.strictEqual(audit.status().verifierKey, key)
            assert.isFalse(fs.existsSync(path.join(directory, "rotations")))
            return key
          }),
        )
        const outcomes = Effect.map(trail, (records) =>
          records.filter(({ type }) => type === "audit.key.rotated").map(({ outcome }) => outcome),
        )
        assert.deepStrictEqual(yield* outcomes, [...told])
        const rotated = yield* withAudit(Effect.flatMap(Audit, ({ rotateKey }) => rotateKey(good)))
        assert.include(rotated, { number: 1, before: first })
        assert.include(yield* report(first), { verdict: "verified", rotations: 1 })
      }),
  )
})

describe("Audit, with a key that is due on a full disk", () => {
  it.live("opens with the key in force, and changes it when there is room", () =>
    Effect.gen(function* () {
      const { directory, report, run } = yield* withTrail
      const first = yield* run((audit) =>
        Effect.as(audit.record(event), audit.status().verifierKey),
      )
      let isFull = true
      const full: Disk["Service"] = {
        ...nodeDisk,
        open: (file, how) =>
          Effect.map(nodeDisk.open(file, how), (open) => ({
            ...open,
            writeDurable: (chunks, position) =>
              isFull && isWal(file)
                ? Effect.fail(
                    new DiskError({ call: "write", path: file, errno: "ENOSPC", detail: "" }),
                  )
                : open.writeDurable(chunks, position),
          })),
      }
      const real = yield* Clock.clockWith(Effect.succeed)
      const hasty: Clock.Clock = {
        currentTimeMillisUnsafe: () => real.currentTimeMillisUnsafe(),
        currentTimeMillis: real.currentTimeMillis,
        currentTimeNanosUnsafe: () => real.currentTimeNanosUnsafe(),
        currentTimeNanos: real.currentTimeNanos,
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(Duration.millis(Duration.toMillis(duration) / 50)),
      }
      yield* run(
        (audit) =>
          Effect.gen(function* () {
            const key = Effect.sync(() => audit.status().verifierKey)
            assert.strictEqual(yield* key, first)
            isFull = false
            yield* Effect.repeat(Effect.delay(key, "100 millis"), {
              until: (other) => other !== first,
            })
            yield* audit.record(event)
          }),
        daily,
        full,
      ).pipe(Effect.provideService(Clock.Clock, hasty))
      assert.lengthOf(yield* notesIn(directory), 1)
      assert.include(yield* report(first), { verdict: "verified", rotations: 1 })
    }),
  )
})
