/**
 * How much one viewer may have under way at once.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import { RequestLimit } from "../protocol/MonitorProtocol.ts"

/**
 * Requests of one connection, streams among them, that may be under way at once.
 *
 * @category constants
 * @since 0.1.0
 */
export const requestsMax = 32

/**
 * Counts by connection; one that ends takes its requests, and so its count, with it.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<RequestLimit> = Layer.sync(RequestLimit, () => {
  const underWay = new Map<number, number>()
  const change = (client: number, by: number): void => {
    const count = (underWay.get(client) ?? 0) + by
    if (count <= 0) underWay.delete(client)
    else underWay.set(client, count)
  }
  return RequestLimit.of((effect, { client: { id } }) =>
    Effect.suspend(() => {
      if ((underWay.get(id) ?? 0) >= requestsMax) {
        return Effect.fail(
          new MonitorRefused({
            reason: "busy",
            detail: `${requestsMax} requests of this connection are under way; end some`,
          }),
        )
      }
      change(id, 1)
      return Effect.ensuring(
        effect,
        Effect.sync(() => change(id, -1)),
      )
    }),
  )
})
