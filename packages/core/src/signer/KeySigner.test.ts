import { createPublicKey, generateKeyPairSync, verify } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { queryObjects } from "node:v8"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import * as KeySigner from "./KeySigner.ts"
import { Signer } from "./Signer.ts"

const open = (file: string) =>
  Effect.service(Signer).pipe(
    Effect.provide(Layer.provide(KeySigner.layerFile(file), NodeDisk.layer)),
  )
const openPem = (pem: string) =>
  Effect.provide(Effect.service(Signer), KeySigner.layerPem(pem, "AUDIT_KEY"))
const keyFile = Effect.map(temporaryDirectory, (directory) => path.join(directory, "key.pem"))

const ed25519 = generateKeyPairSync("ed25519").privateKey
const ed25519Pem = ed25519.export({ format: "pem", type: "pkcs8" })

/** Verified with the raw key alone, as a stranger would. */
const isValid = (signer: Signer["Service"], text: string, signature: Uint8Array): boolean =>
  verify(
    null,
    Buffer.from(text),
    {
      key: {
        kty: "OKP",
        crv: "Ed25519",
        x: Buffer.from(signer.publicKey).toString("base64url"),
      },
      format: "jwk",
    },
    signature,
  )

describe("KeySigner in a file", () => {
  it.live("makes a key that only its owner can read, and says that it is new", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const signer = yield* open(file)
      assert.isTrue(signer.isNew)
      assert.strictEqual(signer.key, file)
      assert.strictEqual(signer.algorithm, "ed25519")
      assert.strictEqual(signer.publicKey.length, 32)
      assert.strictEqual(fs.statSync(file).mode & 0o777, 0o600)
      assert.include(fs.readFileSync(file, "utf8"), "BEGIN PRIVATE KEY")
    }),
  )

  it.live("opens the same key again, and its signatures are valid under the raw public key", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const first = yield* open(file)
      const second = yield* open(file)
      assert.isFalse(second.isNew)
      assert.deepStrictEqual(second.publicKey, first.publicKey)
      const signature = yield* second.sign(Buffer.from("a checkpoint"))
      assert.strictEqual(signature.length, 64)
      assert.isTrue(isValid(first, "a checkpoint", signature))
      assert.isFalse(isValid(first, "another one", signature))
    }),
  )

  it.live("opens the one that is whole, where power went while the other was destroyed", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const next = `${file}.next`
      const zeros = Buffer.alloc(ed25519Pem.length)
      const { publicKey } = yield* openPem(ed25519Pem)
      const mode = 0o600
      fs.writeFileSync(file, ed25519Pem, { mode })
      fs.writeFileSync(next, zeros, { mode })
      const current = yield* open(file)
      assert.deepStrictEqual(current.publicKey, publicKey)
      yield* current.place?.discard ?? Effect.die("a key in a file has a place")
      assert.isFalse(fs.existsSync(next))

      fs.writeFileSync(next, ed25519Pem, { mode })
      fs.writeFileSync(file, zeros)
      const following = yield* open(file)
      assert.deepStrictEqual(following.publicKey, publicKey)
      yield* (
        following.place?.promote(following.publicKey) ?? Effect.die("a key in a file has a place")
      )
      assert.strictEqual(fs.readFileSync(file, "utf8"), ed25519Pem)

      fs.writeFileSync(file, zeros)
      assert.strictEqual((yield* Effect.flip(open(file)))._tag, "SignerError")
      fs.renameSync(file, next)
      assert.strictEqual((yield* Effect.flip(open(file)))._tag, "SignerError")
      assert.isFalse(fs.existsSync(file), "no new key beside a destroyed one")
    }),
  )

  it.live("never overwrites the key in force, however often and late it is promoted", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const { place } = yield* open(file)
      if (place === undefined) return yield* Effect.die("a key in a file has a place")
      const one = yield* place.prepare()
      yield* place.promote(one.publicKey)
      const inForce = fs.readFileSync(file, "utf8")
      const two = yield* place.prepare()
      // Of a change that is done already, beside a key that was only prepared.
      yield* place.promote(one.publicKey)
      assert.strictEqual(fs.readFileSync(file, "utf8"), inForce)
      assert.isTrue(fs.existsSync(`${file}.next`))
      yield* Effect.all([place.promote(two.publicKey), place.promote(two.publicKey)], {
        concurrency: 2,
      })
      assert.deepStrictEqual((yield* open(file)).publicKey, two.publicKey)
    }),
  )

  it.live("lets go in memory of a key that is destroyed, whoever holds its signer", () =>
    Effect.gen(function* () {
      const PrivateKey = Object.getPrototypeOf(ed25519).constructor
      const held = (): number => queryObjects(PrivateKey, { format: "count" })
      const before = held()
      const file = yield* keyFile
      const first = yield* open(file)
      const { place } = first
      if (place === undefined) return yield* Effect.die("a key in a file has a place")
      const again = (yield* place.read).current
      const dropped = yield* place.prepare()
      const next = yield* place.prepare()
      yield* place.promote(next.publicKey)
      for (const gone of [first, again, dropped]) {
        const refused = yield* Effect.flip(gone?.sign(Buffer.from("x")) ?? Effect.die("none"))
        assert.include(refused.message, "was destroyed")
      }
      assert.isTrue(isValid(next, "x", yield* next.sign(Buffer.from("x"))))
      assert.strictEqual(held() - before, 1, "only the key in force is left")
    }),
  )

  it.live.each([0o644, 0o640, 0o660, 0o604, 0o601, 0o610])(
    "refuses a key that others may touch (mode %o)",
    (mode) =>
      Effect.gen(function* () {
        const file = yield* keyFile
        fs.writeFileSync(file, ed25519Pem)
        fs.chmodSync(file, mode)
        const refused = yield* Effect.flip(open(file))
        assert.strictEqual(refused._tag, "SignerError")
        assert.include(refused.message, `mode ${mode.toString(8)}`)
        assert.include(refused.message, "chmod 600")
      }),
  )

  it.live("takes a key that its owner may only read", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      fs.writeFileSync(file, ed25519Pem, { mode: 0o400 })
      const signer = yield* open(file)
      const spki = createPublicKey(ed25519).export({ format: "der", type: "spki" })
      assert.deepStrictEqual(signer.publicKey, new Uint8Array(spki.subarray(-32)))
    }),
  )

  it.live("fails as the disk does, leaving no half of a key behind", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const faulty = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      faulty.plan({ call: "writeFile", errno: "ENOSPC", outcome: { prefixBytes: 30 } })
      const attempt = Effect.service(Signer).pipe(
        Effect.provide(Layer.provide(KeySigner.layerFile(file), faulty.layer)),
      )
      assert.strictEqual((yield* Effect.flip(attempt))._tag, "DiskError")
      assert.isFalse(fs.existsSync(file))
      assert.isTrue((yield* attempt).isNew)
      assert.strictEqual(
        faulty.count("syncDirectory", (name) => name === path.dirname(file)),
        1,
      )
    }),
  )

  it.live("does not replace or delete a key that another process makes at the same moment", () =>
    Effect.gen(function* () {
      const file = yield* keyFile
      const real = yield* Effect.provide(FaultyDisk.make(), NodeDisk.layer)
      const late = new FaultyDisk.FaultyDisk({
        ...real.disk,
        status: () =>
          Effect.as(
            Effect.sync(() => fs.writeFileSync(file, ed25519Pem, { mode: 0o600 })),
            undefined,
          ),
      })
      const refused = yield* Effect.service(Signer).pipe(
        Effect.provide(Layer.provide(KeySigner.layerFile(file), late.layer)),
        Effect.flip,
      )
      assert.include(refused.message, "EEXIST")
      assert.strictEqual(fs.readFileSync(file, "utf8"), ed25519Pem)
    }),
  )
})

