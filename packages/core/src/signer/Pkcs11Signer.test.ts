import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Audit } from "../Audit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { event } from "../testing/AuditFixture.ts"
import { newKey, type SoftToken, softToken } from "../testing/SoftToken.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { parseVerifierKey, publicKeyOf } from "../trail/SignedNote.ts"
import { verify as verifyTrail } from "../trail/Verifier.ts"
import * as Cryptoki from "./Cryptoki.ts"
import { functionIndex, returned, tokenInfoBytes } from "./CryptokiValue.ts"
import * as Pkcs11Signer from "./Pkcs11Signer.ts"
import { Signer } from "./Signer.ts"

const key = "trail"

/** A token with a key in it. */
const withKey = Effect.map(softToken, (token) => {
  const privateKey = newKey()
  token.putKey(key, privateKey)
  return { token, privateKey }
})

const openWith = (
  { module, pin, token }: SoftToken,
  options: Partial<Pkcs11Signer.Pkcs11Options> = {},
  env: Readonly<Record<string, string>> = { TOKEN_PIN: pin },
) =>
  Layer.build(
    Pkcs11Signer.layer(
      { module, token, key, pinFile: "", pinVariable: "TOKEN_PIN", ...options },
      env,
    ).pipe(Layer.provide(NodeDisk.layer)),
  ).pipe(Effect.flatMap((context) => Effect.provideContext(Effect.service(Signer), context)))

const isValid = (privateKey: KeyObject, text: string, signature: Uint8Array): boolean =>
  verify(null, Buffer.from(text), createPublicKey(privateKey), signature)

/** What the module is asked, with answers of the test's own in the place of its own. */
const spyOn = (
  { module }: SoftToken,
  answer: (name: string, args: ReadonlyArray<Cryptoki.CallArgument>) => number | undefined,
) =>
  Effect.flatMap(Cryptoki.load(module), (loaded) => {
    const real = loaded.call
    return Effect.acquireRelease(
      Effect.sync(() =>
        vi.spyOn(loaded, "call").mockImplementation(async (name, args, keep) => {
          const value = await real(name, args, keep)
          return answer(name, args) ?? value
        }),
      ),
      (spy) => Effect.sync(() => spy.mockRestore()),
    )
  })

/** What a module does that is taken away: all its sessions are gone, and all that it knew. */
const crash = ({ module }: SoftToken) =>
  Effect.flatMap(Cryptoki.load(module), (loaded) =>
    Effect.promise(() => loaded.call("C_Finalize", [null])),
  )

