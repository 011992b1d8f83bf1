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
import { RpcClientError } from "effect/rpc/RpcClientError"
import type * as RpcGroup from "effect/rpc/RpcGroup"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schedule from "effect/Schedule"
import * as Socket from "effect/socket/Socket"
import * as Stream from "effect/Stream"
import type { Host } from "../host/Host.ts"
import { type ConnectionState, type Standing, delayAfter, judge, makeStanding } from "./Standing.ts"
import { type ReadonlyStore, type Store, makeStore } from "./Store.ts"
import { type Timeline, makeTimeline } from "./Timeline.ts"

export type Client = RpcClient.RpcClient<RpcGroup.Rpcs<typeof MonitorProtocol>, RpcClientError>

export type { ConnectionState } from "./Standing.ts"

export interface Connection extends Omit<Timeline, "add" | "addAll" | "clear" | "retire"> {
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
/** Of frames while nobody sees the page. */
const hiddenMillis = 5000

const wordsMax = 500

/** The first error as one line for a person. */
export const inWords = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s+/g, " ").slice(0, wordsMax)
}

/** A browser that forbids WebSockets throws: as a socket that fails it is said and tried again. */
const failing = (): WebSocket => {
  const socket = Object.assign(new EventTarget(), { readyState: 3, close: () => undefined })
  setTimeout(() => socket.dispatchEvent(new Event("error")))
  // It ends before anything else of the interface is used.
  return socket as unknown as WebSocket
}

const guarded = (sockets: Host["sockets"]): Host["sockets"] =>
  Layer.effect(
    Socket.WebSocketConstructor,
    Effect.map(Socket.WebSocketConstructor, (make) => (url, options) => {
      try {
        return make(url, options)
      } catch {
        return failing()
      }
    }),
  ).pipe(Layer.provide(sockets))

interface Heard {
  readonly timeline: Timeline
  readonly about: Store<About | undefined>
  readonly standing: Standing
}

/** Says why it failed; `false`: nobody needs to try again. */
const goesOn = (host: Host, { standing }: Heard): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    if (host.probe === undefined) {
      standing.lost("the editor reaches no monitor: there is none, or it takes another token")
      return true
    }
    const { detail, isFinal } = judge(await host.probe())
    if (isFinal) standing.refused(detail)
    else standing.lost(detail)
    return !isFinal
  })

const protocolLayer = (host: Host, heard: Heard) => {
  let failures = 0
  let isOpen = false
  const retryPolicy = Schedule.forever.pipe(
    Schedule.while(() => goesOn(host, heard)),
    Schedule.modifyDelay(() => Effect.sync(() => delayAfter(failures))),
  )
  return RpcClient.layerProtocolSocket({ retryPolicy }).pipe(
    Layer.provide(
      Layer.mergeAll(
        Socket.layerWebSocket(host.url, { protocols: subprotocolsFor(host.token ?? "") }).pipe(
          Layer.provide(guarded(host.sockets)),
        ),
        RpcSerialization.layerJson,
        Layer.succeed(RpcClient.ConnectionHooks, {
          onConnect: Effect.sync(() => {
            isOpen = true
            failures = 0
          }),
          onDisconnect: Effect.sync(() => {
            if (isOpen) heard.standing.lost("the connection has ended")
            else failures += 1
            isOpen = false
          }),
        }),
      ),
    ),
  )
}

/**
 * An engine that began anew has nothing to do with the one before: neither has its history. Where
 * the files alone are left, nothing that it showed is so now.
 */
const meet = (client: Client, { about, timeline }: Heard) =>
  Effect.tap(client.About(), (found) =>
    Effect.sync(() => {
      if (found.over === "directory") timeline.retire()
      else if (found.startedMillis !== about.get()?.startedMillis) timeline.clear()
      about.set(found)
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

const isHidden = (): boolean => typeof document !== "undefined" && document.hidden

/** A page that nobody sees takes its time, and so the monitor sends it less. */
const untilSeen = Effect.suspend(() =>
  isHidden()
    ? Effect.race(
        Effect.sleep(hiddenMillis),
        Effect.callback<void>((resume) => {
          const go = () => resume(Effect.void)
          document.addEventListener("visibilitychange", go, { once: true })
          return Effect.sync(() => document.removeEventListener("visibilitychange", go))
        }),
      )
    : Effect.void,
)

const watch = (client: Client, { standing, timeline }: Heard) =>
  Stream.runForEach(client.Watch(), (update) => {
    const next = advance(timeline.frame.get(), update)
    // It speaks of a frame that was missed: from the whole of it again.
    if (next === undefined) return Effect.fail("a frame was missed")
    timeline.add(next)
    standing.live()
    return untilSeen
  })

/** Why it does not stand any more, once it does not. */
const closed = ({ standing: { state } }: Heard) =>
  Effect.callback<string>((resume) => {
    const stop = state.subscribe(() => {
      const standing = state.get()
      if (standing._tag === "Live") return
      stop()
      resume(Effect.succeed("detail" in standing ? standing.detail : standing._tag))
    })
    return Effect.sync(stop)
  })

/** What the socket has to say is said where it is opened. */
const say = (cause: Cause.Cause<unknown>, { standing }: Heard): void => {
  const error = Cause.squash(cause)
  if (error instanceof RpcClientError && error.reason._tag !== "RpcClientDefect") return
  standing.lost(`what the monitor sends can't be read: ${inWords(cause)}`)
}

/** For as long as the page lives, whatever ends in between. */
const follow = (client: Client, heard: Heard) =>
  Effect.gen(function* () {
    const { over } = yield* meet(client, heard)
    if (over === "directory") {
      heard.standing.live()
      // Ends with the connection, and no frame comes that would show it.
      return yield* Effect.flatMap(closed(heard), Effect.fail)
    }
    yield* Effect.ignore(remember(client, heard))
    return yield* watch(client, heard)
  }).pipe(
    Effect.catchCause((cause) => Effect.sync(() => say(cause, heard))),
    Effect.andThen(Effect.sleep(retryMillis)),
    Effect.repeat({ while: () => heard.standing.state.get()._tag !== "Refused" }),
  )

const run = (host: Host, heard: Heard, found: (client: Client) => void) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(protocolLayer(host, heard))
    const client = yield* Effect.provide(
      RpcClient.make(MonitorProtocol, { disableTracing: true }),
      context,
    )
    found(client)
    yield* follow(client, heard)
    // Whoever asks is told why at once, by a client that stays.
    return yield* Effect.never
  }).pipe(Effect.scoped)

export const makeConnection = (host: Host): Connection => {
  const about = makeStore<About | undefined>(undefined)
  const timeline = makeTimeline()
  const standing = makeStanding(host.token !== undefined, () => timeline.frame.get()?.atMillis)
  const client = Promise.withResolvers<Client>()
  if (host.token !== undefined) {
    Effect.runFork(run(host, { timeline, about, standing }, client.resolve))
  }
  return {
    ...timeline,
    state: standing.state,
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
