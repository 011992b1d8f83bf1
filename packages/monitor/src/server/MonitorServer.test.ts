import { readFileSync, statSync } from "node:fs"
import { request } from "node:http"
import type { Audit } from "@countersign/core/Audit"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { verifyInclusion } from "@countersign/core/trail/MerkleProof"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Alert } from "../alert/Alert.ts"
import { AlertTaken } from "../alert/Alerts.ts"
import { subprotocolsFor } from "../protocol/MonitorProtocol.ts"
import { advance, type Frame } from "../protocol/Update.ts"
import { firingAlert } from "../testing/AlertFixture.ts"
import { served } from "../testing/ServedEngine.ts"
import { fileOf } from "./Announcement.ts"
import type { Views } from "./MonitorViews.ts"
import { requestsMax } from "./RequestLimits.ts"
import { pageBytesMax } from "./TrailQuestions.ts"

const { event } = AuditFixture

const recorded = (audit: Audit["Service"], count: number, type = event.type) =>
  Effect.andThen(
    Effect.forEach(Array.from({ length: count }), (_, index) =>
      audit.record({ ...event, type, data: { index } }),
    ),
    audit.publish,
  )

/** The status that a request to become a WebSocket is answered with; 101: it became one. */
const upgraded = (url: string, headers: Readonly<Record<string, string>>): Effect.Effect<number> =>
  Effect.callback((resume) => {
    const asked = request(url.replace("ws:", "http:"), {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    })
    asked.on("upgrade", (_response, socket) => {
      socket.destroy()
      resume(Effect.succeed(101))
    })
    asked.on("response", (response) => {
      response.resume()
      resume(Effect.succeed(response.statusCode ?? 0))
    })
    asked.end()
  })

const askedPlainly = (url: string) => fetch(url)
const jsonOf = (text: string): { readonly type: string; readonly actor: { readonly id: string } } =>
  JSON.parse(text)

