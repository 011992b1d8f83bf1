/**
 * The page beside an engine, over the files of a trail, or before a monitor that has no page.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import type { Alerts } from "@countersign/monitor/alert/Alerts"
import type { Metrics } from "@countersign/monitor/metric/Metrics"
import { Monitor, type MonitorOptions } from "@countersign/monitor/Monitor"
import {
  MonitorServer,
  type MonitorServerError,
  type MonitorServerOptions,
} from "@countersign/monitor/server/MonitorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { pageDirectory } from "./InspectorPage.ts"
import { type InspectorRelayOptions, relay } from "./InspectorRelay.ts"

type EngineErrors = Layer.Error<ReturnType<typeof Monitor.layer>>

/** The server was given a page, so it has an address for browsers. */
const addressOf = Effect.flatMap(MonitorServer, ({ page, url }) =>
  page === undefined
    ? Effect.die(new Error(`the server at ${url} was given no page`))
    : Effect.succeed(Inspector.of({ url: page })),
)

/**
 * Where a browser finds the page.
 *
 * @category services
 * @since 0.1.0
 */
export class Inspector extends Context.Service<
  Inspector,
  {
    /**
     * With the token in the fragment, which a browser sends to nobody, such as
     * `http://127.0.0.1:4100/#token=…`. Whoever has it sees the whole trail.
     */
    readonly url: Redacted.Redacted
  }
>()("@countersign/inspector/Inspector") {
  /**
   * Beside a running engine, with all of its monitor.
   *
   * ```ts
   * const program = Effect.gen(function* () {
   *   const { url } = yield* Inspector
   *   yield* Console.log(`Look inside: ${Redacted.value(url)}`)
   *   yield* Effect.never
   * })
   * const layer = Inspector.layer().pipe(Layer.provideMerge(Audit.layer({ directory: "./trail" })))
   * NodeRuntime.runMain(program.pipe(Effect.provide(layer)))
   * ```
   *
   * - Errors: those of `Monitor.layer`; the page is not built, in a clone before `npm run page`.
   */
  static readonly layer = (
    options: MonitorOptions = {},
  ): Layer.Layer<Inspector | Monitor | Metrics | Alerts | MonitorServer, EngineErrors, Audit> =>
    Layer.effect(this, addressOf).pipe(
      Layer.provideMerge(
        Monitor.layer({ ...options, server: { page: pageDirectory, ...options.server } }),
      ),
    )

  /**
   * Over the files of a trail, whether or not a process writes them: events, proofs, verification.
   *
   * - Errors: there is no such directory; an address that is not to be had.
   */
  static readonly layerDirectory = (
    directory: string,
    options: MonitorServerOptions = {},
  ): Layer.Layer<Inspector | MonitorServer, MonitorServerError> =>
    Layer.effect(this, addressOf).pipe(
      Layer.provideMerge(
        MonitorServer.layerDirectory(directory, { page: pageDirectory, ...options }),
      ),
      Layer.provide(NodeDisk.layer),
    )

  /**
   * Before a monitor that serves no page: what the page and the monitor say to each other goes
   * through here, unread. It asks anew where the monitor is at each connection, so one that began
   * again elsewhere is found.
   *
   * - Errors: an address that is not to be had.
   */
  static readonly layerRelay = (
    options: InspectorRelayOptions,
  ): Layer.Layer<Inspector, MonitorServerError> =>
    Layer.effect(
      this,
      Effect.map(relay({ page: pageDirectory, ...options }), (url) => Inspector.of({ url })),
    ).pipe(Layer.provide(NodeDisk.layer))
}
