import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { LogRecord } from "../mapping/Otlp.ts"
import { httpReceiver } from "../testing/HttpReceiver.ts"
import { records, trail } from "../testing/RecordFixture.ts"
import * as OtlpSink from "./OtlpSink.ts"

const entries = records.map(({ text }) => Buffer.from(text))
const batch: DeliveredBatch = { trail, firstSequence: 0, entries, bytes: 0 }

interface Request {
  readonly resourceLogs: ReadonlyArray<{
    readonly resource: unknown
    readonly scopeLogs: ReadonlyArray<{
      readonly logRecords: ReadonlyArray<LogRecord>
    }>
  }>
}

const logsOf = (body: Buffer) => {
  const request: Request = JSON.parse(body.toString("utf8"))
  return request.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords),
  )
}

const opened = (options: Partial<OtlpSink.OtlpSinkOptions> = {}) =>
  Effect.gen(function* () {
    const receiver = yield* httpReceiver()
    const sink = yield* OtlpSink.make({ url: `${receiver.url}/v1/logs`, ...options })
    yield* Effect.addFinalizer(() => sink.close)
    return { receiver, sink }
  })

describe("OtlpSink", () => {
  it.effect("sends a batch as one request, compressed, with the records' own bytes", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened({ headers: { "x-api-key": "k" }, service: "clinic" })
      yield* sink.deliver(batch)
      const [request, ...others] = receiver.requests
      assert.isEmpty(others)
      if (request === undefined) return
      assert.strictEqual(request.path, "/v1/logs")
      assert.include(request.headers, {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "x-api-key": "k",
      })
      assert.deepStrictEqual(
        logsOf(request.body).map(({ body }) => body.stringValue),
        records.map(({ text }) => text),
      )
      assert.include(
        request.body.toString(),
        '"key":"service.name","value":{"stringValue":"clinic"}',
      )
    }),
  )

  it.effect("keeps its connection", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened({ isCompressed: false })
      yield* sink.deliver(batch)
      yield* sink.deliver(batch)
      const [first, second] = receiver.requests
      assert.isDefined(second)
      assert.strictEqual(first?.port, second?.port)
    }),
  )

  it.effect("sends a record that is no event as it is", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      yield* sink.deliver({ ...batch, firstSequence: 41, entries: [Buffer.from('{"x":1}')] })
      const [log] = logsOf(receiver.requests[0]?.body ?? Buffer.from("{}"))
      assert.deepStrictEqual(log, {
        body: { stringValue: '{"x":1}' },
        attributes: [
          { key: "audit.trail", value: { stringValue: trail } },
          { key: "audit.sequence", value: { intValue: "41" } },
        ],
      })
    }),
  )

  for (const rejected of ['"2"', "2"]) {
    it.effect(`has a batch cut in halves where the receiver refused a part (${rejected})`, () =>
      Effect.gen(function* () {
        const { receiver, sink } = yield* opened()
        receiver.answerNext({
          status: 200,
          body: `{"partialSuccess":{"rejectedLogRecords":${rejected},"errorMessage":"too old"}}`,
        })
        const error = yield* Effect.flip(sink.deliver(batch))
        assert.strictEqual(error.reason, "rejected")
        assert.include(error.message, '2 of 5 records: "too old"')
      }),
    )
  }

  it.effect("takes a warning that refuses nothing for a success", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      for (const body of ['{"partialSuccess":{"errorMessage":"slow"}}', "{}", ""]) {
        receiver.answerNext({ status: 200, body })
        yield* sink.deliver(batch)
      }
      assert.lengthOf(receiver.requests, 3)
    }),
  )

  it.effect("does not believe an answer of 200 that is not OTLP", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      for (const body of [
        "<html>sign in</html>",
        '{"partialSuccess":{"rejectedLogRecords":"some"}}',
        '{"partialSuccess":{"rejectedLogRecords":-1}}',
      ]) {
        receiver.answerNext({ status: 200, body })
        const error = yield* Effect.flip(sink.deliver(batch))
        assert.strictEqual(error.reason, "unavailable")
        assert.include(error.message, "not OTLP")
      }
    }),
  )

  it.effect("asks nothing before the pause is over that the receiver asked for", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      receiver.answerNext({ status: 429, headers: { "retry-after": "30" } })
      assert.include((yield* Effect.flip(sink.deliver(batch))).message, "it answered 429")
      yield* TestClock.adjust("29 seconds")
      assert.include((yield* Effect.flip(sink.deliver(batch))).message, "1 s more")
      assert.lengthOf(receiver.requests, 1)
      yield* TestClock.adjust("1 second")
      yield* sink.deliver(batch)
      assert.lengthOf(receiver.requests, 2)
    }),
  )

  it.effect("waits no longer when the clock is set back in that pause", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      const clock = yield* Clock.Clock
      receiver.answerNext({ status: 429, headers: { "retry-after": "30" } })
      yield* Effect.flip(sink.deliver(batch))
      yield* TestClock.adjust("30 seconds")
      const setBack = Effect.provideService(Clock.Clock, {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - 86_400_000,
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now - 86_400_000),
        currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() - 86_400_000_000_000n,
        currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now - 86_400_000_000_000n),
        monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: clock.monotonicTimeNanos,
        sleep: (duration) => clock.sleep(duration),
      })
      yield* setBack(sink.deliver(batch))
      assert.lengthOf(receiver.requests, 2)
    }),
  )

  it.live("gives up a request that nobody answers, and connects anew", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened({ timeoutMillis: 100 })
      receiver.answerNext("hang")
      const error = yield* Effect.flip(sink.deliver(batch))
      assert.include(error.message, "no answer in time")
      yield* sink.deliver(batch)
      const [first, second] = receiver.requests
      assert.notStrictEqual(first?.port, second?.port)
    }),
  )

  it.effect("judges an answer of more than 64 KiB by its status and its beginning", () =>
    Effect.gen(function* () {
      const { receiver, sink } = yield* opened()
      const long = (start: string) => ({ status: 200, body: start + "x".repeat(70_000) })
      receiver.answerNext(long('{"partialSuccess":{"errorMessage":"'))
      yield* sink.deliver(batch)
      const refused = '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"'
      for (const [start, reason] of [
        [refused, "rejected"],
        ["<html>sign in", "unavailable"],
      ] as const) {
        receiver.answerNext(long(start))
        assert.strictEqual((yield* Effect.flip(sink.deliver(batch))).reason, reason)
      }
    }),
  )

  it.effect("is not made with a URL that can't be asked, which the error does not repeat", () =>
    Effect.gen(function* () {
      for (const url of ["", "collector:4318", "file:///etc/passwd", "http://me:canary@x/"]) {
        const error = yield* Effect.flip(OtlpSink.make({ url }))
        assert.strictEqual(error.code, "AUD-4602")
        assert.notInclude(error.message, "canary")
      }
    }),
  )

  it.effect(
    "is not made with a header that can't be sent, whose value the error does not repeat",
    () =>
      Effect.gen(function* () {
        const url = "http://127.0.0.1:4318/v1/logs"
        for (const headers of [
          { "x-api-key": "canary\n" },
          { "x-api-key": "canary\r\nx: y" },
          { "x api key": "canary" },
          { "": "canary" },
        ]) {
          const error = yield* Effect.flip(OtlpSink.make({ url, headers }))
          assert.strictEqual(error.code, "AUD-4602")
          assert.include(error.message, "header")
          assert.notInclude(error.message, "canary")
        }
      }),
  )
})
