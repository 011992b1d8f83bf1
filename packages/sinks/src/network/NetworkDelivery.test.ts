import { openAudit } from "@countersign/core/NodeAudit"
import type { Sink } from "@countersign/core/engine/Sink"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { httpReceiver, type ReceivedRequest } from "../testing/HttpReceiver.ts"
import { syslogReceiver } from "../testing/SyslogReceiver.ts"
import * as OtlpSink from "./OtlpSink.ts"
import * as SyslogSink from "./SyslogSink.ts"

const count = 40

/** Records events through an engine with one sink, and waits until all that is durable has passed it. */
const delivered = (sink: Sink) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    return yield* Effect.promise(async () => {
      const audit = await openAudit(
        {
          directory: `${directory}/trail`,
          sinks: [sink],
          restart: { backoffMinMillis: 1, backoffMaxMillis: 20 },
        },
        { env: {} },
      )
      const recorded = Array.from({ length: count }, (_, n) =>
        audit.record({
          id: `event-${n}`,
          type: "load.event.written",
          // Its receipt comes when it is durable, so that the size below counts it.
          class: "compliance",
          actor: { id: "u-1" },
          outcome: "success",
        }),
      )
      await Promise.all(recorded)
      const status = () => {
        const { durableSize, sinks } = audit.status()
        return { size: durableSize, sink: sinks[0] }
      }
      while (status().sink?.cursor !== status().size) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const { sink: last } = status()
      await audit.close()
      return last
    })
  })

const idsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\\?"id\\?":\\?"(event-\d+)\\?"/g)].map(([, id = ""]) => id)

const firstCopies = (ids: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(ids)]

const all = Array.from({ length: count }, (_, n) => `event-${n}`)

/** The ids of requests whose answer was a success. */
const taken = (
  requests: ReadonlyArray<ReceivedRequest>,
  isTaken: (request: ReceivedRequest) => boolean,
) => requests.filter(isTaken).flatMap(({ body }) => idsIn(body.toString("utf8")))

describe("an engine that delivers over a network", () => {
  it.live("brings every record in order to a receiver that fails now and then", () =>
    Effect.gen(function* () {
      let asked = 0
      const refused = new Set<ReceivedRequest>()
      const receiver = yield* httpReceiver({
        answer: (request) => {
          asked += 1
          if (asked % 2 === 0) return { status: 200 }
          refused.add(request)
          return { status: 503 }
        },
      })
      const sink = yield* OtlpSink.make({ url: receiver.url, timeoutMillis: 200 })
      receiver.answerNext("hang")
      const status = yield* delivered(sink)
      assert.strictEqual(status?.deadLetters, 0)
      const ids = taken(receiver.requests, (request) => !refused.has(request))
      assert.deepStrictEqual(firstCopies(ids), all)
    }),
  )

  it.live("brings every record to a receiver that refuses all of them at first", () =>
    Effect.gen(function* () {
      // As a server of TLS answers what comes in the clear.
      const answer = { status: 400, body: "Client sent an HTTP request to an HTTPS server." }
      let asked = 0
      const refused = new Set<ReceivedRequest>()
      const receiver = yield* httpReceiver({
        answer: (request) => {
          asked += 1
          if (asked > 12) return { status: 200 }
          refused.add(request)
          return answer
        },
      })
      const sink = yield* OtlpSink.make({ url: receiver.url })
      const status = yield* delivered(sink)
      assert.strictEqual(status?.deadLetters, 0)
      const ids = taken(receiver.requests, (request) => !refused.has(request))
      assert.deepStrictEqual(firstCopies(ids), all)
    }),
  )

  it.live("sets one record aside that the receiver refuses, and brings the others", () =>
    Effect.gen(function* () {
      const poison = "event-17"
      const isPoisoned = ({ body }: ReceivedRequest) =>
        idsIn(body.toString("utf8")).includes(poison)
      const receiver = yield* httpReceiver({
        answer: (request) => ({
          status: 200,
          body: isPoisoned(request) ? '{"partialSuccess":{"rejectedLogRecords":"1"}}' : "{}",
        }),
      })
      const status = yield* delivered(yield* OtlpSink.make({ url: receiver.url }))
      assert.strictEqual(status?.deadLetters, 1)
      const ids = taken(receiver.requests, (request) => !isPoisoned(request))
      assert.deepStrictEqual(
        firstCopies(ids),
        all.filter((id) => id !== poison),
      )
    }),
  )

  it.live("brings every record in order to a syslog receiver that breaks off", () =>
    Effect.gen(function* () {
      const receiver = yield* syslogReceiver()
      receiver.breakNext()
      receiver.breakNext()
      const sink = yield* SyslogSink.make({ host: "127.0.0.1", port: receiver.port, tls: false })
      const status = yield* delivered(sink)
      assert.strictEqual(status?.deadLetters, 0)
      const ids = receiver.messages.flatMap((message) =>
        idsIn(message.toString("utf8").replace(/^.*?\] \ufeff/s, "")),
      )
      assert.deepStrictEqual(firstCopies(ids), all)
    }),
  )
})
