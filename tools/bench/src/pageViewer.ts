/** A process that asks a monitor for what the inspector's page asks, with its live tail open. */
import { connect } from "@countersign/monitor/server/MonitorClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

const pageRows = 200

/** Every frame, the newest events as they come, and a page of the table each second. */
const looking = (url: string, token: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* connect(url, Redacted.make(token))
      let frames = 0
      yield* Effect.forkScoped(Stream.runDrain(client.Tail({ filter: "", backlog: pageRows })))
      yield* client
        .Query({ filter: "", order: "newest", limit: pageRows })
        .pipe(Effect.repeat(Schedule.spaced("1 second")), Effect.forkScoped)
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
