/** Where the monitor of a target listens, and questions to it. */
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import type { MonitorPlace } from "@countersign/inspector/InspectorRelay"
import * as Announcement from "@countersign/monitor/server/Announcement"
import { connect, type MonitorClient } from "@countersign/monitor/server/MonitorClient"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { isLoopback, type Target } from "./Target.ts"

export interface MonitorsOptions {
  /** In a folder that nobody trusts yet, what lies beside a trail is not followed. */
  readonly isTrusted: () => boolean
  /** The token for an address; `undefined`: nobody has given one. */
  readonly tokenFor: (url: string) => Promise<string | undefined>
}

export interface Monitors {
  /** A monitor of a running engine; `undefined`: none answers. */
  readonly running: (target: Target) => Promise<MonitorPlace | undefined>
  /** One of the extension's own, over the files of a trail; `undefined` for an address. */
  readonly own: (target: Target) => Promise<MonitorPlace | undefined>
  /** That of a running engine, or else the extension's own. */
  readonly find: (target: Target) => Promise<MonitorPlace | undefined>
  /** Asks once, over a connection of its own; an aborted signal ends it. */
  readonly ask: Ask
  /** The same of the extension's own monitor, where there is one: it reads the files itself. */
  readonly askOwn: Ask
  /** Ends the monitors of the extension's own. */
  readonly end: () => Promise<void>
}

type Ask = <A, E>(
  target: Target,
  request: (client: MonitorClient) => Effect.Effect<A, E>,
  signal?: AbortSignal,
) => Promise<A>

/** Units: milliseconds. */
const answerMillis = 2000
/** How a monitor answers a plain request to where WebSockets are, with a token that it takes. */
const upgradeRequired = 426

/** A file that a killed engine left behind names a server that is no more, or somebody else's. */
const answers = async ({ token, url }: MonitorPlace): Promise<boolean> => {
  try {
    const response = await fetch(url.replace(/^ws/, "http"), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMillis),
      redirect: "error",
    })
    return response.status === upgradeRequired
  } catch {
    return false
  }
}

const announced = async (directory: string): Promise<MonitorPlace | undefined> => {
  const read = Announcement.read(directory).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.orElseSucceed(() => undefined),
    Effect.provide(NodeDisk.layer),
  )
  const found = await Effect.runPromise(read)
  // The file may have come with the folder: it leads to no other machine.
  if (found === undefined || !isLoopback(found.url) || !/^[\w-]+$/.test(found.token))
    return undefined
  return (await answers(found)) ? { url: found.url, token: found.token } : undefined
}

const served = (directory: string, scope: Scope.Scope): Promise<MonitorPlace> =>
  MonitorServer.layerDirectory(directory).pipe(
    Layer.provide(NodeDisk.layer),
    Layer.buildWithScope(scope),
    Effect.map((context) => {
      const { token, url } = Context.get(context, MonitorServer)
      return { url, token: Redacted.value(token) }
    }),
    Effect.runPromise,
  )

export const makeMonitors = ({ isTrusted, tokenFor }: MonitorsOptions): Monitors => {
  const scope = Effect.runSync(Scope.make())
  const owned = new Map<string, Promise<MonitorPlace>>()
  let isEnded = false

  const running: Monitors["running"] = async (target) => {
    if (target._tag === "Trail") return isTrusted() ? announced(target.directory) : undefined
    const token = await tokenFor(target.url)
    return token === undefined ? undefined : { url: target.url, token }
  }

  const ownOf = (directory: string): Promise<MonitorPlace | undefined> => {
    if (isEnded) return Promise.resolve(undefined)
    const there = owned.get(directory)
    if (there !== undefined) return there
    const starting = served(directory, scope)
    owned.set(directory, starting)
    // The directory may come later.
    starting.catch(() => owned.delete(directory))
    return starting
  }

  const own: Monitors["own"] = async (target) =>
    target._tag === "Address" ? undefined : ownOf(target.directory)

  const find: Monitors["find"] = async (target) => (await running(target)) ?? own(target)

  const askBy =
    (look: Monitors["find"]): Ask =>
    async (target, request, signal) => {
      const place = await look(target)
      if (place === undefined) throw new Error("No monitor answers there")
      const asked = Effect.scoped(
        Effect.flatMap(connect(place.url, Redacted.make(place.token)), request),
      )
      return Effect.runPromise(asked, signal === undefined ? {} : { signal })
    }

  return {
    running,
    own,
    find,
    ask: askBy(find),
    askOwn: askBy(async (target) => (await own(target)) ?? find(target)),
    end: () => {
      isEnded = true
      owned.clear()
      return Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}
