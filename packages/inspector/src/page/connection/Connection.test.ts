import { assert, describe, it } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import { memoryHost } from "../../testing/MemoryHost.ts"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { makeConnection } from "./Connection.ts"
import type { ReadonlyStore } from "./Store.ts"

const about = {
  protocol: 1,
  over: "engine",
  origin: "example.test/trail",
  directory: "/trail",
  verifierKey: "",
  pid: 1,
  node: "v26",
  startedMillis: 1,
  frameMillis: 250,
  isWritable: false,
}

type Request = { readonly _tag: string; readonly id: string; readonly tag: string }

/** Answers requests by their name: with a value, or the parts of a stream. */
type Answers = Readonly<Record<string, { readonly value?: unknown; readonly parts?: unknown }>>

class SpokenSocket extends EventTarget {
  readyState = 0
  private readonly answers: Answers

  constructor(answers: Answers) {
    super()
    this.answers = answers
    setTimeout(() => {
      this.readyState = 1
      this.dispatchEvent(new Event("open"))
    })
  }

  send(data: string): void {
    // What this page's own client has written.
    const requests = [JSON.parse(data) as Request | ReadonlyArray<Request>].flat()
    for (const request of requests) if (request._tag === "Request") this.answer(request)
  }

  private answer({ id, tag }: Request): void {
    const { parts, value } = this.answers[tag] ?? {}
    const say = (message: unknown) =>
      queueMicrotask(() =>
        this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })),
      )
    if (parts === undefined) {
      say({ _tag: "Exit", requestId: id, exit: { _tag: "Success", value } })
    } else say({ _tag: "Chunk", requestId: id, values: parts })
  }

  close(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.dispatchEvent(new CloseEvent("close", { code: 1000 }))
  }
}

const sockets = (make: () => EventTarget) =>
  // It has the parts of the interface that a client uses.
  Layer.succeed(Socket.WebSocketConstructor, () => make() as unknown as WebSocket)

const until = <A>(store: ReadonlyStore<A>, isSo: (value: A) => boolean): Promise<A> =>
  new Promise((resolve) => {
    const look = () => {
      if (!isSo(store.get())) return
      stop()
      resolve(store.get())
    }
    const stop = store.subscribe(look)
    look()
  })

const frame = { _tag: "Full", sequence: 1, atMillis: 1000, snapshot: emptySnapshot }
const shut = () => {
  const socket = Object.assign(new EventTarget(), { readyState: 3, close: () => undefined })
  setTimeout(() => socket.dispatchEvent(new Event("error")))
  return socket
}

describe("the page's connection", () => {
  it("is live with the first frame, not with the socket", async () => {
    const answers = { About: { value: about }, History: { value: null }, Watch: { parts: [frame] } }
    const host = memoryHost({ sockets: sockets(() => new SpokenSocket(answers)) })
    const { frame: newest, state } = makeConnection(host)
    assert.strictEqual(state.get()._tag, "Connecting")
    await until(state, ({ _tag }) => _tag === "Live")
    assert.strictEqual(newest.get()?.atMillis, 1000)
  })

  it("is live over the files of a trail, which send no frames", async () => {
    const answers = { About: { value: { ...about, over: "directory" } } }
    const host = memoryHost({ sockets: sockets(() => new SpokenSocket(answers)) })
    const connection = makeConnection(host)
    await until(connection.state, ({ _tag }) => _tag === "Live")
    assert.strictEqual(connection.about.get()?.over, "directory")
  })

  it("says so where a frame is not what it knows", async () => {
    const strange = { ...frame, snapshot: { ...emptySnapshot, engine: "on fire" } }
    const answers = {
      About: { value: about },
      History: { value: null },
      Watch: { parts: [strange] },
    }
    const host = memoryHost({ sockets: sockets(() => new SpokenSocket(answers)) })
    const { state } = makeConnection(host)
    const standing = await until(state, ({ _tag }) => _tag !== "Connecting")
    assert.propertyVal(standing, "_tag", "Stale")
    assert.match("detail" in standing ? standing.detail : "", /can't be read: .*engine/)
  })

  it("tries no more once the token is refused", async () => {
    let tries = 0
    const refusing = sockets(() => {
      tries += 1
      return shut()
    })
    const host = memoryHost({ sockets: refusing, probe: async () => 401 })
    const connection = makeConnection(host)
    const standing = await until(connection.state, ({ _tag }) => _tag !== "Connecting")
    assert.propertyVal(standing, "_tag", "Refused")
    assert.strictEqual(tries, 1)
    const asked = connection.ask((client) => client.Configuration())
    assert.isTrue(
      await asked.then(
        () => false,
        () => true,
      ),
    )
  })

  it("keeps what it knew where the monitor begins anew with another token", async () => {
    const answers = { About: { value: about }, History: { value: null }, Watch: { parts: [frame] } }
    const made: Array<SpokenSocket> = []
    const once = sockets(() => {
      if (made.length > 0) return shut()
      made.push(new SpokenSocket(answers))
      return made[0] ?? shut()
    })
    const host = memoryHost({ sockets: once, probe: async () => 401 })
    const connection = makeConnection(host)
    await until(connection.state, ({ _tag }) => _tag === "Live")
    made[0]?.close()
    const standing = await until(connection.state, ({ _tag }) => _tag === "Refused")
    assert.propertyVal(standing, "sinceMillis", 1000)
    assert.strictEqual(connection.frame.get()?.atMillis, 1000)
    assert.strictEqual(connection.about.get()?.origin, about.origin)
  })

  it("says that WebSockets are blocked where a server answers without one", async () => {
    const host = memoryHost({ sockets: sockets(shut), probe: async () => 426 })
    const { state } = makeConnection(host)
    const standing = await until(state, ({ _tag }) => _tag !== "Connecting")
    assert.match("detail" in standing ? standing.detail : "", /no WebSocket/)
  })

  it("says so in an editor, which has nobody to ask why no connection came to be", async () => {
    const { state } = makeConnection(memoryHost({ kind: "webview", sockets: sockets(shut) }))
    const standing = await until(state, ({ _tag }) => _tag !== "Connecting")
    assert.propertyVal(standing, "_tag", "Stale")
    assert.match("detail" in standing ? standing.detail : "", /reaches no monitor/)
  })

  it("shows no frame of an engine as of now once the files alone answer", async () => {
    const engine = { About: { value: about }, History: { value: null }, Watch: { parts: [frame] } }
    const files = { About: { value: { ...about, over: "directory", startedMillis: 2 } } }
    const made: Array<SpokenSocket> = []
    const either = sockets(() => {
      const socket = new SpokenSocket(made.length === 0 ? engine : files)
      made.push(socket)
      return socket
    })
    const connection = makeConnection(memoryHost({ sockets: either }))
    await until(connection.state, ({ _tag }) => _tag === "Live")
    made[0]?.close()
    await until(connection.about, (found) => found?.over === "directory")
    await until(connection.state, ({ _tag }) => _tag === "Live")
    assert.isUndefined(connection.frame.get())
    assert.strictEqual(connection.incident.get()?.frames.length, 1)
  })

  it("survives a browser that throws instead of opening one", async () => {
    const throwing = Layer.succeed(Socket.WebSocketConstructor, () => {
      throw new Error("SecurityError")
    })
    const host = memoryHost({ sockets: throwing, probe: async () => undefined })
    const { state } = makeConnection(host)
    const standing = await until(state, ({ _tag }) => _tag !== "Connecting")
    assert.deepInclude(standing, { _tag: "Stale", detail: "no server answers at this address" })
  })
})
