/** A process that looks at a monitor, as `countersign top` does, until it is told to end. */
import { connect } from "@countersign/monitor/server/MonitorClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

/** Every frame is read; the first one is told of, and what ends the connection. */
const looking = (url: string, token: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* connect(url, Redacted.make(token))
      let frames = 0
      yield* Stream.runForEach(client.Watch(), () =>
        Effect.sync(() => {
          frames += 1
          if (frames === 1) process.send?.("sees")
        }),
      )
    }),
  )

process.on("message", ({ token, url }: { readonly token: string; readonly url: string }) => {
  Effect.runCallback(looking(url, token), {
    onExit: () => process.send?.("sees nothing"),
  })
})
process.on("disconnect", () => process.exit(0))
