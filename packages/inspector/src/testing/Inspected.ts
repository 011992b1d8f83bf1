/**
 * A trail, a real engine over it or none, and the page in a real browser that looks at it.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import type { Audit, LayerOptions } from "@countersign/core/Audit"
import type { AuditConfig } from "@countersign/core/config/AuditConfig"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { Monitor, type MonitorOptions } from "@countersign/monitor/Monitor"
import { MonitorServer, type MonitorServerOptions } from "@countersign/monitor/server/MonitorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Scope } from "effect/Scope"
import { openBrowser } from "./Browser.ts"
import { builtPage } from "./BuiltPage.ts"
import { feed } from "./Feed.ts"
import { type PageDriver, type PageOptions, openPage } from "./PageDriver.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface InspectedOptions extends PageOptions {
  /** Default `engine`. `directory`: the engine has written the events and has ended. */
  readonly over?: "engine" | "directory"
  /** Recorded and published before the page opens. Default: 25 of one kind. */
  readonly events?: Iterable<AuditEventInput>
  readonly config?: Partial<AuditConfig>
  /** Of the engine: sinks, partitions and whatever else it takes. */
  readonly engine?: LayerOptions
  /** Of the monitor, but for its server. */
  readonly monitor?: Omit<MonitorOptions, "server">
  readonly server?: MonitorServerOptions
  /** With `directory`: what becomes of the files before the page opens. */
  readonly meanwhile?: (directory: string) => void | Promise<void>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Inspected extends PageDriver {
  /** Of the page, with the token in the fragment. */
  readonly url: string
  readonly directory: string
  readonly fixture: AuditFixture.AuditFixture
  /** Records events, and waits until they are published; rejects over a directory. */
  readonly record: (events: ReadonlyArray<AuditEventInput>) => Promise<void>
  /** The engine; rejects over a directory. */
  readonly run: <A, E>(use: Effect.Effect<A, E, Audit>) => Promise<A>
}

const ordinary: ReadonlyArray<AuditEventInput> = Array.from(
  { length: 25 },
  () => AuditFixture.event,
)

const frameMillis = 250

const pageOf = (server: Context.Context<MonitorServer>): string =>
  Redacted.value(Context.get(server, MonitorServer).page ?? Redacted.make(""))

const overEngine = Effect.fnUntraced(function* (options: InspectedOptions, page: string) {
  const server = { frameMillis, page, ...options.server }
  return pageOf(yield* Layer.build(Monitor.layer({ ...options.monitor, server })))
})

const overDirectory = Effect.fnUntraced(function* (
  directory: string,
  options: InspectedOptions,
  page: string,
) {
  yield* Effect.promise(async () => options.meanwhile?.(directory))
  const layer = MonitorServer.layerDirectory(directory, { page, ...options.server })
  return pageOf(yield* Layer.build(layer.pipe(Layer.provide(NodeDisk.layer))))
})

type Use = (inspected: Inspected) => Promise<void>

const shown = Effect.fnUntraced(function* (
  fixture: AuditFixture.AuditFixture,
  url: string,
  options: InspectedOptions,
  run: Inspected["run"],
  use: Use,
) {
  const browser = yield* openBrowser
  yield* Effect.promise(async () => {
    const driver = await openPage(browser, url, options)
    const record: Inspected["record"] = (events) => run(feed(events))
    await use({ ...driver, url, directory: fixture.directory, fixture, record, run })
    if (driver.complaints.length > 0) {
      throw new Error(`the page complained:\n${driver.complaints.join("\n")}`)
    }
  })
})

const withEngine = (
  fixture: AuditFixture.AuditFixture,
  options: InspectedOptions,
  use: Effect.Effect<void, unknown, Audit | Scope>,
) =>
  fixture.withAudit(
    Effect.scoped(Effect.andThen(feed(options.events ?? ordinary), use)),
    options.config,
    options.engine,
  )

/**
 * Fails where the page complains: an error in its console, an exception, a breach of its policy.
 *
 * @category running
 * @since 0.1.0
 */
export const inspected = (options: InspectedOptions, use: Use): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const page = yield* Effect.promise(builtPage)
    if (options.over === "directory") {
      yield* withEngine(fixture, options, Effect.void)
      const url = yield* overDirectory(fixture.directory, options, page)
      const none: Inspected["run"] = () => Promise.reject(new Error("there is no engine"))
      return yield* shown(fixture, url, options, none, use)
    }
    const running = Effect.gen(function* () {
      const context = yield* Effect.context<Audit>()
      const url = yield* overEngine(options, page)
      const run: Inspected["run"] = (effect) => Effect.runPromiseWith(context)(effect)
      return yield* shown(fixture, url, options, run, use)
    })
    return yield* withEngine(fixture, options, running)
  }).pipe(Effect.scoped)
