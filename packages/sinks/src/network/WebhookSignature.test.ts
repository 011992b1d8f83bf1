import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { headersOf, secretOf, verify, type WebhookSecret } from "./WebhookSignature.ts"

const secret = (text: string): WebhookSecret => {
  const found = secretOf(text)
  if (found === undefined) throw new Error("no secret")
  return found
}

const ours = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
const theirs = secret(Buffer.alloc(32, 7).toString("base64"))
const message = { id: "msg_1", timestamp: 1_795_251_600, body: Buffer.from('{"a":1}') }

interface Change {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly nowSeconds?: number
  readonly secrets?: ReadonlyArray<WebhookSecret>
}

const judged = (change: Change = {}, signers: ReadonlyArray<WebhookSecret> = [ours]): string => {
  const headers: Readonly<Record<string, string>> = {
    ...headersOf(signers, message),
    ...change.headers,
  }
  return Result.match(
    verify(change.secrets ?? [ours], {
      header: (name) => headers[name],
      body: Buffer.from(change.body ?? message.body),
      nowSeconds: change.nowSeconds ?? message.timestamp,
    }),
    { onSuccess: (id) => id, onFailure: ({ reason }) => reason },
  )
}

describe("WebhookSignature", () => {
  // From the specification's own example: secret, id, time and body with their signature.
  it("agrees with the published example of Standard Webhooks", () => {
    const headers = headersOf([ours], {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1_614_265_330,
      body: Buffer.from('{"test": 2432232314}'),
    })
    assert.strictEqual(
      headers["webhook-signature"],
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    )
  })

  it("is believed as it was sent, with either key while it is being changed", () => {
    assert.strictEqual(judged(), "msg_1")
    assert.strictEqual(judged({ secrets: [theirs] }, [ours, theirs]), "msg_1")
    assert.strictEqual(judged({ secrets: [theirs, ours] }), "msg_1")
  })

  it("is not believed with another body, id, time or key", () => {
    assert.strictEqual(judged({ body: '{"a":2}' }), "signature")
    assert.strictEqual(judged({ headers: { "webhook-id": "msg_2" } }), "signature")
    assert.strictEqual(judged({ headers: { "webhook-timestamp": "1795251601" } }), "signature")
    assert.strictEqual(judged({ secrets: [theirs] }), "signature")
    assert.strictEqual(judged({ secrets: [] }), "signature")
  })

  it("is not believed where the parts are shifted into each other", () => {
    const [id, time] = ["msg_1.1795251600", "1"]
    assert.strictEqual(
      judged({ headers: { "webhook-id": id, "webhook-timestamp": time } }),
      "signature",
    )
  })

  it("is not believed long before or after it was signed", () => {
    assert.strictEqual(judged({ nowSeconds: message.timestamp + 300 }), "msg_1")
    assert.strictEqual(judged({ nowSeconds: message.timestamp + 301 }), "time")
    assert.strictEqual(judged({ nowSeconds: message.timestamp - 301 }), "time")
  })

  it("is good for twice the tolerance where it comes from the future", () => {
    const times = [-301, -300, 300, 301].map((off) =>
      judged({ nowSeconds: message.timestamp + off }),
    )
    assert.deepStrictEqual(times, ["time", "msg_1", "msg_1", "time"])
  })

  it("is not believed without its headers, or with others in their place", () => {
    for (const [name, value, reason] of [
      ["webhook-id", "", "missing"],
      ["webhook-timestamp", "yesterday", "missing"],
      ["webhook-timestamp", "1e9", "missing"],
      ["webhook-signature", "", "signature"],
      ["webhook-signature", "v1,", "signature"],
      ["webhook-signature", "v2,AAAA v1,****", "signature"],
    ] as const) {
      assert.strictEqual(judged({ headers: { [name]: value } }), reason, `${name}: ${value}`)
    }
  })

  it("takes no secret that is too short, too long or no base64, and shows none", () => {
    for (const text of ["", "whsec_", "abc", "A".repeat(28), "A".repeat(100), "!".repeat(40)]) {
      assert.isUndefined(secretOf(text), text)
    }
    assert.notInclude(`${inspect(ours)} ${JSON.stringify(ours)}`, "MfKQ9r8G")
  })

  it.prop(
    "holds for what was signed and for nothing else",
    {
      body: Schema.Uint8Array,
      at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9999 })),
    },
    ({ at, body }) => {
      const headers = headersOf([ours], { ...message, body })
      const of = (received: Uint8Array) =>
        Result.isSuccess(
          verify([ours], {
            header: (name) => headers[name],
            body: received,
            nowSeconds: message.timestamp,
          }),
        )
      assert.isTrue(of(body))
      if (body.length === 0) return
      const changed = Uint8Array.from(body)
      changed[at % body.length] = (changed[at % body.length] ?? 0) ^ 1
      assert.isFalse(of(changed))
    },
  )
})