describe("Pkcs11Signer", () => {
  it.live("signs as the same key does outside of the token", () =>
    Effect.gen(function* () {
      const { privateKey, token } = yield* withKey
      const signer = yield* openWith(token)
      assert.strictEqual(signer.algorithm, "ed25519")
      assert.deepStrictEqual(Buffer.from(signer.publicKey), Buffer.from(publicKeyOf(privateKey)))
      assert.isFalse(signer.isNew)
      assert.strictEqual(signer.key, "pkcs11:token=audit;object=trail")
      const texts = ["a", "b".repeat(100_000), "c"]
      // At once: a session takes one call at a time.
      const signatures = yield* Effect.all(
        texts.map((text) => signer.sign(Buffer.from(text))),
        { concurrency: "unbounded" },
      )
      for (const [index, text] of texts.entries()) {
        assert.isTrue(isValid(privateKey, text, signatures[index] ?? new Uint8Array()))
      }
      assert.isFalse(isValid(privateKey, "d", signatures[0] ?? new Uint8Array()))
    }),
  )

  it.live("signs the checkpoints of an engine that is configured so", () =>
    Effect.gen(function* () {
      const { privateKey, token } = yield* withKey
      const directory = path.join(yield* temporaryDirectory, "trail")
      const input = {
        directory,
        signer: { kind: "pkcs11" },
        pkcs11: { module: token.module, token: token.token, key },
      } as const
      const env = { COUNTERSIGN_PKCS11_PIN: token.pin }
      yield* Effect.gen(function* () {
        const audit = yield* Audit
        yield* audit.record({ ...event, class: "critical" })
      }).pipe(Effect.provide(Audit.layer(input, { env })))
      const printed = fs.readFileSync(`${directory}.vkey`, "utf8")
      const verifierKey = yield* Effect.fromResult(parseVerifierKey(printed))
      assert.deepStrictEqual(
        Buffer.from(verifierKey.publicKey),
        Buffer.from(publicKeyOf(privateKey)),
      )
      const report = yield* Effect.provide(verifyTrail(directory, { verifierKey }), NodeDisk.layer)
      assert.strictEqual(report.verdict, "verified")
      assert.isFalse(fs.existsSync(`${directory}.key`))
      for (const name of fs.readdirSync(directory, { recursive: true, encoding: "utf8" })) {
        const file = path.join(directory, name)
        if (!fs.statSync(file).isFile()) continue
        assert.notInclude(fs.readFileSync(file, "latin1"), token.module)
      }
    }),
  )

  it.live("takes the PIN from a file that only its owner can read", () =>
    Effect.gen(function* () {
      const { privateKey, token } = yield* withKey
      const pinFile = path.join(yield* temporaryDirectory, "pin")
      fs.writeFileSync(pinFile, `${token.pin}\n`, { mode: 0o600 })
      const signer = yield* openWith(token, { pinFile }, {})
      assert.isTrue(isValid(privateKey, "x", yield* signer.sign(Buffer.from("x"))))
      fs.chmodSync(pinFile, 0o640)
      const open = yield* Effect.flip(openWith(token, { pinFile }, {}))
      assert.strictEqual(open._tag, "PinRefused")
      assert.include(open.message, "chmod 600")
      assert.notInclude(open.message, token.pin)
      fs.writeFileSync(pinFile, "")
      fs.chmodSync(pinFile, 0o600)
      assert.include((yield* Effect.flip(openWith(token, { pinFile }, {}))).message, "one PIN")
      const absent = yield* Effect.flip(openWith(token, {}, {}))
      assert.include(absent.message, "set $TOKEN_PIN")
    }),
  )

  it.live("says which module can't be loaded, and why", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const absent = yield* Effect.flip(openWith({ ...token, module: "/nowhere/token.so" }))
      assert.strictEqual(absent._tag, "Pkcs11ModuleUnusable")
      assert.include(absent.message, "AUD-3801: PKCS#11 module /nowhere/token.so: can't be loaded")
      const file = path.join(yield* temporaryDirectory, "other.so")
      fs.writeFileSync(file, "no library")
      assert.strictEqual(
        (yield* Effect.flip(openWith({ ...token, module: file })))._tag,
        "Pkcs11ModuleUnusable",
      )
      const other = yield* Effect.flip(openWith({ ...token, module: "libm.so.6" }))
      assert.include(other.message, "C_GetFunctionList")
    }),
  )

  it.live("says what to install where koffi is absent", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Cryptoki.load("/some/token.so", () =>
          Promise.reject(new Error("Cannot find package 'koffi'")),
        ),
      )
      assert.include(error.message, "npm install koffi")
    }),
  )

  it.live("says that the token is not there, and which ones are", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const error = yield* Effect.flip(openWith({ ...token, token: "other" }))
      assert.strictEqual(error._tag, "TokenNotFound")
      assert.include(error.message, 'token "other": is not in any slot; there is "audit"')
    }),
  )

  it.live("refuses an absent key, a second one of that name, and one of another kind", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const absent = yield* Effect.flip(openWith(token, { key: "other" }))
      assert.strictEqual(absent._tag, "TokenKeyUnfit")
      assert.include(absent.message, "there is no private key with this label")
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
      token.putKey("ecdsa", privateKey)
      assert.include(
        (yield* Effect.flip(openWith(token, { key: "ecdsa" }))).message,
        "is no Ed25519 key",
      )
      token.putKey("ed448", generateKeyPairSync("ed448").privateKey)
      assert.include(
        (yield* Effect.flip(openWith(token, { key: "ed448" }))).message,
        "is no Ed25519 key",
      )
      token.putKey(key, newKey())
      assert.include((yield* Effect.flip(openWith(token))).message, "several private keys")
    }),
  )
})

describe("A signature", () => {
  /** How the module spoils what `C_Sign` wrote. */
  const faults: ReadonlyArray<readonly [string, (signature: Buffer, length: Buffer) => void]> = [
    [
      "does not fit the public key",
      (signature) => signature.writeUInt8(signature[0] === 0 ? 1 : 0),
    ],
    ["a signature of 63 bytes", (_signature, length) => length.writeBigUInt64LE(63n)],
  ]
  for (const [detail, spoil] of faults) {
    it.live(`is an error and no signature: ${detail}`, () =>
      Effect.gen(function* () {
        const { privateKey, token } = yield* withKey
        const signer = yield* openWith(token)
        let spoiled = 2
        // Challenges pass: what is spoiled are the two attempts at this text.
        const text = Buffer.from("checkpoint")
        const spy = yield* spyOn(token, (name, [, bytes, , signature, length]) => {
          if (name !== "C_Sign" || bytes !== text || spoiled === 0) return undefined
          if (!(signature instanceof Uint8Array) || !Buffer.isBuffer(length)) return undefined
          spoiled -= 1
          spoil(Buffer.from(signature.buffer, signature.byteOffset, signature.length), length)
          return undefined
        })
        const error = yield* Effect.flip(signer.sign(text))
        assert.isTrue(error.isRetryable)
        assert.include(error.message, `AUD-3805: token "audit": C_Sign: `)
        assert.include(error.message, detail)
        assert.isTrue(spy.mock.calls.some(([name]) => name === "C_CloseSession"))
        assert.isTrue(isValid(privateKey, "checkpoint", yield* signer.sign(text)))
      }),
    )
  }
})