describe("KeySigner from text", () => {
  it.live("signs with the key given, under the name given", () =>
    Effect.gen(function* () {
      const signer = yield* openPem(ed25519Pem)
      assert.strictEqual(signer.key, "AUDIT_KEY")
      assert.isFalse(signer.isNew)
      assert.isTrue(isValid(signer, "text", yield* signer.sign(Buffer.from("text"))))
    }),
  )

  it.live.each<readonly [string, string, string]>([
    ["nothing", "", "is no private key in PKCS #8 PEM form"],
    ["rubbish", "rubbish", "is no private key in PKCS #8 PEM form"],
    [
      "a public key",
      createPublicKey(ed25519).export({ format: "pem", type: "spki" }),
      "is no private key in PKCS #8 PEM form",
    ],
    [
      "an RSA key",
      generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
        format: "pem",
        type: "pkcs8",
      }),
      "is a rsa key; an Ed25519 key is needed",
    ],
    [
      "a key for key agreement",
      generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" }),
      "is a x25519 key; an Ed25519 key is needed",
    ],
  ])("refuses %s", ([, pem, detail]) =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(openPem(pem))
      assert.strictEqual(refused.code, "AUD-3301")
      assert.isFalse(refused.isRetryable)
      assert.strictEqual(refused.message.split(": ").slice(2).join(": ").startsWith(detail), true)
      assert.notInclude(refused.message, "PRIVATE KEY-----")
    }),
  )

  it.live("makes a key of its own for tests, each time another", () =>
    Effect.gen(function* () {
      const one = yield* Effect.provide(Effect.service(Signer), KeySigner.layerEphemeral)
      const other = yield* Effect.provide(Effect.service(Signer), KeySigner.layerEphemeral, {
        local: true,
      })
      assert.isTrue(one.isNew)
      assert.notDeepEqual(one.publicKey, other.publicKey)
      assert.isTrue(isValid(one, "text", yield* one.sign(Buffer.from("text"))))
    }),
  )
})
