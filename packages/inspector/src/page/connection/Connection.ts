/**
 * The page's end of the monitor's protocol: connects, connects again, and says how old is what is
 * shown.
 */
import type { About } from "@countersign/monitor/protocol/MonitorProtocol"
import { MonitorProtocol, subprotocolsFor } from "@countersign/monitor/protocol/MonitorProtocol"
import { type Frame, advance } from "@countersign/monitor/protocol/Update"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as RpcClient from "effect/rpc/RpcClient"
import type { RpcClientError } from "effect/rpc/RpcClientError"
import type * as RpcGroup from "effect/rpc/RpcGroup"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schedule from "effect/Schedule"
import * as Socket from "effect/socket/Socket"
import * as Stream from "effect/Stream"
import type { Host } from "../host/Host.ts"
import { type ReadonlyStore, type Store, makeStore } from "./Store.ts"
import { type Timeline, makeTimeline } from "./Timeline.ts"

export type Client = RpcClient.RpcClient<RpcGroup.Rpcs<typeof MonitorProtocol>, RpcClientError>

export type ConnectionState =
  | { readonly _tag: "Connecting" }
  | { readonly _tag: "Live" }
  /** What is shown is as it was at that moment. */
  | { readonly _tag: "Stale"; readonly sinceMillis: number; readonly detail: string }
  | { readonly _tag: "NoToken" }

export interface Connection extends Omit<Timeline, "add" | "addAll" | "clear"> {
  readonly state: ReadonlyStore<ConnectionState>
  readonly about: ReadonlyStore<About | undefined>
  /** Asks once. Rejects with the error of the request; an aborted signal interrupts it. */
  readonly ask: <A, E>(
    request: (client: Client) => Effect.Effect<A, E>,
    signal?: AbortSignal,
  ) => Promise<A>
  /** Listens until it ends, or the function that it gives is called. */
  readonly listen: <A, E>(
    stream: (client: Client) => Stream.Stream<A, E>,
    each: (value: A) => void,
    ended: (failure: string | undefined) => void,
  ) => () => void
}

const retryMillis = 1000

/** The first error as one line for a person. */
export const inWords = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}

const protocolLayer = (host: Host, connected: () => void, lost: () => void) =>
  RpcClient.layerProtocolSocket({ retryPolicy: Schedule.spaced(retryMillis) }).pipe(
    Layer.provide(
      Layer.mergeAll(
        Socket.layerWebSocket(host.url, { protocols: subprotocolsFor(host.token ?? "") }).pipe(
          Layer.provide(host.sockets),
        ),
        RpcSerialization.layerJson,
        Layer.succeed(RpcClient.ConnectionHooks, {
          onConnect: Effect.sync(connected),
          onDisconnect: Effect.sync(lost),
        }),
      ),
    ),
  )

interface Heard {
  readonly timeline: Timeline
  readonly about: Store<About | undefined>
  readonly live: () => void
  readonly lost: (detail: string) => void
}

/** An engine that began anew has nothing to do with the one before: neither has its history. */
const meet = (client: Client, { about, live, timeline }: Heard) =>
  Effect.tap(client.About(), (found) =>
    Effect.sync(() => {
      if (found.startedMillis !== about.get()?.startedMillis) timeline.clear()
      about.set(found)
      live()
    }),
  )

/** All at once: views that were drawn for each frame of ten minutes would be busy for seconds. */
const remember = (client: Client, { timeline }: Heard) => {
  const past: Array<Frame> = []
  return Stream.runForEach(client.History({}), (update) =>
    Effect.sync(() => {
      const next = advance(past.at(-1), update)
      if (next !== undefined) past.push(next)
    }),
  ).pipe(Effect.ensuring(Effect.sync(() => timeline.addAll(past))))
}

const watch = (client: Client, { live, timeline }: Heard) =>
  Stream.runForEach(client.Watch(), (update) => {
    const next = advance(timeline.frame.get(), update)
    // It speaks of a frame that was missed: from the whole of it again.
    if (next === undefined) return Effect.fail("a frame was missed")
    return Effect.sync(() => {
      timeline.add(next)
      live()
    })
  })

/** For as long as the page lives, whatever ends in between. */
const follow = (client: Client, heard: Heard) =>
  Effect.gen(function* () {
    const { over } = yield* meet(client, heard)
    if (over === "directory") return yield* Effect.never
    yield* Effect.ignore(remember(client, heard))
    return yield* watch(client, heard)
  }).pipe(
    Effect.catchCause((cause) => Effect.sync(() => heard.lost(inWords(cause)))),
    Effect.andThen(Effect.sleep(retryMillis)),
    Effect.forever,
  )

const run = (host: Host, heard: Heard, found: (client: Client) => void) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      protocolLayer(host, heard.live, () => heard.lost("the connection has ended")),
    )
    const client = yield* Effect.provide(
      RpcClient.make(MonitorProtocol, { disableTracing: true }),
      context,
    )
    found(client)
    return yield* follow(client, heard)
  }).pipe(Effect.scoped)

export const makeConnection = (host: Host): Connection => {
  const state = makeStore<ConnectionState>({ _tag: "Connecting" })
  const about = makeStore<About | undefined>(undefined)
  const timeline = makeTimeline()
  const client = Promise.withResolvers<Client>()
  const heard: Heard = {
    timeline,
    about,
    live: () => {
      if (state.get()._tag !== "Live") state.set({ _tag: "Live" })
    },
    lost: (detail) => {
      if (state.get()._tag === "Stale") return
      const sinceMillis = timeline.frame.get()?.atMillis ?? Date.now()
      state.set({ _tag: "Stale", sinceMillis, detail })
    },
  }
  if (host.token === undefined) state.set({ _tag: "NoToken" })
  else Effect.runFork(run(host, heard, client.resolve))
  return {
    ...timeline,
    state,
    about,
    ask: async (request, signal) =>
      Effect.runPromise(request(await client.promise), signal === undefined ? {} : { signal }),
    listen: (stream, each, ended) => {
      const running = Effect.runFork(
        Effect.promise(() => client.promise).pipe(
          Effect.flatMap((asked) =>
            Stream.runForEach(stream(asked), (value) => Effect.sync(() => each(value))),
          ),
        ),
      )
      running.addObserver((exit) => {
        if (Exit.isSuccess(exit)) ended(undefined)
        else if (!Cause.hasInterruptsOnly(exit.cause)) ended(inWords(exit.cause))
      })
      return () => void Effect.runFork(Fiber.interrupt(running))
    },
  }
}