describe("A PIN", () => {
  it.live("that is wrong is refused, and never shown", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const error = yield* Effect.flip(openWith(token, {}, { TOKEN_PIN: "9876" }))
      assert.strictEqual(error._tag, "PinRefused")
      assert.isFalse(error._tag === "PinRefused" && error.isRetryable)
      assert.include(error.message, "the PIN is wrong")
      assert.notInclude(JSON.stringify(error) + String(error), "9876")
    }),
  )

  it.live("that was refused once is not tried again by the same signer", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const signer = yield* openWith(token)
      const spy = yield* spyOn(token, (name) =>
        name === "C_Login" ? returned.pinIncorrect : undefined,
      )
      const logins = () => spy.mock.calls.filter(([name]) => name === "C_Login").length
      yield* crash(token)
      for (let time = 0; time < 3; time += 1) {
        const error = yield* Effect.flip(signer.sign(Buffer.from("x")))
        assert.isFalse(error.isRetryable)
        assert.include(error.message, "AUD-3803")
        assert.strictEqual(logins(), 1)
      }
    }),
  )

  it.live("is not tried where one more wrong one would lock the token", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const finalTry = 0x20000n
      const spy = yield* spyOn(token, (name, [, info]) => {
        if (name !== "C_GetTokenInfo" || !Buffer.isBuffer(info)) return undefined
        assert.lengthOf(info, tokenInfoBytes)
        info.writeBigUInt64LE(info.readBigUInt64LE(96) | finalTry, 96)
        return undefined
      })
      const error = yield* Effect.flip(openWith(token))
      assert.strictEqual(error._tag, "PinRefused")
      assert.include(error.message, "one more wrong PIN would lock it")
      assert.isFalse(spy.mock.calls.some(([name]) => name === "C_Login"))
    }),
  )
})

describe("A session", () => {
  it.live("that was lost is opened again with the next signature", () =>
    Effect.gen(function* () {
      const { privateKey, token } = yield* withKey
      const signer = yield* openWith(token)
      for (const text of ["a", "b"]) {
        yield* crash(token)
        assert.isTrue(isValid(privateKey, text, yield* signer.sign(Buffer.from(text))))
      }
    }),
  )

  it.live("waits for a token that was taken away, and goes on when it is back", () =>
    Effect.gen(function* () {
      const { privateKey, token } = yield* withKey
      const signer = yield* openWith(token)
      yield* crash(token)
      fs.renameSync(token.files, `${token.files}.away`)
      fs.mkdirSync(token.files)
      const away = yield* Effect.flip(signer.sign(Buffer.from("x")))
      assert.isTrue(away.isRetryable)
      assert.include(away.message, "AUD-3802")
      fs.rmSync(token.files, { recursive: true })
      fs.renameSync(`${token.files}.away`, token.files)
      yield* crash(token)
      assert.isTrue(isValid(privateKey, "x", yield* signer.sign(Buffer.from("x"))))
    }),
  )

  it.live("with another key under the same label is none", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const signer = yield* openWith(token)
      yield* crash(token)
      // Another token of the same name.
      yield* Effect.scoped(
        Effect.gen(function* () {
          const other = yield* withKey
          const error = yield* Effect.flip(signer.sign(Buffer.from("x")))
          assert.isFalse(error.isRetryable)
          assert.include(error.message, "another key than before")
          yield* crash(other.token)
        }),
      )
    }),
  )

  it.live("is closed with its scope, and so is the module", () =>
    Effect.gen(function* () {
      const { token } = yield* withKey
      const spy = yield* spyOn(token, () => undefined)
      const called = () => spy.mock.calls.map(([name]) => name)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* openWith(token)
          yield* Effect.scoped(openWith(token))
          assert.include(called(), "C_CloseSession")
          assert.notInclude(called(), "C_Finalize")
        }),
      )
      assert.strictEqual(called().filter((name) => name === "C_CloseSession").length, 2)
      assert.strictEqual(called().at(-1), "C_Finalize")
      assert.includeMembers(Object.keys(functionIndex), [...called()])
    }),
  )
})
