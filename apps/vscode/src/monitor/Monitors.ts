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
  /** The same; over a trail without an engine, one of the extension's own. */
  readonly find: (target: Target) => Promise<MonitorPlace | undefined>
  /** Asks once, over a connection of its own; an aborted signal ends it. */
  readonly ask: <A, E>(
    target: Target,
    request: (client: MonitorClient) => Effect.Effect<A, E>,
    signal?: AbortSignal,
  ) => Promise<A>
  /** Ends the monitors of the extension's own. */
  readonly end: () => Promise<void>
}

/** Units: milliseconds. */
const healthMillis = 2000

/** A file that a killed engine left behind names a server that is no more, or somebody else's. */
const answers = async (url: string): Promise<boolean> => {
  try {
    const health = new URL("/health", url.replace(/^ws/, "http"))
    const response = await fetch(health, {
      signal: AbortSignal.timeout(healthMillis),
      redirect: "error",
    })
    const body: unknown = await response.json()
    return typeof body === "object" && body !== null && "status" in body
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
  return (await answers(found.url)) ? { url: found.url, token: found.token } : undefined
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
  const own = new Map<string, Promise<MonitorPlace>>()
  let isEnded = false

  const running: Monitors["running"] = async (target) => {
    if (target._tag === "Trail") return isTrusted() ? announced(target.directory) : undefined
    const token = await tokenFor(target.url)
    return token === undefined ? undefined : { url: target.url, token }
  }

  const ownOf = (directory: string): Promise<MonitorPlace | undefined> => {
    if (isEnded) return Promise.resolve(undefined)
    const there = own.get(directory)
    if (there !== undefined) return there
    const starting = served(directory, scope)
    own.set(directory, starting)
    // The directory may come later.
    starting.catch(() => own.delete(directory))
    return starting
  }

  const find: Monitors["find"] = async (target) => {
    const place = await running(target)
    if (place !== undefined || target._tag === "Address") return place
    return ownOf(target.directory)
  }

  return {
    running,
    find,
    ask: async (target, request, signal) => {
      const place = await find(target)
      if (place === undefined) throw new Error("No monitor answers there")
      const asked = Effect.scoped(
        Effect.flatMap(connect(place.url, Redacted.make(place.token)), request),
      )
      return Effect.runPromise(asked, signal === undefined ? {} : { signal })
    },
    end: () => {
      isEnded = true
      own.clear()
      return Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}
