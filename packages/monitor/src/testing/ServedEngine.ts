/**
 * A real engine with a monitor that listens, and somebody who looks at it.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Audit, type LayerOptions } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { connect, type MonitorClient } from "../server/MonitorClient.ts"
import { MonitorServer, type MonitorServerOptions } from "../server/MonitorServer.ts"
import { MonitorViews, type Views } from "../server/MonitorViews.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ServedEngine {
  readonly audit: Audit["Service"]
  readonly server: MonitorServer["Service"]
  readonly client: MonitorClient
  readonly directory: string
  readonly fixture: AuditFixture.AuditFixture
}

/**
 * Runs with an engine over a trail of its own, and closes all of it afterwards.
 *
 * @category running
 * @since 0.1.0
 */
export const served = <A, E>(
  use: (served: ServedEngine) => Effect.Effect<A, E, Scope>,
  options: MonitorServerOptions = {},
  views?: Views,
  engine?: LayerOptions,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const { directory } = fixture
    const run = Effect.gen(function* () {
      const audit = yield* Audit
      const context = yield* Layer.build(
        MonitorServer.layer({ frameMillis: 50, ...options }).pipe(
          Layer.provide(NodeDisk.layer),
          Layer.provide(views === undefined ? Layer.empty : Layer.succeed(MonitorViews, views)),
        ),
      )
      const server = yield* Effect.provide(MonitorServer, context)
      const client = yield* connect(server.url, server.token)
      return yield* use({ audit, server, client, directory, fixture })
    })
    return yield* fixture.withAudit(Effect.scoped(run), {}, engine)
  }).pipe(Effect.scoped)
