/** Serves the page, says where, and waits. */
import { Inspector } from "@countersign/inspector/Inspector"
import type { MonitorServerOptions } from "@countersign/monitor/server/MonitorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { Output } from "../terminal/Output.ts"
import { actorIn, demoAudit, demoConfiguration, demoDirectory, playDemo, tamper } from "./Demo.ts"
import { openWindow } from "./BrowserWindow.ts"
import type { Target } from "./Target.ts"

/**
 * Where the page is from one day to the next, for a browser keeps the layout, the theme and the keys
 * that it saw for one address. Nobody is registered for it.
 */
export const usualPort = 4198

export interface InspectingOptions {
  /** 0: any that is free. `undefined`: the usual one, or any where that is taken. */
  readonly port: number | undefined
  readonly isWritable: boolean
  /** Opens a window beside printing the address. */
  readonly isOpened: boolean
  /** A database with a copy of the trail's records. */
  readonly database?: Redacted.Redacted | undefined
  /** What the copybook workbench may read. */
  readonly files?: NonNullable<MonitorServerOptions["files"]>
  /** What the engine of the demonstration reads its configuration from. Default: a file made for it. */
  readonly configurationFile?: string | undefined
  /** Default: the page that the package brings. */
  readonly page?: string
}

/** Units: milliseconds. A browser has read the file that it was opened with. */
const openedMillis = 5000

/** The address is what was asked for: it goes to stdout, and all else to stderr. */
const show = Effect.fnUntraced(function* (url: string, isOpened: boolean) {
  const output = yield* Output
  yield* output.lines(url)
  if (isOpened && !(yield* openWindow(url))) {
    yield* output.say("countersign: nothing here opens a browser: open the address yourself")
  }
})

const untilEnded = Effect.fnUntraced(function* (url: Redacted.Redacted, isOpened: boolean) {
  const output = yield* Output
  yield* show(Redacted.value(url), isOpened)
  yield* output.say(
    "countersign: whoever has this address sees the trail; it holds until you press Ctrl-C",
  )
  return yield* Effect.never
})

/** What was begun is ended again where the rest could not begin, such as for want of the port. */
const built = Effect.fnUntraced(function* <E, R>(layer: Layer.Layer<Inspector, E, R>) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  return yield* Layer.buildWithScope(layer, scope).pipe(
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
  )
})

const inspectorOf = Effect.fnUntraced(function* <E extends { readonly _tag: string }, R>(
  asked: number | undefined,
  layerAt: (port: number) => Layer.Layer<Inspector, E, R>,
) {
  const output = yield* Output
  const anywhere = Effect.suspend(() => built(layerAt(0)))
  const context = yield* built(layerAt(asked ?? usualPort)).pipe(
    Effect.catch((error) =>
      asked === undefined && error._tag === "MonitorNotListening"
        ? Effect.andThen(
            output.say(
              `countersign: port ${usualPort} is taken, so the page is on another, where a browser remembers no layout`,
            ),
            anywhere,
          )
        : Effect.fail(error),
    ),
    Effect.tapError(({ _tag }) =>
      _tag === "MonitorPageInvalid"
        ? output.say("countersign: in a clone of the repository, `npm run page` builds the page")
        : Effect.void,
    ),
  )
  return Context.get(context, Inspector)
})

/** The driver of the database is loaded where there is one. */
const copiesIn = Effect.fnUntraced(function* (directory: string, { database }: InspectingOptions) {
  if (database === undefined) return {}
  const { postgresCopy } = yield* Effect.promise(() => import("./PostgresCopy.ts"))
  return { copies: new Map([["PostgreSQL", yield* postgresCopy(database, directory)]]) }
})

const pageIn = ({ page }: InspectingOptions) => (page === undefined ? {} : { page })
const filesIn = ({ files }: InspectingOptions) => (files === undefined ? {} : { files })

/** The flags that let viewers read more than the trail. */
const readableIn = ({ database, files }: InspectingOptions): ReadonlyArray<string> => {
  const kinds = new Set([...(files?.values() ?? [])].map(({ kind }) => `--${kind}`))
  return [...(database === undefined ? [] : ["--postgres"]), ...kinds]
}

export const inspect = (target: Target, options: InspectingOptions) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { isOpened, isWritable } = options
    if (isWritable && target._tag !== "Files") {
      yield* output.say(
        "countersign: whether viewers may change things, a running engine says itself: MonitorServer.layer({ isWritable: true })",
      )
    }
    const unused = readableIn(options)
    if (unused.length > 0 && target._tag !== "Files") {
      yield* output.say(
        `countersign: without ${unused.join(" and ")}: what viewers may read beside the trail, a running engine says itself: MonitorServer.layer({ copies, files })`,
      )
    }
    switch (target._tag) {
      case "Page": {
        yield* output.say("countersign: the engine serves the page itself")
        yield* show(target.url, isOpened)
        return isOpened ? yield* Effect.sleep(openedMillis) : undefined
      }
      case "Monitor": {
        const { find } = target
        const { url } = yield* inspectorOf(options.port, (port) =>
          Inspector.layerRelay({ ...pageIn(options), find, port }),
        )
        return yield* untilEnded(url, isOpened)
      }
      case "Files": {
        if (target.why !== undefined) {
          yield* output.say(`countersign: ${target.why}, so these are the files alone`)
        }
        const { directory } = target
        const copies = yield* copiesIn(directory, options)
        const server = { ...pageIn(options), ...filesIn(options), ...copies, isWritable }
        const { url } = yield* inspectorOf(options.port, (port) =>
          Inspector.layerDirectory(directory, { ...server, port }),
        )
        return yield* untilEnded(url, isOpened)
      }
    }
  }).pipe(Effect.scoped)

const demonstrate = Effect.fnUntraced(function* (
  directory: string,
  configurationFile: string,
  options: InspectingOptions,
) {
  const output = yield* Output
  const { isOpened, isWritable } = options
  yield* Effect.forkScoped(yield* playDemo)
  const { after, before, sequence } = yield* Effect.promise(() => tamper(directory))
  const server = { ...pageIn(options), ...filesIn(options), configurationFile, isWritable }
  const { url } = yield* inspectorOf(options.port, (port) =>
    Inspector.layer({ server: { ...server, port } }),
  )
  yield* output.say(
    `countersign: a hospital's audit trail, with an engine that goes on writing it, in ${directory}`,
    `  Record ${sequence} was changed behind the engine's back: it said that ${actorIn(before)} read a`,
    `  patient's record, and says ${actorIn(after)} now. Let "Verify" find it; the page checks it itself.`,
    "  All of it is deleted at the end.",
  )
  return yield* untilEnded(url, isOpened)
})

/** The same over a trail of its own, which is gone afterwards. */
export const inspectDemo = (options: InspectingOptions) =>
  Effect.gen(function* () {
    const directory = yield* demoDirectory
    const file = options.configurationFile ?? (yield* demoConfiguration(directory))
    return yield* demonstrate(directory, file, options).pipe(
      Effect.scoped,
      Effect.provide(demoAudit(directory, file)),
    )
  }).pipe(Effect.scoped)