describe("MonitorServer", () => {
  it.live("says who it is, and tells nobody else where it listens", () =>
    served(({ client, directory, server }) =>
      Effect.gen(function* () {
        const about = yield* client.About()
        assert.strictEqual(about.over, "engine")
        assert.strictEqual(about.directory, directory)
        assert.strictEqual(about.pid, process.pid)
        assert.isFalse(about.isWritable)
        assert.match(server.url, /^ws:\/\/127\.0\.0\.1:\d+\/monitor$/)
        const file = fileOf(directory)
        assert.strictEqual(statSync(file).mode & 0o777, 0o600)
        assert.deepStrictEqual(JSON.parse(readFileSync(file, "utf8")), {
          url: server.url,
          token: Redacted.value(server.token),
          pid: process.pid,
        })
        return file
      }),
    ).pipe(Effect.map((file) => assert.throws(() => statSync(file), /ENOENT/))),
  )

  it.live("lets nobody in without the token, from elsewhere, or by another name", () =>
    served(({ server }) =>
      Effect.gen(function* () {
        const port = new URL(server.url.replace("ws:", "http:")).port
        const right = subprotocolsFor(Redacted.value(server.token)).join(", ")
        const asked = (headers: Readonly<Record<string, string>>, url = server.url) =>
          upgraded(url, { "sec-websocket-protocol": right, ...headers })
        assert.strictEqual(yield* asked({}), 101)
        assert.strictEqual(yield* asked({ origin: `http://127.0.0.1:${port}` }), 101)
        assert.strictEqual(yield* asked({ origin: "http://evil.example" }), 403)
        assert.strictEqual(yield* asked({ host: `evil.example:${port}` }), 421)
        const wrong = subprotocolsFor("wrong").join(", ")
        assert.strictEqual(yield* asked({ "sec-websocket-protocol": wrong }), 401)
        // Not even the right one in a URL, which would end in logs.
        const url = `${server.url}?token=${Redacted.value(server.token)}`
        assert.strictEqual(yield* asked({ "sec-websocket-protocol": "x" }, url), 404)
      }),
    ),
  )

  it.live("tells a page that asks plainly why its WebSocket is refused", () =>
    served(({ server }) =>
      Effect.gen(function* () {
        const url = server.url.replace("ws:", "http:")
        const got = (authorization: string) => fetch(url, { headers: { authorization } })
        const right = `Bearer ${Redacted.value(server.token)}`
        const answers = yield* Effect.promise(() => Promise.all(["Bearer wrong", right].map(got)))
        assert.strictEqual(answers.map(({ status }) => status).join(), "401,426")
      }),
    ),
  )

  it.live("answers for its health without a token, and says nothing else", () =>
    served(({ audit, server }) =>
      Effect.gen(function* () {
        const url = server.url.replace("ws:", "http:").replace("/monitor", "")
        const got = (where: string) => Effect.promise(() => askedPlainly(`${url}${where}`))
        const health = yield* got("/health")
        assert.strictEqual(health.status, 200)
        assert.strictEqual(yield* Effect.promise(() => health.text()), '{"status":"ok"}\n')
        assert.strictEqual((yield* got("/")).status, 404)
        yield* audit.close
        assert.strictEqual((yield* got("/health")).status, 503)
      }),
    ),
  )

  it.live("refuses to be reached by other machines unless it is told to", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(served(() => Effect.void, { host: "0.0.0.0" }))
      assert.include(error.message, "isRemoteAllowed")
    }),
  )

  it.live("refuses a name that no request can have", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        served(() => Effect.void, { hosts: ["http://audit.example"] }),
      )
      assert.include(error.message, "http://audit.example in hosts is no name")
    }),
  )

  it.live("refuses a token that can be guessed, an empty one above all", () =>
    Effect.gen(function* () {
      for (const token of ["", "secret", "with spaces in it, but otherwise long enough"]) {
        const error = yield* Effect.flip(served(() => Effect.void, { token: Redacted.make(token) }))
        assert.include(error.message, "its token is shorter than 32 letters")
      }
    }),
  )

  it.live("shows what happens, whole at first and then what changed", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(Effect.delay(recorded(audit, 20), 120))
        const frames: Array<Frame> = []
        yield* client.Watch().pipe(
          Stream.runForEachWhile((update) =>
            Effect.sync(() => {
              const frame = advance(frames.at(-1), update)
              assert.isDefined(frame)
              if (frame !== undefined) frames.push(frame)
              return frame !== undefined && frame.snapshot.engine.publishedSize < 21
            }),
          ),
        )
        const last = frames.at(-1)
        assert.isAbove(frames.length, 1)
        assert.strictEqual(
          last?.snapshot.ledger.find((row) => row.class === "standard")?.recorded,
          20,
        )
        assert.deepStrictEqual(
          last?.snapshot.flow.map((row) => row.step),
          ["accepted", "durable", "published"],
        )
        assert.isTrue(last?.snapshot.actors.some((actor) => actor.kind === "supervisor"))
        assert.isTrue(frames.some(({ snapshot }) => (snapshot.flow[0]?.perSecond ?? 0) > 0))
        const past = yield* Stream.runCollect(client.History({}))
        const replayed = past.reduce<Frame | undefined>(advance, undefined)
        assert.isAtLeast(past.length, frames.length)
        assert.isAtLeast(replayed?.sequence ?? 0, last?.sequence ?? 0)
      }),
    ),
  )

  it.live("finds events by filter, page by page, from either end", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        yield* recorded(audit, 300, "a.b.read")
        yield* recorded(audit, 300, "a.b.write")
        const ask = { filter: "type=a.b.write", order: "newest", limit: 200 } as const
        const first = yield* client.Query(ask)
        assert.strictEqual(first.events.length, 200)
        const second = yield* client.Query({ ...ask, from: first.next ?? 0 })
        assert.strictEqual(second.events.length, 100)
        assert.isNull(second.next)
        const all = [...first.events, ...second.events]
        assert.strictEqual(new Set(all.map(({ sequence }) => sequence)).size, 300)
        assert.isTrue(all.every(({ json }) => jsonOf(json).type === "a.b.write"))
        const oldest = yield* client.Query({ filter: "", order: "oldest", limit: 2 })
        assert.deepStrictEqual(
          oldest.events.map(({ sequence }) => sequence),
          [0, 1],
        )
        const error = yield* Effect.flip(client.Query({ ...ask, filter: "type=" }))
        assert.strictEqual(error._tag === "MonitorRefused" ? error.reason : "", "invalid")
      }),
    ),
  )

  it.live("proves an event by its place and by its id", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        const receipt = yield* audit.record(event, { until: "published" })
        const found = yield* client.Event({ id: receipt.id })
        assert.strictEqual(found.sequence, receipt.sequence)
        assert.deepStrictEqual(yield* client.Event({ sequence: found.sequence }), found)
        const bytes = (text: string) => Buffer.from(text, "base64")
        assert.isTrue(
          verifyInclusion(
            bytes(found.leafHash),
            found.sequence,
            found.size,
            found.hashes.map(bytes),
            bytes(found.root),
          ),
        )
        const error = yield* Effect.flip(client.Event({ sequence: 1_000_000 }))
        assert.strictEqual(error._tag === "MonitorRefused" ? error.reason : "", "not-found")
      }),
    ),
  )

  it.live("tails what is published, with the newest before", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        yield* recorded(audit, 5, "a.b.read")
        yield* Effect.forkScoped(Effect.delay(recorded(audit, 3, "a.b.write"), 300))
        const chunks = yield* client
          .Tail({ filter: "type~a.b.*", backlog: 2 })
          .pipe(Stream.take(2), Stream.runCollect)
        assert.deepStrictEqual(
          chunks.map(({ events }) => events.map(({ json }) => jsonOf(json).type)),
          [
            ["a.b.read", "a.b.read"],
            ["a.b.write", "a.b.write", "a.b.write"],
          ],
        )
      }),
    ),
  )

  it.live("hands out no more of a tail at once than its room, and says what it left out", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        const large = (count: number, type: string) =>
          Effect.forEach(
            Array.from({ length: count }),
            () => audit.record({ ...event, type, data: { much: "x".repeat(8000) } }),
            { concurrency: 64 },
          ).pipe(Effect.andThen(audit.publish))
        yield* large(200, "a.b.read")
        yield* Effect.forkScoped(Effect.delay(large(200, "a.b.write"), 300))
        const filter = "type~a.b.*"
        let seen = 0
        const [first, ...later] = yield* client.Tail({ filter, backlog: 180 }).pipe(
          Stream.takeUntil((chunk) => (seen += chunk.events.length + chunk.leftOut) >= 380),
          Stream.runCollect,
        )
        const bytesOf = (chunk: typeof first) =>
          (chunk?.events ?? []).reduce((sum, { json }) => sum + json.length, 0)
        for (const chunk of [first, ...later]) assert.isBelow(bytesOf(chunk), pageBytesMax + 9000)
        assert.isAbove(first?.events.length ?? 0, 100)
        assert.strictEqual((first?.events.length ?? 0) + (first?.leftOut ?? 0), 180)
        // The newest are there, without a gap, and what came later is whole.
        const all = [first, ...later].flatMap((chunk) => chunk?.events ?? [])
        const begin = all[0]?.sequence ?? 0
        const kept = all.filter(({ json }) => jsonOf(json).type === "a.b.read")
        assert.deepStrictEqual(
          kept.map(({ sequence }) => sequence),
          kept.map((_, index) => begin + index),
        )
        assert.strictEqual(new Set(all.map(({ sequence }) => sequence)).size - kept.length, 200)
        assert.isTrue(later.every(({ leftOut, passedOver }) => leftOut + passedOver === 0))
      }),
    ),
  )

  it.live("verifies while the engine goes on", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        yield* recorded(audit, 600)
        const steps = yield* Stream.runCollect(client.Verify())
        const last = steps.at(-1)
        assert.strictEqual(last?._tag === "Verdict" ? last.verdict : "", "verified")
        assert.isTrue(steps.some((step) => step._tag === "Progress"))
      }),
    ),
  )

  it.live("shows the configuration in force without what is secret", () =>
    served(({ client, directory }) =>
      Effect.gen(function* () {
        const settings = yield* client.Configuration()
        const valueOf = (name: string) => settings.find((each) => each.path === name)?.value
        assert.strictEqual(valueOf("directory"), directory)
        assert.strictEqual(valueOf("signer.path"), "(redacted)")
        assert.isTrue(settings.find((each) => each.path === "sampling.rate")?.isLive)
      }),
    ),
  )

  it.live("knows nothing of writing unless it was asked to", () =>
    served(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const intent = { actor: "u-1", reason: "why not" }
        const exit = yield* Effect.exit(client.Publish({ intent }))
        assert.strictEqual(exit._tag, "Failure")
        yield* audit.publish
        const types = (yield* fixture.trail).map(({ type }) => type)
        assert.isFalse(types.some((type) => type.startsWith("countersign.monitor.")))
      }),
    ),
  )

  it.live("records who wants what, and why, before it is done", () =>
    served(
      ({ audit, client, fixture }) =>
        Effect.gen(function* () {
          const intent = { actor: "u-1", reason: "before the auditors come" }
          yield* audit.record(event)
          assert.isTrue((yield* client.About()).isWritable)
          const size = yield* client.Publish({ intent })
          assert.isAbove(size, 1)
          yield* Effect.flip(client.Acknowledge({ alert: "none", intent }))
          yield* audit.publish
          const written = (yield* fixture.trail)
            .filter(({ type }) => type.startsWith("countersign.monitor."))
            .map(({ actor, outcome, reason, type }) => [type, outcome, actor.id, reason])
          assert.deepStrictEqual(written, [
            ["countersign.monitor.publish", "attempt", "u-1", intent.reason],
            ["countersign.monitor.publish", "success", "u-1", intent.reason],
            ["countersign.monitor.acknowledge", "attempt", "u-1", intent.reason],
            ["countersign.monitor.acknowledge", "failure", "u-1", intent.reason],
          ])
        }),
      { isWritable: true },
    ),
  )

  it.live("turns one field that can change while the engine runs, and no other", () =>
    served(
      ({ client, fixture, audit }) =>
        Effect.gen(function* () {
          const intent = { actor: "u-1", reason: "too much telemetry" }
          const changes = yield* client.Configure({ path: "sampling.rate", value: 0.5, intent })
          assert.deepStrictEqual(changes, [
            { path: "sampling.rate", before: 1, after: 0.5, isLive: true },
          ])
          assert.strictEqual(audit.status().samplingRate, 0.5)
          const reasonOf = (path: string, value: string | number) =>
            Effect.map(Effect.flip(client.Configure({ path, value, intent })), (error) =>
              error._tag === "MonitorRefused" ? error.reason : "",
            )
          assert.strictEqual(yield* reasonOf("directory", "/elsewhere"), "invalid")
          assert.strictEqual(yield* reasonOf("__proto__.polluted", 1), "invalid")
          assert.strictEqual(yield* reasonOf("sampling.rate", "much"), "unavailable")
          yield* audit.publish
          const types = (yield* fixture.trail).map(({ outcome, type }) => `${type} ${outcome}`)
          assert.isBelow(
            types.indexOf("countersign.monitor.configure attempt"),
            types.indexOf("audit.configuration.changed success"),
          )
        }),
      { isWritable: true },
    ),
  )

  it.live("acknowledges an alert of whoever raises them", () => {
    let holder = ""
    const views: Views = {
      readings: () => [{ name: "countersign_baseline_ratio", labels: { metric: "m" }, value: 1.1 }],
      alerts: () => [firingAlert],
      pastAlerts: () => [],
      findings: () => [],
      acknowledge: (id, who) =>
        Effect.gen(function* () {
          if (id !== firingAlert.id) return undefined
          holder = holder === "" ? who : holder
          const taken: Alert = { ...firingAlert, state: "acknowledged", acknowledgedBy: holder }
          if (holder !== who) return yield* new AlertTaken({ alert: taken, by: holder })
          return taken
        }),
    }
    return served(
      ({ client }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual((yield* client.Alerts()).active, [firingAlert])
          const intent = { actor: "u-1", reason: "mine" }
          const taken = yield* client.Acknowledge({ alert: firingAlert.id, intent })
          assert.strictEqual(taken.acknowledgedBy, "u-1")
          // Whoever has it may say so again; somebody else is told who has it.
          assert.deepStrictEqual(
            yield* client.Acknowledge({ alert: firingAlert.id, intent }),
            taken,
          )
          const refused = (id: string, actor: string) =>
            Effect.map(
              Effect.flip(client.Acknowledge({ alert: id, intent: { ...intent, actor } })),
              (error) => (error._tag === "MonitorRefused" ? [error.reason, error.detail] : []),
            )
          const [reason, detail] = yield* refused(firingAlert.id, "u-2")
          assert.strictEqual(reason, "taken")
          assert.include(detail, "acknowledged by u-1")
          assert.strictEqual((yield* refused("other", "u-2"))[0], "not-found")
          const [update] = yield* client.Watch().pipe(Stream.take(1), Stream.runCollect)
          const snapshot = update?._tag === "Full" ? update.snapshot : undefined
          assert.deepStrictEqual(snapshot?.alerts, [firingAlert])
          assert.deepStrictEqual(snapshot?.baselines, [{ metric: "m", ratio: 1.1 }])
        }),
      { isWritable: true },
      views,
    )
  })

  it.live("refuses what one viewer has under way too much of", () =>
    served(({ client }) =>
      Effect.gen(function* () {
        yield* Effect.forEach(Array.from({ length: requestsMax }), () =>
          Effect.forkScoped(Stream.runDrain(client.Tail({ filter: "", backlog: 0 }))),
        )
        yield* Effect.sleep(200)
        const error = yield* Effect.flip(client.DeadLetters())
        assert.strictEqual(error._tag === "MonitorRefused" ? error.reason : "", "busy")
      }),
    ),
  )
})
