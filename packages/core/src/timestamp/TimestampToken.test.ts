import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type TestAuthority, testAuthority } from "../testing/TestAuthority.ts"
import { loadCms } from "./Cms.ts"
import * as TimestampToken from "./TimestampToken.ts"

const content = Buffer.from("example.org/audit\n7\nroot\n\n— signature\n")
const other = Buffer.from("example.org/audit\n8\nroot\n\n— signature\n")

const nowMillis = () => Date.now()

const anchorsOf = ({ ca }: TestAuthority) =>
  TimestampToken.parseAnchors(fs.readFileSync(ca, "utf8"), ca)

/** An authority, what it was asked, and what it has answered. */
const asked = Effect.gen(function* () {
  const authority = yield* testAuthority
  const anchors = yield* anchorsOf(authority)
  const request = yield* TimestampToken.makeRequest(content)
  const response = authority.answer(request.bytes)
  const options = { response, content, anchors, nonce: request.nonce, nowMillis: nowMillis() }
  return { authority, anchors, request, options }
})

const faultOf = (options: TimestampToken.VerifyTimestampOptions) =>
  TimestampToken.verifyTimestamp(options).pipe(
    Effect.flip,
    Effect.map((error) => (error._tag === "TimestampInvalid" ? error.fault : error._tag)),
  )

describe("TimestampToken", () => {
  it.live("takes what a real authority answers, with its time", () =>
    Effect.gen(function* () {
      const before = Math.floor((yield* Clock.currentTimeMillis) / 1000) * 1000
      const { options } = yield* asked
      const timestamp = yield* TimestampToken.verifyTimestamp(options)
      assert.isAtLeast(timestamp.millis, before)
      assert.isAtMost(timestamp.millis, yield* Clock.currentTimeMillis)
      assert.strictEqual(timestamp.accuracyMillis, 1500)
      assert.strictEqual(timestamp.authority, "Test tsa")
      assert.strictEqual(timestamp.policy, "1.2.3.4.1")
    }),
  )

  it.live("asks with another nonce each time, in eight bytes", () =>
    Effect.gen(function* () {
      const nonces = yield* Effect.all(
        Array.from({ length: 50 }, () => TimestampToken.makeRequest(content)),
      )
      assert.strictEqual(new Set(nonces.map(({ nonce }) => nonce)).size, 50)
      for (const { nonce } of nonces) assert.isTrue(nonce >= 2n ** 62n && nonce < 2n ** 63n)
    }),
  )

  it.live("refuses a timestamp over other bytes", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      assert.strictEqual(yield* faultOf({ ...options, content: other }), "imprint")
    }),
  )

  it.live("refuses the answer to another request", () =>
    Effect.gen(function* () {
      const { options, request } = yield* asked
      assert.strictEqual(yield* faultOf({ ...options, nonce: request.nonce + 1n }), "nonce")
    }),
  )

  it.live("refuses an authority that the trusted certificates do not vouch for", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      const foreign = yield* testAuthority
      const anchors = yield* anchorsOf(foreign)
      assert.strictEqual(yield* faultOf({ ...options, anchors }), "chain")
      assert.strictEqual(yield* faultOf({ ...options, anchors: { certificates: [] } }), "chain")
    }),
  )

  it.live("verifies the signature where nobody is trusted", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      yield* TimestampToken.verifyTimestamp({ ...options, anchors: undefined })
    }),
  )

  it.live("refuses a certificate of the same CA that is not for timestamps alone", () =>
    Effect.gen(function* () {
      const { authority, options } = yield* asked
      const again = (certificate: Parameters<TestAuthority["signAgain"]>[1]) => ({
        ...options,
        response: authority.signAgain(options.response, certificate),
      })
      yield* TimestampToken.verifyTimestamp(again("tsa"))
      assert.strictEqual(yield* faultOf(again("lax")), "usage")
      assert.strictEqual(yield* faultOf(again("server")), "usage")
    }),
  )

  it.live("refuses a time at which the certificate was not valid, and one to come", () =>
    Effect.gen(function* () {
      const { authority, options } = yield* asked
      const response = authority.signAgain(options.response, "expired")
      assert.strictEqual(yield* faultOf({ ...options, response }), "chain")
      const day = 86_400_000
      assert.strictEqual(
        yield* faultOf({ ...options, nowMillis: (yield* Clock.currentTimeMillis) - day }),
        "time",
      )
    }),
  )

  it.live("does not follow certificates that lead in circles", () =>
    Effect.gen(function* () {
      const { authority, options } = yield* asked
      const response = authority.signAgain(options.response, "circle")
      assert.strictEqual(yield* faultOf({ ...options, response }), "chain")
    }),
  )

  it.live("refuses a refusal", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      const response = Buffer.from("30053003020102", "hex")
      assert.strictEqual(yield* faultOf({ ...options, response }), "refusal")
    }),
  )

  it.live("with a bit changed proves nothing, or the same", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      const genuine = yield* TimestampToken.verifyTimestamp(options)
      const faults = new Set<string>()
      let refused = 0
      for (let at = 0; at < options.response.length; at += 3) {
        const response = Buffer.from(options.response)
        response[at] = (response[at] ?? 0) ^ (1 << (at % 8))
        const outcome = yield* Effect.result(
          TimestampToken.verifyTimestamp({ ...options, response }),
        )
        if (outcome._tag === "Success") assert.deepStrictEqual(outcome.success, genuine)
        else {
          refused += 1
          assert.strictEqual(outcome.failure._tag, "TimestampInvalid")
          if (outcome.failure._tag === "TimestampInvalid") faults.add(outcome.failure.fault)
        }
      }
      assert.isAbove(refused, (options.response.length / 3) * 0.95)
      assert.includeMembers([...faults], ["form", "imprint", "nonce", "signature", "chain"])
    }),
  )

  it.live("cut anywhere, lengthened, or too long is refused", () =>
    Effect.gen(function* () {
      const { options } = yield* asked
      for (let length = 0; length < options.response.length; length += 7) {
        const response = options.response.subarray(0, length)
        assert.strictEqual(yield* faultOf({ ...options, response }), "form")
      }
      const longer = Buffer.concat([options.response, Buffer.of(0)])
      assert.strictEqual(yield* faultOf({ ...options, response: longer }), "form")
      const nested = Buffer.alloc(60_000, Buffer.of(0x30, 0x80))
      assert.strictEqual(yield* faultOf({ ...options, response: nested }), "form")
      const large = Buffer.alloc(TimestampToken.responseBytesMax + 1)
      assert.strictEqual(yield* faultOf({ ...options, response: large }), "form")
    }),
  )

  it.live("needs certificates to trust in PEM form", () =>
    Effect.gen(function* () {
      for (const pem of ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
        const error = yield* Effect.flip(TimestampToken.parseAnchors(pem, "/etc/tsa.pem"))
        assert.include(error.message, "AUD-3904: /etc/tsa.pem")
      }
    }),
  )

  it.live("says what to install where the packages are absent", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        loadCms(() => Promise.reject(new Error("Cannot find package 'pkijs'"))),
      )
      assert.include(
        error.message,
        "AUD-3903: timestamps need two packages more: npm install pkijs asn1js",
      )
    }),
  )
})
