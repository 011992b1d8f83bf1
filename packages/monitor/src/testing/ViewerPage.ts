/**
 * What a page in a browser does to see an engine, as little as that can be.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { About } from "../protocol/MonitorProtocol.ts"
import { advance, type Frame } from "../protocol/Update.ts"
import { connect } from "../server/MonitorClient.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Seen {
  readonly about: About
  readonly frame: Frame | undefined
}

const see = (page: string): Promise<Seen> => {
  const url = new URL("/monitor", page)
  url.protocol = "ws:"
  const token = /^#token=([\w-]+)$/.exec(new URL(page).hash)?.[1] ?? ""
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const client = yield* connect(url.href, Redacted.make(token))
        const about = yield* client.About()
        const updates = yield* client.Watch().pipe(Stream.take(2), Stream.runCollect)
        return { about, frame: updates.reduce<Frame | undefined>(advance, undefined) }
      }),
    ),
  )
}

Object.assign(globalThis, { see })
