/**
 * A viewer's end of the wire, for programs on Node and for pages in a browser.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as RpcClient from "effect/rpc/RpcClient"
import type { RpcClientError } from "effect/rpc/RpcClientError"
import type * as RpcGroup from "effect/rpc/RpcGroup"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schedule from "effect/Schedule"
import type { Scope } from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import { MonitorProtocol, subprotocolsFor } from "../protocol/MonitorProtocol.ts"

/**
 * One method for each request; those that write are refused where the server does not know them.
 *
 * @category models
 * @since 0.1.0
 */
export type MonitorClient = RpcClient.RpcClient<
  RpcGroup.Rpcs<typeof MonitorProtocol>,
  RpcClientError
>

/**
 * Connects to a monitor, until the scope ends. It does not connect again by itself: a request fails
 * once the connection has ended.
 *
 * @category constructors
 * @since 0.1.0
 */
export const connect = (
  url: string,
  token: Redacted.Redacted,
): Effect.Effect<MonitorClient, never, Scope> =>
  Effect.gen(function* () {
    const protocol = RpcClient.layerProtocolSocket({ retryPolicy: Schedule.recurs(0) }).pipe(
      Layer.provide(
        Socket.layerWebSocket(url, { protocols: subprotocolsFor(Redacted.value(token)) }),
      ),
      Layer.provide(Socket.layerWebSocketConstructorGlobal),
      Layer.provide(RpcSerialization.layerJson),
    )
    const context = yield* Layer.build(protocol)
    return yield* Effect.provide(RpcClient.make(MonitorProtocol, { disableTracing: true }), context)
  })
