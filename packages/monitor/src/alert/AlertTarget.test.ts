import { createHmac } from "node:crypto"
import * as dgram from "node:dgram"
import * as http from "node:http"
import * as net from "node:net"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { AlertBook, type AlertChange } from "./AlertBook.ts"
import { NoticeFailed, sending } from "./AlertTarget.ts"
import type { Notice } from "./Notice.ts"
import * as SyslogTarget from "./SyslogTarget.ts"
import * as WebhookTarget from "./WebhookTarget.ts"

const startedAt = { nowMillis: 0, dateMillis: Date.parse("2026-11-21T12:00:00Z") }

const changed = (queue: string): AlertChange => {
  const book = new AlertBook(
    {
      rules: [
        {
          name: "deep",
          kind: "threshold",
          of: { metric: "depth" },
          is: "above",
          bound: 10,
          severity: "critical",
          summary: "{labels.queue} is deep",
        },
      ],
    },
    { startedAt },
  )
  const [change] = book.observeOne({ name: "depth", labels: { queue }, value: 11 }, startedAt)
  if (change === undefined) throw new Error("no alert")
  return change
}
const notice: Notice = {
  group: "deep",
  atMillis: startedAt.dateMillis,
  changes: [changed("a")],
  omitted: 0,
}

const failed = (isRetryable: boolean) =>
  new NoticeFailed({ target: "t", isRetryable, detail: "nobody is there" })

/** Until it is so; real sockets are awaited here. */
const until = (isSo: () => boolean) =>
  Effect.whileLoop({
    while: () => !isSo(),
    body: () => Effect.sleep(5),
    step: () => undefined,
  }).pipe(Effect.timeout("5 seconds"))

describe("a target that sends", () => {
  it.effect("tries again after waits that double, in order, and counts", () =>
    Effect.gen(function* () {
      const tried: Array<string> = []
      let isDown = true
      const target = yield* sending("t", ({ group }) =>
        Effect.suspend(() => {
          tried.push(group)
          return isDown ? Effect.fail(failed(true)) : Effect.void
        }),
      )
      target.tell({ ...notice, group: "first" })
      target.tell({ ...notice, group: "second" })
      yield* TestClock.adjust("499 millis")
      assert.lengthOf(tried, 1)
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(tried, 2)
      assert.deepInclude(target.counts(), { told: 0, waiting: 2, lastFailure: "nobody is there" })
      isDown = false
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual(tried, ["first", "first", "first", "second"])
      assert.deepInclude(target.counts(), { told: 2, waiting: 0, failed: 0, dropped: 0 })
    }),
  )

  it.effect("gives up what is refused at once, and what fails in the end", () =>
    Effect.gen(function* () {
      let tries = 0
      const target = yield* sending(
        "t",
        ({ group }) =>
          Effect.suspend(() => {
            tries += 1
            return Effect.fail(failed(group === "again"))
          }),
        { triesMax: 3 },
      )
      target.tell({ ...notice, group: "refused" })
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual([tries, target.counts().failed], [1, 1])
      target.tell({ ...notice, group: "again" })
      yield* TestClock.adjust("1 minutes")
      assert.deepStrictEqual([tries, target.counts().failed], [4, 2])
    }),
  )

  it.effect("drops what has no room, and says how often", () =>
    Effect.gen(function* () {
      const target = yield* sending("t", () => Effect.never, { waitingMax: 2, drainMillis: 0 })
      yield* TestClock.adjust("1 millis")
      for (let count = 0; count < 10; count++) target.tell(notice)
      assert.strictEqual(target.counts().waiting + target.counts().dropped, 10)
      assert.isAtMost(target.counts().waiting, 3)
    }),
  )

  it.effect("does not wait for one that never answers", () =>
    Effect.gen(function* () {
      let tries = 0
      const target = yield* sending("t", () => {
        tries += 1
        return Effect.never
      })
      target.tell(notice)
      yield* TestClock.adjust("10500 millis")
      assert.strictEqual(tries, 2)
      assert.strictEqual(target.counts().lastFailure, "no answer within 10000 ms")
      yield* TestClock.adjust("1 hours")
    }),
  )

  it.effect("goes on with the next where sending one throws", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const target = yield* sending("t", ({ group }) => {
        if (group === "broken") throw new Error("no such property")
        return Effect.sync(() => void told.push(group))
      })
      target.tell({ ...notice, group: "broken" })
      target.tell({ ...notice, group: "whole" })
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(told, ["whole"])
      assert.deepInclude(target.counts(), {
        told: 1,
        waiting: 0,
        failed: 1,
        lastFailure: "it threw: no such property",
      })
    }),
  )

  it.live("sends what waits before it closes", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          const target = yield* sending("t", ({ group }) =>
            Effect.andThen(
              Effect.sleep(20),
              Effect.sync(() => void told.push(group)),
            ),
          )
          target.tell({ ...notice, group: "first" })
          target.tell({ ...notice, group: "last" })
        }),
      )
      assert.deepStrictEqual(told, ["first", "last"])
    }),
  )
})

