import { type DeliveredBatch, endOf } from "@countersign/core/engine/Sink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { httpReceiver, type ReceivedRequest } from "../testing/HttpReceiver.ts"
import { records, trail } from "../testing/RecordFixture.ts"
import { localhostCertificate } from "../testing/SyslogReceiver.ts"
import type { Resolve } from "./GuardedLookup.ts"
import type { TlsOptions } from "./HttpRequest.ts"
import { secretOf, verify } from "./WebhookSignature.ts"
import * as WebhookSink from "./WebhookSink.ts"

const entries = records.map(({ text }) => Buffer.from(text))
const batch: DeliveredBatch = { trail, firstSequence: 0, entries, bytes: 0 }
const secrets = [secretOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")].flatMap(
  (secret) => secret ?? [],
)
const allowed = { secrets, allowsHttp: true, allowedNetworks: ["127.0.0.0/8"] }

const opened = (options: Partial<WebhookSink.WebhookSinkOptions> = {}) =>
  Effect.gen(function* () {
    const receiver = yield* httpReceiver()
    const sink = yield* WebhookSink.make({ url: `${receiver.url}/hook`, ...allowed, ...options })
    yield* Effect.addFinalizer(() => sink.close)
    return { receiver, sink }
  })

const verified = ({ body, headers }: ReceivedRequest, nowSeconds: number): string =>
  Result.match(
    verify(secrets, {
      header: (name) => headers[name]?.toString(),
      body,
      nowSeconds,
    }),
    { onSuccess: (id) => id, onFailure: ({ message }) => message },
  )

const toLoopback: Resolve = (_hostname, callback) =>
  callback(null, [{ address: "127.0.0.1", family: 4 }])

describe("WebhookSink", () => {
  it.effect("posts a signed batch of CloudEvents with the records' own bytes", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      yield* TestClock.adjust("1000 seconds")
      yield* sink.deliver(batch)
      const [request] = receiver.requests
      if (request === undefined) return assert.fail("nothing came")
      assert.include(request.headers, {
        "content-type": "application/cloudevents-batch+json",
        "webhook-timestamp": "1000",
      })
      assert.match(verified(request, 1000), /^msg_[\da-f]{16}_0_5$/)
      const text = request.body.toString()
      for (const record of records) assert.include(text, `"data":${record.text}}`)
      assert.lengthOf(JSON.parse(text), endOf(batch))
    }),
  )

  it.effect("names the same records by the same id, and others by another", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      yield* sink.deliver(batch)
      yield* sink.deliver(batch)
      yield* sink.deliver({ ...batch, firstSequence: 5 })
      yield* sink.deliver({ ...batch, trail: "other.example" })
      const [first, again, ...others] = receiver.requests.map(
        ({ headers }) => headers["webhook-id"],
      )
      assert.strictEqual(first, again)
      assert.strictEqual(new Set([first, ...others]).size, 3)
    }),
  )

  it.effect("does not follow a redirection", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      for (const status of [301, 302, 303, 307, 308]) {
        receiver.answerNext({ status, headers: { location: `${receiver.url}/elsewhere` } })
        const error = yield* Effect.flip(sink.deliver(batch))
        assert.strictEqual(error.reason, "unavailable")
        assert.include(error.message, "A redirection is not followed")
      }
      assert.deepStrictEqual(new Set(receiver.requests.map(({ path }) => path)), new Set(["/hook"]))
    }),
  )

  it.effect("takes a success for one, however long the answer is, and reads no more of it", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      receiver.answerNext({ status: 200, body: Buffer.alloc(1_000_000, 0x20) })
      yield* sink.deliver(batch)
      yield* sink.deliver(batch)
      const [first, second, ...others] = receiver.requests
      assert.isEmpty(others)
      assert.notStrictEqual(first?.port, second?.port)
    }),
  )

  it.live("takes a success for one though its answer never ends", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened({ timeoutMillis: 100 })
      // More bytes are promised than come.
      receiver.answerNext({ status: 200, headers: { "content-length": "100" }, body: "thanks" })
      yield* sink.deliver(batch)
      assert.lengthOf(receiver.requests, 1)
    }),
  )

  it.effect("shows nobody what a server answered", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      for (const status of [200, 302, 400, 500]) {
        receiver.answerNext({ status, body: "canary" })
        const said = yield* sink.deliver(batch).pipe(
          Effect.as(""),
          Effect.catch(({ message }) => Effect.succeed(message)),
        )
        assert.notInclude(said, "canary")
      }
    }),
  )

  it.effect("asks no address that is not public unless its network is allowed", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened({ allowedNetworks: ["10.0.0.0/8"] })
      const error = yield* Effect.flip(sink.deliver(batch))
      assert.strictEqual(error.reason, "unavailable")
      assert.include(error.message, "127.0.0.1 is not public (loopback)")
      assert.isEmpty(receiver.requests)
    }),
  )

  it.effect("asks no name that leads to one", () =>
    Effect.gen(function* () {
      const receiver = yield* httpReceiver()
      const url = receiver.url.replace("127.0.0.1", "hook.example")
      const make = (allowedNetworks: ReadonlyArray<string>) =>
        WebhookSink.make({ ...allowed, url, allowedNetworks, resolve: toLoopback })
      const sink = yield* make([])
      const error = yield* Effect.flip(sink.deliver(batch))
      assert.include(error.message, "hook.example is refused: 127.0.0.1 is not public")
      assert.isEmpty(receiver.requests)
      // The same name with the network allowed: the refusal was not for another reason.
      const allowing = yield* make(["127.0.0.1"])
      yield* allowing.deliver(batch)
      assert.lengthOf(receiver.requests, 1)
      yield* allowing.close
    }),
  )

  it.effect("goes over TLS to whom the certificate names", () =>
    Effect.gen(function* () {
      const certificate = localhostCertificate()
      const receiver = yield* httpReceiver({ certificate })
      const make = (host: string, tls?: TlsOptions) =>
        WebhookSink.make({
          url: receiver.url.replace("127.0.0.1", host),
          secrets,
          allowedNetworks: ["127.0.0.1"],
          resolve: toLoopback,
          tls,
        })
      const trusting = yield* make("localhost", { ca: certificate.cert })
      yield* trusting.deliver(batch)
      assert.lengthOf(receiver.requests, 1)
      const wary = yield* make("localhost")
      assert.match((yield* Effect.flip(wary.deliver(batch))).message, /self.signed certificate/)
      const other = yield* make("hook.example", { ca: certificate.cert })
      assert.match((yield* Effect.flip(other.deliver(batch))).message, /hook\.example\. is not in/)
      assert.lengthOf(receiver.requests, 1)
    }),
  )

  it.effect("is not made without a secret, over http, or with a network that is none", () =>
    Effect.gen(function* () {
      const url = "https://hook.example/"
      for (const [options, said] of [
        [{ url, secrets: [] }, "it needs a secret"],
        [{ url: "http://hook.example/", secrets }, "its URL is not https"],
        [{ url, secrets, allowedNetworks: ["10.0.0.0/8", "lan"] }, "lan is no network"],
        [{ url: "https://me:canary@hook.example/", secrets }, "user name and a password"],
      ] as const) {
        const error = yield* Effect.flip(WebhookSink.make(options))
        assert.include(error.message, said)
        assert.notInclude(error.message, "canary")
      }
    }),
  )
})
