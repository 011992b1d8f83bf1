import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Syslog from "../mapping/Syslog.ts"
import { freePort } from "../testing/FreePort.ts"
import { records, trail } from "../testing/RecordFixture.ts"
import { localhostCertificate, syslogReceiver } from "../testing/SyslogReceiver.ts"
import * as SyslogSink from "./SyslogSink.ts"

const entries = records.map(({ text }) => Buffer.from(text))
const batch: DeliveredBatch = { trail, firstSequence: 0, entries, bytes: 0 }

describe("SyslogSink", () => {
  it.effect("sends each record as one message, counted in bytes", () =>
    Effect.gen(function* () {
      const { messages, port } = yield* syslogReceiver()
      const sink = yield* SyslogSink.make({ host: "127.0.0.1", port, tls: false })
      yield* sink.deliver(batch)
      assert.deepStrictEqual(
        messages.map((message) => message.toString("utf8")),
        records.map(Syslog.write),
      )
    }),
  )

  it.effect("sends over TLS, to whom it can trust", () =>
    Effect.gen(function* () {
      const certificate = localhostCertificate()
      const { messages, port } = yield* syslogReceiver(certificate)
      const trusting = yield* SyslogSink.make({
        host: "localhost",
        port,
        tls: { ca: certificate.cert },
      })
      yield* trusting.deliver(batch)
      assert.lengthOf(messages, records.length)

      const wary = yield* SyslogSink.make({ host: "localhost", port })
      const error = yield* Effect.flip(wary.deliver(batch))
      assert.match(error.message, /self.signed certificate/)
      // The right certificate, under another name.
      const other = yield* SyslogSink.make({
        host: "127.0.0.1",
        port,
        tls: { ca: certificate.cert },
      })
      assert.match((yield* Effect.flip(other.deliver(batch))).message, /IP: 127\.0\.0\.1 is not in/)
      assert.lengthOf(messages, records.length)
    }),
  )

  it.effect("does not call delivered what the receiver broke off", () =>
    Effect.gen(function* () {
      const { breakNext, messages, port } = yield* syslogReceiver()
      const sink = yield* SyslogSink.make({ host: "127.0.0.1", port, tls: false })
      breakNext()
      const large = Array.from({ length: 100 }, () => Buffer.alloc(60_000, 0x61))
      const error = yield* Effect.flip(sink.deliver({ ...batch, entries: large }))
      assert.strictEqual(error.reason, "unavailable")
      assert.isEmpty(messages)
      yield* sink.deliver(batch)
      assert.lengthOf(messages, records.length)
    }),
  )

  it.effect("does not call delivered what a receiver closes upon, also after a success", () =>
    Effect.gen(function* () {
      const { closeEarly, messages, port } = yield* syslogReceiver()
      const sink = yield* SyslogSink.make({ host: "127.0.0.1", port, tls: false })
      yield* sink.deliver(batch)
      closeEarly()
      for (let again = 0; again < 3; again++) {
        const error = yield* Effect.flip(sink.deliver(batch))
        assert.strictEqual(error.reason, "unavailable")
        assert.match(error.message, /closed before it had read|ECONNRESET|EPIPE/)
      }
      assert.lengthOf(messages, records.length)
    }),
  )

  it.effect("does not take another server for a receiver", () =>
    Effect.gen(function* () {
      // One of TLS closes what is no TLS, in the same way as a receiver that has read it.
      const { port } = yield* syslogReceiver(localhostCertificate())
      const sink = yield* SyslogSink.make({ host: "127.0.0.1", port, tls: false })
      const error = yield* Effect.flip(sink.deliver(batch))
      assert.strictEqual(error.reason, "unavailable")
      assert.match(error.message, /closed before it had read|none of syslog|ECONNRESET|EPIPE/)
    }),
  )

  it.live("gives up where nobody reads or listens", () =>
    Effect.gen(function* () {
      const { hangNext, messages, port } = yield* syslogReceiver()
      const options = { host: "127.0.0.1", tls: false, timeoutMillis: 100, holdMillis: 20 } as const
      const sink = yield* SyslogSink.make({ ...options, port })
      hangNext()
      assert.include((yield* Effect.flip(sink.deliver(batch))).message, "no answer in time")
      assert.isEmpty(messages)
      const nobody = yield* SyslogSink.make({ ...options, port: yield* Effect.promise(freePort) })
      assert.match((yield* Effect.flip(nobody.deliver(batch))).message, /ECONNREFUSED/)
    }),
  )

  it.effect("is not made without a host, with a port that is none, or without a hold", () =>
    Effect.gen(function* () {
      for (const options of [
        { host: "" },
        { host: "log.example", port: 0 },
        { host: "log.example", port: 65_536 },
        { host: "log.example", port: 1.5 },
        { host: "log.example", holdMillis: 0 },
        { host: "log.example", timeoutMillis: 100 },
      ]) {
        assert.strictEqual((yield* Effect.flip(SyslogSink.make(options))).code, "AUD-4602")
      }
    }),
  )
})