const secret = Buffer.alloc(32, 7).toString("base64")

interface Received {
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** A server that answers with these, then with 204. */
const receiver = (...answers: ReadonlyArray<number>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<Received> = []
      const server = http.createServer((incoming, outgoing) => {
        let body = ""
        incoming.setEncoding("utf8").on("data", (text: string) => (body += text))
        incoming.on("end", () => {
          requests.push({ headers: incoming.headers, body })
          outgoing.writeHead(answers[requests.length - 1] ?? 204).end()
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      // Listening on a port, a server has an address of this kind.
      const { port } = server.address() as net.AddressInfo
      return { url: `http://127.0.0.1:${port}/alerts`, requests, server }
    }),
    ({ server }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      ),
  )

describe("WebhookTarget", () => {
  it.live("posts a notice, signed, and again under the same id where it failed", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* receiver(503)
      const target = yield* WebhookTarget.make({
        url,
        secret: Redacted.make(`whsec_${secret}`),
        backoffMillis: 1,
      })
      target.tell(notice)
      yield* until(() => target.counts().told === 1)
      assert.strictEqual(requests[0]?.headers["webhook-id"], requests[1]?.headers["webhook-id"])
      const { body, headers } = requests[1] ?? { body: "", headers: {} }
      const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`
      const mac = createHmac("sha256", Buffer.from(secret, "base64"))
        .update(signed)
        .digest("base64")
      assert.strictEqual(headers["webhook-signature"], `v1,${mac}`)
      assert.deepInclude(JSON.parse(body), {
        type: "countersign.alerts",
        at: "2026-11-21T12:00:00.000Z",
        changes: [{ turn: "firing", alert: notice.changes[0]?.alert }],
      })
    }),
  )

  it.live("takes a refusal for final", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* receiver(400)
      const target = yield* WebhookTarget.make({
        url: `${url}/canary?key=canary`,
        secret: Redacted.make(secret),
        backoffMillis: 1,
      })
      target.tell(notice)
      yield* until(() => target.counts().failed === 1)
      assert.lengthOf(requests, 1)
      assert.include(target.counts().lastFailure, "answers 400")
      assert.notInclude(target.counts().lastFailure, "canary")
    }),
  )

  it.effect("is not made without a secret, nor over http to elsewhere", () =>
    Effect.gen(function* () {
      for (const [url, key, said] of [
        ["https://hook.example/", "short", "its secret is not base64"],
        ["http://hook.example/", secret, "its URL is not https"],
        ["https://me:canary@hook.example/", secret, "its URL is none"],
      ] as const) {
        const error = yield* Effect.flip(
          WebhookTarget.make({ url, secret: Redacted.make(key) }).pipe(Effect.scoped),
        )
        assert.include(error.message, said)
        assert.notInclude(error.message, "canary")
      }
    }),
  )
})

/** A stream server of syslog; keeps what each connection said. */
const syslogServer = (listen: { readonly path: string } | { readonly port: 0 }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const streams: Array<string> = []
      const server = net.createServer((socket) => {
        let text = ""
        socket.setEncoding("utf8").on("data", (piece: string) => (text += piece))
        socket.on("end", () => void streams.push(text))
      })
      await new Promise<void>((resolve) =>
        server.listen({ ...listen, ...("port" in listen ? { host: "127.0.0.1" } : {}) }, resolve),
      )
      return { server, streams }
    }),
    ({ server }) =>
      Effect.promise(() => new Promise<void>((resolve) => server.close(() => resolve()))),
  )

// RFC 5424: priority 13 * 8 + 2, structured data, and the message after a byte order mark.
const message =
  /^<106>1 2026-11-21T12:00:00\.000Z host countersign \d+ firing \[alert@32473 id="deep\/depth\{queue=\\"a\\"\}" rule="deep" severity="critical" subject="depth\{queue=\\"a\\"\}" value="11"\] \ufeffcountersign alert: firing: critical deep: a is deep$/

describe("SyslogTarget", () => {
  it.live("counts octets over TCP, and over a socket of this machine", () =>
    Effect.gen(function* () {
      const path = `${yield* temporaryDirectory}/log`
      const tcp = yield* syslogServer({ port: 0 })
      const unix = yield* syslogServer({ path })
      // Listening on a port, a server has an address of this kind.
      const { port } = tcp.server.address() as net.AddressInfo
      for (const [to, streams] of [
        [{ kind: "tcp", host: "127.0.0.1", port }, tcp.streams],
        [{ kind: "unix", path }, unix.streams],
      ] as const) {
        const target = yield* SyslogTarget.make({ to, hostname: "host" })
        target.tell({ ...notice, changes: [changed("a"), changed("b")] })
        yield* until(() => target.counts().told === 1)
        const [text = ""] = streams
        const [, digits, rest = ""] = /^(\d+) (.*)$/s.exec(text) ?? []
        const first = Buffer.from(rest).subarray(0, Number(digits)).toString("utf8")
        assert.match(first, message)
        assert.match(rest.slice(first.length), /^\d+ <106>1 .*b is deep$/s)
      }
    }),
  )

  it.live("sends a datagram for each change over UDP", () =>
    Effect.gen(function* () {
      const socket = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const made = dgram.createSocket("udp4")
          await new Promise<void>((resolve) => made.bind(0, "127.0.0.1", resolve))
          return made
        }),
        (made) => Effect.sync(() => made.close()),
      )
      const messages: Array<string> = []
      socket.on("message", (bytes) => void messages.push(bytes.toString("utf8")))
      const to = { kind: "udp", host: "127.0.0.1", port: socket.address().port } as const
      const target = yield* SyslogTarget.make({ to, hostname: "host" })
      target.tell(notice)
      yield* until(() => messages.length === 1)
      assert.match(messages[0] ?? "", message)
    }),
  )

  it.live("says why nobody was told", () =>
    Effect.gen(function* () {
      const { server } = yield* Effect.scoped(syslogServer({ port: 0 }))
      assert.isFalse(server.listening)
      const to = { kind: "tcp", host: "127.0.0.1", port: 1 } as const
      const target = yield* SyslogTarget.make({ to, triesMax: 1 })
      target.tell(notice)
      yield* until(() => target.counts().failed === 1)
      assert.include(target.counts().lastFailure, "ECONNREFUSED")
    }),
  )

  it("bounds a message, whatever an alert is called", () => {
    const change = changed(`"]\\\n${"ä".repeat(5000)}`)
    const text = SyslogTarget.messageOf(change, 0, {})
    assert.isAtMost(Buffer.byteLength(text), 2048)
    assert.notMatch(text, /\n/)
    assert.include(text, "] \ufeff")
  })

  it.effect("is not made without somewhere to go", () =>
    Effect.gen(function* () {
      for (const to of [
        { kind: "tcp", host: "", port: 601 },
        { kind: "udp", host: "host", port: 70_000 },
        { kind: "unix", path: "" },
      ] as const) {
        const error = yield* Effect.flip(SyslogTarget.make({ to }).pipe(Effect.scoped))
        assert.strictEqual(error.code, "AUD-6202")
      }
    }),
  )
})
