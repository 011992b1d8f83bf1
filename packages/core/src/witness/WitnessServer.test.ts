import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { request as httpRequest, type Server } from "node:http"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Disk } from "../platform/Disk.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { verifierKeyText } from "../testing/TrailFixture.ts"
import { judged, openWitness, treeOf } from "../testing/WitnessFixture.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import { requestBytesMax } from "./AddCheckpoint.ts"
import type * as Witness from "./Witness.ts"
import * as WitnessServer from "./WitnessServer.ts"

const tree = treeOf("a")
const fork = treeOf("a", 3)
const logs = [Result.getOrThrow(parseVerifierKey(verifierKeyText()))]
const options = { name: "witness.example/w1", directory: "/witness", logs }
const openOn = (disk: Disk["Service"]) => openWitness(options, disk)

/** Sends a body for ever, byte by byte, until it is cut off. */
const dripped = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.write("POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n")
    const dripping = setInterval(() => socket.write("a"), 20)
    socket.resume()
    socket.on("error", () => undefined)
    socket.on("close", () => {
      clearInterval(dripping)
      resolve("cut off")
    })
  })

describe("WitnessServer", () => {
  const posted = (url: string, body: Uint8Array | string) =>
    fetch(url, { method: "POST", body: Buffer.from(body) })
  const got = (url: string) => fetch(`${url}/add-checkpoint`)
  const post = (url: string, body: Uint8Array | string, path = "/add-checkpoint") =>
    Effect.promise(() => posted(`${url}${path}`, body))
  const served = (server: WitnessServer.WitnessServerOptions = {}) =>
    Effect.gen(function* () {
      const witness = yield* openOn(new MemoryDisk().disk)
      return { witness, url: yield* WitnessServer.serve(witness, server) }
    })

  it.live("answers over HTTP on loopback as the specification says", () =>
    Effect.gen(function* () {
      const { url, witness } = yield* served()
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      const right = yield* post(url, tree.requestAt(0, 9))
      assert.strictEqual(right.status, 200)
      const body = yield* Effect.promise(() => right.text())
      assert.strictEqual(judged(witness, tree.textAt(9), body).verdict, "valid")
      const rolledBack = yield* post(url, tree.requestAt(0, 5))
      assert.strictEqual(rolledBack.status, 409)
      assert.strictEqual(rolledBack.headers.get("content-type"), "text/x.tlog.size")
      assert.strictEqual(yield* Effect.promise(() => rolledBack.text()), "9\n")
      assert.strictEqual((yield* post(url, fork.requestAt(9, 12))).status, 422)
      assert.strictEqual((yield* post(url, "old 0\n\n")).status, 400)
      assert.strictEqual((yield* post(url, "", "/")).status, 404)
      assert.strictEqual((yield* Effect.promise(() => got(url))).status, 405)
    }).pipe(Effect.scoped),
  )

  it.live("refuses a body without end, and cuts off one that does not come", () =>
    Effect.gen(function* () {
      const { url } = yield* served({ requestMillis: 200 })
      const large = yield* post(url, Buffer.alloc(requestBytesMax + 1))
      assert.strictEqual(large.status, 413)
      const ended = yield* Effect.callback<string>((resume) => {
        const request = httpRequest(`${url}/add-checkpoint`, {
          method: "POST",
          headers: { "content-length": "100" },
        })
        request.on("response", (response) => resume(Effect.succeed(String(response.statusCode))))
        request.on("error", () => resume(Effect.succeed("cut off")))
        request.write("old 0\n")
      })
      assert.include(["408", "cut off"], ended)
      assert.strictEqual((yield* post(url, tree.requestAt(0, 9))).status, 200)
    }).pipe(Effect.scoped),
  )

  it.live("ends the questions under way before the witness gives its directory back", () =>
    Effect.gen(function* () {
      const order: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const witness: Witness.Witness = {
        verifierKey: "",
        add: () =>
          Deferred.succeed(begun, undefined).pipe(
            Effect.andThen(Effect.sleep(20)),
            Effect.andThen(Effect.sync(() => order.push("answered"))),
            Effect.as({
              status: 400,
              contentType: "text/plain; charset=utf-8",
              body: "",
            } as const),
            Effect.uninterruptible,
          ),
      }
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Effect.addFinalizer(() => Effect.sync(() => order.push("lease given back")))
          const url = yield* WitnessServer.serve(witness)
          yield* Effect.forkChild(
            Effect.ignore(Effect.tryPromise(() => posted(`${url}/add-checkpoint`, ""))),
          )
          yield* Deferred.await(begun)
        }),
      )
      assert.deepStrictEqual(order, ["answered", "lease given back"])
    }),
  )

  it.live("cuts off one that never stops sending, byte by byte", () =>
    Effect.gen(function* () {
      const { url } = yield* served({ requestMillis: 200 })
      const ended = yield* Effect.promise(() => dripped(Number(new URL(url).port))).pipe(
        Effect.timeoutOption(10_000),
      )
      assert.deepStrictEqual(ended, Option.some("cut off"))
    }).pipe(Effect.scoped),
  )

  it.live("goes on after an error of its server, however many come", () =>
    Effect.gen(function* () {
      const opened: Array<Server> = []
      const note = (message: unknown) =>
        // What the channel carries is what `createServer` has made.
        opened.push((message as { readonly server: Server }).server)
      subscribe("http.server.request.start", note)
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => unsubscribe("http.server.request.start", note)),
      )
      const { url } = yield* served()
      yield* post(url, tree.requestAt(0, 5))
      const [server] = opened
      for (const code of ["EMFILE", "ENFILE", "EMFILE"]) server?.emit("error", new Error(code))
      assert.strictEqual((yield* post(url, tree.requestAt(5, 9))).status, 200)
    }).pipe(Effect.scoped),
  )

  it.live("says why it can't listen", () =>
    Effect.gen(function* () {
      const { url, witness } = yield* served()
      const port = Number(new URL(url).port)
      const error = yield* Effect.flip(Effect.scoped(WitnessServer.serve(witness, { port })))
      assert.include(error.message, `127.0.0.1:${port}`)
    }).pipe(Effect.scoped),
  )
})
